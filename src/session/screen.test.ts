import assert from 'node:assert/strict';
import { pixelsOf } from '../machine/screen/pixels';
import { screenOf } from '../machine/screen/screen';
import { assembleText, flatImage } from './boot/flat';
import { Machine, type MonitorName } from './machine';
import { MachineRun } from './run';

/** Text, then 16 colours in planes by latches and masks, then text again, again and again. */
const SOURCE = `
        org 0x7c00
        bits 16
%macro put 3
        mov dx, %1
        mov ax, %2 | %3 << 8
        out dx, ax
%endmacro
start:  cld
        mov ax, 0xb800
        mov es, ax
        mov di, bx
        and di, 0xffe
        mov ax, bx
        mov ah, 0x1e
        stosw
        put 0x3c4, 2, 0x0f
        put 0x3c4, 4, 6
        put 0x3ce, 5, 0
        put 0x3ce, 6, 5
        mov ax, 0xa000
        mov es, ax
        put 0x3ce, 8, 0x3c
        mov di, bx
        mov al, [es:di]
        mov [es:di], bl
        put 0x3ce, 5, 1
        mov al, [es:di]
        mov [es:di + 1], al
        put 0x3ce, 8, 0xff
        put 0x3c4, 2, 3
        put 0x3c4, 4, 2
        put 0x3ce, 5, 0x10
        put 0x3ce, 6, 0x0e
        inc bx
        jmp start
`;

/** A picture of the VBE in the linear frame buffer, dot by dot for ever. */
const VBE = `
        org 0x7c00
        bits 16
%macro dispi 2
        mov dx, 0x1ce
        mov ax, %1
        out dx, ax
        inc dx
        mov ax, %2
        out dx, ax
%endmacro
        cli
        dispi 1, 64
        dispi 2, 32
        dispi 3, 32
        dispi 4, 0x41
        xor ax, ax
        mov ds, ax
        lgdt [gdtr]
        mov eax, cr0
        or al, 1
        mov cr0, eax
        jmp 8:protected
        bits 32
protected:
        mov ax, 16
        mov ds, ax
        mov edi, 0xe0000000
        mov eax, 0x00102030
dot:    mov [edi], eax
        add edi, 4
        add eax, 0x00010305
        jmp dot
        align 8
gdt:    dq 0, 0x00cf9a000000ffff, 0x00cf92000000ffff
gdtr:   dw $ - gdt - 1
        dd gdt
`;

/** Behind RAM nobody answers, wherever the card's memory is kept: EBX is what was read there. */
const BEHIND_RAM = VBE.replace('dot:', 'mov [0x100000], eax\n        mov ebx, [0x100000]\ndot:');

async function boot(monitor: MonitorName, source = SOURCE) {
  const image = flatImage(await assembleText(source));
  const machine = new Machine(image, { monitor, memory: 1 << 20 });
  const run = new MachineRun(machine);
  const goOn = (work: number): void => {
    const end = machine.computer.processor.work + work;
    while (machine.computer.processor.work < end || run.inMonitor) {
      if (run.inMonitor) run.operate();
      else run.execute(Math.max(1, end - machine.computer.processor.work));
    }
  };
  const look = () => pixelsOf(screenOf(machine.platform.vga));
  return { machine, goOn, look };
}

for (const monitor of ['vtx', 'svm', 'none'] as const) {
  describe(`the screen of a machine (monitor: ${monitor})`, () => {
    it('can be looked at at any moment, and nothing changes', async () => {
      const [one, other] = [await boot(monitor), await boot(monitor)];
      for (let n = 0; n < 60; n++) {
        one.goOn(37);
        other.goOn(37);
        one.look();
        assert.equal(one.machine.stateHash, other.machine.stateHash, `moment ${n}`);
      }
    });

    it('is saved and restored with the machine', async () => {
      const [one, other] = [await boot(monitor), await boot(monitor)];
      for (let n = 0; n < 20; n++) {
        one.goOn(101);
        other.machine.restore(one.machine.save());
        assert.deepEqual(other.look(), one.look());
        assert.equal(other.machine.stateHash, one.machine.stateHash);
        one.goOn(50);
        other.goOn(50);
        assert.deepEqual(other.look(), one.look());
        assert.equal(other.machine.stateHash, one.machine.stateHash, `moment ${n}`);
      }
    }).timeout(60_000);

    it('has one memory, by address and on the screen', async () => {
      const [one, other] = [await boot(monitor, VBE), await boot(monitor, VBE)];
      one.goOn(2000);
      const picture = one.look();
      assert.deepEqual([picture.width, picture.height], [64, 32]);
      assert.deepEqual(
        [...picture.rgba.subarray(0, 8)],
        [0x10, 0x20, 0x30, 255, 0x11, 0x23, 0x35, 255],
      );
      other.machine.restore(one.machine.save());
      assert.deepEqual(other.look(), picture);
      one.goOn(300);
      other.goOn(300);
      assert.notDeepEqual(one.look(), picture);
      assert.deepEqual(other.look(), one.look());
      assert.equal(other.machine.stateHash, one.machine.stateHash);
    });

    if (monitor === 'none')
      it('lies nowhere else in physical memory', async () => {
        const { machine, goOn, look } = await boot('none', BEHIND_RAM);
        goOn(60);
        const { state } = machine.computer.processor;
        assert.equal(state.gpr(3), 0xffff_ffffn);
        assert.deepEqual([...look().rgba.subarray(0, 4)], [0x10, 0x20, 0x30, 0xff]);
        const { bus } = machine.computer;
        assert.deepEqual([...bus.read(0x10_0000, 2)], [0xff, 0xff]);
        assert.deepEqual([...bus.read(0xe000_0000, 4)], [0x30, 0x20, 0x10, 0]);
      });
  });
}

it('the monitor maps the frame buffer for its guest, once it is used', async () => {
  const { machine, goOn } = await boot('vtx', VBE);
  goOn(1000);
  assert.ok(machine.vm?.guestMemory.hostAddress(0xe0000000n) !== undefined);
});
