import assert from 'node:assert/strict';
import { Machine } from '../machine';
import { MachineRun } from '../run';
import { bootProgram } from './boot';
import { assembleText } from './flat';
import { memoryMap } from './memory-map';

/** Copies the entries of INT 15h, AX = E820h, to 0x8000, and ends with their number. */
const PROGRAM = `
        org 0x7c00
        bits 16
        xor ebx, ebx
        mov es, bx
        mov di, 0x8000
        xor bp, bp
.next:  mov eax, 0xe820
        mov edx, 'PAMS'
        mov ecx, 20
        int 0x15
        jc .done
        inc bp
        add di, 20
        test ebx, ebx
        jnz .next
.done:  mov ax, bp
        out 0xf4, al
        times 510 - ($ - $$) db 0
        dw 0xaa55`;

for (const megabytes of [2, 64]) {
  it(`loaders and the BIOS tell the same memory map of ${String(megabytes)} MBytes`, async () => {
    const memory = megabytes << 20;
    const image = await bootProgram(await assembleText(PROGRAM), { name: 'p', memory });
    const machine = new Machine(image, { monitor: 'none', memory });
    const stop = new MachineRun(machine).turn(10_000, 1_000_000);
    const wanted = memoryMap(memory);
    const end = { kind: 'exit-device', value: wanted.length };
    assert.deepEqual(stop, { kind: 'end', end });
    const ram = machine.computer.memory;
    const told = wanted.map((_, n) => ({
      base: Number(ram.read64(0x8000 + 20 * n)),
      length: Number(ram.read64(0x8008 + 20 * n)),
      kind: ram.read32(0x8010 + 20 * n),
    }));
    assert.deepEqual(told, wanted);
  });
}
