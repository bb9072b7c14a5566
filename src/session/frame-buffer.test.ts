import assert from 'node:assert/strict';
import { bootProgram } from './boot/boot';
import { assembleText } from './boot/flat';
import { Machine, type MonitorName } from './machine';
import { MachineRun } from './run';

/**
 * A boot sector that moves the linear frame buffer of the VGA: a byte is written at the first place, read at the second;
 * what the video BIOS says of the place, and what is at the first one then, and while the memory does not answer.
 */
const PROGRAM = `
        org 0x7c00
        bits 16
        cpu 686
FIRST   equ 0xe0001000
SECOND  equ 0xd0001000
start:  xor ax, ax
        mov ss, ax
        mov sp, 0x7c00
        mov es, ax
        cli
        mov ds, ax
        lgdt [gdtr]
        mov eax, cr0
        or al, 1
        mov cr0, eax
        mov bx, 8
        mov ds, bx
        and al, 0xfe
        mov cr0, eax
        xor ax, ax
        mov ds, ax
        mov ax, 0x4f02
        mov bx, 0x4101
        int 0x10
        mov byte [dword FIRST], 0x41
        mov byte [dword FIRST + 1], 0x42
        mov ecx, 0xd0000000
        mov bl, 0x10
        call configure
        mov al, [dword SECOND]
        call print
        mov byte [dword SECOND], 0x43
        mov ax, 0x4f01
        mov cx, 0x101
        mov di, 0x9000
        int 0x10
        mov al, [0x9000 + 0x28 + 3]
        call print
        mov al, [dword FIRST + 1]
        call print
        mov ecx, 1
        mov bl, 4
        call configure
        mov al, [dword SECOND + 1]
        call print
        mov ecx, 3
        call configure
        mov al, [dword SECOND]
        call print
        mov dx, 0x604
        mov ax, 0x2000
        out dx, ax
        hlt
configure:
        mov eax, 0x80001000
        mov al, bl
        mov dx, 0xcf8
        out dx, eax
        mov dl, 0xfc
        mov eax, ecx
        out dx, eax
        ret
print:  mov dx, 0x3f8
        out dx, al
        ret
        align 8, db 0
gdt:    dq 0, 0x008f92000000ffff
gdtr:   dw $ - gdt - 1
        dd gdt
        times 510 - ($ - $$) db 0
        dw 0xaa55
`;
const MEMORY = 4 << 20;

for (const monitor of ['none', 'vtx', 'svm'] satisfies MonitorName[]) {
  it(`the linear frame buffer lies where PCI places it under ${monitor}`, async () => {
    const image = await bootProgram(await assembleText(PROGRAM), { name: 'fb', memory: MEMORY });
    const bytes: number[] = [];
    const serial = (byte: number): void => void bytes.push(byte);
    const machine = new Machine(image, { monitor, memory: MEMORY }, { serial });
    const run = new MachineRun(machine);
    let moments = 0;
    for (let work = machine.computer.processor.work; moments < 4; moments++) {
      work += 400;
      run.turn(5_000, work);
      while (run.inMonitor && !machine.requestedEnd) run.operate();
      const other = new Machine(image, { monitor, memory: MEMORY });
      other.restore(structuredClone(machine.save()));
      assert.equal(other.stateHash, machine.stateHash);
    }
    const stop = run.turn(30_000, 20_000_000);
    assert.deepEqual(stop, { kind: 'end', end: { kind: 'power-off' } });
    assert.deepEqual(bytes, [0x41, 0xd0, 0xff, 0xff, 0x43]);
    assert.equal(machine.platform.vga.peekMemory(0xe000_1001), 0x42);
  });
}
