import assert from 'node:assert/strict';
import { Machine, type MonitorName } from '../machine';
import { MachineRun } from '../run';
import { bootProgram } from './boot';
import { assembleText } from './flat';

/** A program that keeps firmware, disk, screen, keyboard and timers at work. */
const PROGRAM = `
        org 0x7c00
        bits 16
        mov ax, 0x0012              ; planar graphics: memory that a device answers for
        int 0x10
        mov cx, 3
.sector:
        push cx
        mov ax, 0x0201
        mov bx, 0x7e00
        mov dh, 0
        mov dl, 0x80
        int 0x13
        mov ax, 0x0301              ; written back, beside the image
        int 0x13
        pop cx
        mov si, text
.char:  lodsb
        test al, al
        jz .key
        mov ah, 0x0e
        mov bx, 12
        int 0x10
        jmp .char
.key:   push cx
        mov ah, 0
        int 0x16
        pop cx
        loop .sector
        mov ax, 0x0003
        int 0x10
        mov ah, 0x86                ; a tenth of a second
        mov cx, 1
        mov dx, 0x86a0
        int 0x15
        mov al, 1
        out 0xf4, al
text:   db "sector ", 0
        times 510 - ($ - $$) db 0
        dw 0xaa55
        times 2048 - ($ - $$) db 0x5a`;

const MEMORY = 2 << 20;
/** In units of work: in POST's services, in the graphics, at the keys, in the wait at the end. */
const MOMENTS = [50, 5_000, 60_000, 300_000, 900_000];
const LIMIT = 20_000_000;

async function machineOf(monitor: MonitorName): Promise<Machine> {
  const image = await bootProgram(await assembleText(PROGRAM), { name: 'p', memory: MEMORY });
  const machine = new Machine(image, { monitor, memory: MEMORY });
  machine.platform.typist.type('xyz');
  return machine;
}

function toEnd(machine: Machine): string {
  const stop = new MachineRun(machine).turn(60_000, LIMIT);
  assert.deepEqual(stop, { kind: 'end', end: { kind: 'exit-device', value: 1 } });
  return machine.stateHash;
}

describe('a machine with firmware, saved and restored', function () {
  this.timeout(120_000);

  for (const monitor of ['none', 'vtx'] satisfies MonitorName[]) {
    it(`goes on as it did, under ${monitor}`, async () => {
      const undisturbed = toEnd(await machineOf(monitor));
      for (const moment of MOMENTS) {
        const machine = await machineOf(monitor);
        new MachineRun(machine).turn(60_000, moment);
        const other = await machineOf(monitor);
        other.restore(structuredClone(machine.save()));
        assert.equal(toEnd(other), undisturbed, `restored at ${String(moment)}`);
        assert.equal(toEnd(machine), undisturbed, `cut at ${String(moment)}`);
      }
    });
  }
});
