; A near jump after CR0.PE: the processor goes on decoding 16-bit code.
bits 16
org 0x7c00

start:
    cli
    lgdt [gdtr]
    mov eax, cr0
    or al, 1
    mov cr0, eax
    jmp protected           ; should be jmp 8:protected

bits 32
protected:
    mov ax, 0x10            ; 15
    mov ds, ax
    hlt

bits 16
other:
    mov ax, 0x10            ; 21

align 8
gdt: dq 0, 0x00cf9b000000ffff, 0x00cf93000000ffff
gdtr: dw $ - gdt - 1
    dd gdt
