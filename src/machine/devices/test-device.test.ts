import assert from 'node:assert/strict';
import { runBare } from '../bare.testing';
import { LONG } from '../long-mode.testing';
import { PortBus } from './port-bus';
import { TestDevice } from './test-device';

function connected() {
  const levels: (readonly [number, boolean])[] = [];
  const lines = Array.from({ length: 24 }, (_, n) => (level: boolean) => {
    levels.push([n, level]);
  });
  const device = new TestDevice({ lines });
  const bus = new PortBus();
  bus.attach(device);
  return { device, bus, levels };
}

describe('the test device', () => {
  it('holds what was written to its port, in any width', () => {
    const { bus } = connected();
    bus.write(0xe0, 4, 0x1234_5678);
    bus.write(0xe1, 1, 0xaa);
    assert.equal(bus.read(0xe0, 4), 0x1234_aa78);
    assert.equal(bus.read(0xe2, 2), 0x1234);
    bus.write(0xe4, 4, 0x5000);
    assert.equal(bus.read(0xe0, 4), 0x1234_aa78);
  });

  it('has a port for each interrupt line', () => {
    const { bus, levels } = connected();
    bus.write(0x200f, 1, 1);
    bus.write(0x2017, 1, 1);
    bus.write(0x200f, 1, 0);
    assert.deepEqual(levels, [
      [15, true],
      [23, true],
      [15, false],
    ]);
  });

  it('goes on after it was saved and restored', () => {
    const { device, bus } = connected();
    bus.write(0xe0, 2, 0x4321);
    device.writeMemory(0x1000, 7);
    device.writeMemory(3, 9);
    device.writeMemory(3, 0);
    const other = connected();
    other.device.restore(device.save());
    assert.deepEqual(other.device.save(), device.save());
    assert.equal(other.bus.read(0xe0, 2), 0x4321);
    assert.deepEqual([other.device.readMemory(0x1000), other.device.readMemory(3)], [7, 0]);
    other.device.reset();
    assert.deepEqual(other.device.save(), connected().device.save());
  });

  it('answers in memory below 4 GBytes', async () => {
    const body = `nop
        mov rax, cr3
        mov rax, [rax]
        and rax, -4096
        mov dword [rax + 24], 0xc0000083 ; 1 GByte at its own address
        mov ebx, 0xff000ffe
        mov dword [rbx], 0x6b6f0000 + 0x4141
        mov ax, [rbx + 2]
        out 0xe9, al
        mov al, ah
        out 0xe9, al
        mov al, [rbx]
        out 0xe9, al`;
    assert.equal((await runBare(LONG(body))).text, 'okA');
  });

  it('raises the I/O APIC’s inputs', async () => {
    const body = `mov rax, cr3
        mov rax, [rax]
        and rax, -4096
        mov dword [rax + 24], 0xc0000083
        mov ebx, 0xfec00000
        mov dword [rbx], 0x10 + 2 * 15
        mov dword [rbx + 16], 0x8078 ; level
        mov dx, 0x200f
        mov al, 1
        out dx, al
        mov eax, [rbx + 16]
        test eax, 0x4000
        jz $
        mov al, 'k'
        out 0xe9, al`;
    assert.equal((await runBare(LONG(body))).text, 'k');
  });
});
