; Each kind of VM exit on a line of its own, in real mode, with a timer to wake the guest from HLT.
; There is 1 MByte of RAM, so that the first page above it is missing.
bits 16
org 0x7c00

start:
    cli
    mov word [8 * 4], tick
    mov word [8 * 4 + 2], 0
    mov al, 0x11
    out 0x20, al
    mov al, 8
    out 0x21, al
    mov al, 4
    out 0x21, al
    mov al, 1
    out 0x21, al
    mov al, 0xfe
    out 0x21, al
    mov al, 0x34
    out 0x43, al
    mov al, 100
    out 0x40, al
    mov al, 0
    out 0x40, al
    mov ax, 0xffff
    mov fs, ax
    mov ebx, 'x'
    mov ecx, 0xc0000080
each:
    cpuid
    in al, 0x21
    out 0x80, al
    mov eax, 0x30
    mov cr0, eax
    mov eax, cr3
    mov ecx, 0xc0000080
    rdmsr
    wrmsr
    mov eax, 1
    mov ebx, 'x'
    vmcall
    invlpg [0x500]
    mov al, [fs:0x20]       ; the byte at 0x100010
    rdtsc
    pause
    mov eax, dr7
    sti
    hlt
    nop
    cli
    hlt

tick:
    push ax
    mov al, 0x20
    out 0x20, al
    pop ax
    iret
