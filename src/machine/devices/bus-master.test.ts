import assert from 'node:assert/strict';
import { Computer } from '../computer';
import { busMaster, registerSlave, type Slave } from './bus-master';

describe('devices that move data by themselves', () => {
  it('reach several slaves with what crosses a page', () => {
    const log: string[] = [];
    const slave = (name: string): Slave => ({
      read: (address, length) => new Uint8Array(length).fill(address >> 12),
      write: (address, bytes) => log.push(`${name} ${address.toString(16)} ${bytes.join(' ')}`),
    });
    const [low, high] = [slave('low'), slave('high')];
    const bus = busMaster((address) => (address < 0x2000 ? low : high));
    bus.write(0x1ffe, Uint8Array.of(1, 2, 3));
    assert.deepEqual(log, ['low 1ffe 1 2', 'high 2000 3']);
    assert.deepEqual([...bus.read(0x1fff, 3)], [1, 2, 2]);
  });

  it('reach registers byte by byte, and RAM under what can only be written', () => {
    const written: number[] = [];
    const ram: Slave = { read: (_, length) => new Uint8Array(length).fill(7), write: () => 0 };
    const both = registerSlave(
      {
        read: (address) => BigInt(address & 0xff),
        write: (address, _, value) => written.push(address, Number(value)),
      },
      ram,
    );
    assert.deepEqual([...both.read(0x10, 2)], [0x10, 0x11]);
    both.write(0x20, Uint8Array.of(5, 6));
    assert.deepEqual(written, [0x20, 5, 0x21, 6]);
    assert.deepEqual([...registerSlave({ write: () => 0 }, ram).read(0, 1)], [7]);
  });

  it("of a computer do not write its ROM, and see its devices' registers", () => {
    const computer = new Computer({ memory: 0x10_0000 });
    computer.installRom(0xf_0000, Uint8Array.of(0x12));
    const { bus } = computer;
    bus.write(0xf_0000, Uint8Array.of(0x34));
    assert.deepEqual([...bus.read(0xf_0000, 1)], [0x12]);
    bus.write(0x5000, Uint8Array.of(9));
    assert.equal(computer.memory.read8(0x5000), 9);
    assert.deepEqual([...bus.read(0xfed0_0000, 4)].slice(2), [0x86, 0x80], 'vendor of the HPET');
    assert.equal(bus.read(0xfee0_0030, 1)[0], 0xff, 'the local APIC is within the processor');
  });
});
