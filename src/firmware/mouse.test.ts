import assert from 'node:assert/strict';
import { Computer } from '../machine/computer';
import { assembleText } from '../session';
import { loadFirmware } from './firmware';

/** A boot sector that has the BIOS call it with each packet of the mouse, and prints what it is given. */
const LISTENER = `
        org 0x7c00
        mov ax, 0xc205              ; packets of 3 bytes
        mov bh, 3
        int 0x15
        jc $
        mov ax, 0xc207
        mov bx, handler             ; ES = 0
        int 0x15
        jc $
        mov ax, 0xc200              ; on
        mov bh, 1
        int 0x15
        jc $
        sti
.rest:  hlt
        jmp .rest
handler:
        mov bp, sp
        mov al, [bp + 10]           ; status, X, Y
        out 0xe9, al
        mov al, [bp + 8]
        out 0xe9, al
        mov al, [bp + 6]
        out 0xe9, al
        retf
        times 510 - ($ - $$) db 0
        dw 0xaa55
        times 63 * 512 db 0`;

describe('mouse services of the BIOS', () => {
  it('call a handler with each packet', async () => {
    const disk = (await assembleText(LISTENER)).image;
    const printed: number[] = [];
    const computer = new Computer({
      memory: 0x11_0000,
      platform: { memory: 64 << 20, disks: [disk] },
      events: { debugConsole: (byte) => printed.push(byte) },
    });
    for (const { address, bytes } of (await loadFirmware()).roms) {
      computer.installRom(address, bytes);
    }
    computer.run(60_000);
    const { mouse, pic } = computer.platform;
    assert.deepEqual(printed, []);
    mouse.move(3, -4, 0, 1);
    computer.run(2000);
    mouse.move(-1, 0, 0, 0);
    computer.run(2000);
    assert.deepEqual(printed, [0x09, 3, 4, 0x18, 0xff, 0]);
    assert.equal(pic.registers.isr & 0x1004, 0); // IRQ 12 has its end, and the cascade
  });
});
