import assert from 'node:assert/strict';
import { assembleText, flatImage } from './boot/flat';
import { Machine, type MonitorName } from './machine';
import { MachineRun } from './run';

/**
 * The HPET through all of a computer: its registers in memory, its first timer at IRQ 0 (legacy replacement), its third
 * at an input of the I/O APIC. Prints the period, the vectors in their order, and how the counter stood.
 */
const PROGRAM = `
        org 0x7c00
        bits 16
HPET    equ 0xfed00000
IOAPIC  equ 0xfec00000
APIC    equ 0xfee00000
start:  cli
        lgdt [gdtr]
        mov eax, cr0
        or al, 1
        mov cr0, eax
        jmp 8:entry
        bits 32
entry:  mov ax, 0x10
        mov ds, ax
        mov es, ax
        mov ss, ax
        mov esp, 0x7c00
        mov word [idt + 0x50 * 8], old
        mov word [idt + 0x51 * 8], new
        lidt [idtr]
        mov al, 0x11                ; the 8259: IRQ 0 is vector 50h, and nothing else comes
        out 0x20, al
        mov al, 0x50
        out 0x21, al
        mov al, 4
        out 0x21, al
        mov al, 1
        out 0x21, al
        mov al, 0xfe
        out 0x21, al
        mov dword [IOAPIC], 0x10 + 2 * 22
        mov dword [IOAPIC + 0x10], 0x8051 ; input 22, by its level

        cmp dword [HPET + 4], 10000000
        jne $
        mov dword [HPET + 0x100], 0x14c  ; timer 0: periodic, 32 bits, interrupt, value
        mov dword [HPET + 0x108], 1000
        mov dword [HPET + 0x108], 2000
        mov dword [HPET + 0x140], (22 << 9) | 6 ; timer 2: by its level
        mov dword [HPET + 0x148], 4000
        mov dword [HPET + 0x14c], 0
        mov dword [HPET + 0x10], 3
        sti
.rest:  hlt
        cmp byte [count], 4
        jb .rest
        cli
        mov dword [HPET + 0x10], 0
        mov eax, [HPET + 0xf0]      ; it stands: after 1000, 3000, 4000, 5000
        cmp eax, [HPET + 0xf0]
        jne $
        cmp eax, 5000
        jb $
        mov al, 1
        out 0xf4, al
        hlt
old:    mov al, 'o'
        out 0xe9, al
        mov al, 0x20
        out 0x20, al
        inc byte [count]
        iret
new:    mov al, 'n'
        out 0xe9, al
        mov dword [HPET + 0x20], 4
        mov dword [APIC + 0xb0], 0
        inc byte [count]
        iret
count:  db 0
        align 8
gdt:    dq 0, 0x00cf9b000000ffff, 0x00cf93000000ffff
gdtr:   dw $ - gdt - 1
        dd gdt
idtr:   dw 0x60 * 8 - 1
        dd idt
        align 8
idt:    times 0x60 dw 0, 8, 0x8e00, 0`;

for (const monitor of ['none', 'vtx', 'svm'] satisfies MonitorName[]) {
  it(`the HPET interrupts under ${monitor}`, async () => {
    const image = flatImage(await assembleText(PROGRAM));
    let text = '';
    const debugConsole = (byte: number): void => void (text += String.fromCharCode(byte));
    const machine = new Machine(image, { monitor, memory: 1 << 20 }, { debugConsole });
    const stop = new MachineRun(machine).turn(10_000, 500_000);
    assert.deepEqual(stop, { kind: 'end', end: { kind: 'exit-device', value: 1 } });
    assert.equal(text, 'oono');
  });
}
