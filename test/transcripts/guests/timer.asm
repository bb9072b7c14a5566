; The timer interrupts in real mode; the main program counts, and rests once.
%ifndef COUNT
%define COUNT 200
%endif
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
    mov al, COUNT
    out 0x40, al
    mov al, 0
    out 0x40, al
    sti
.count:
    inc cx
    cmp word [ticks], 1
    jb .count
    nop
    mov cx, 40000
.again:
    loop .again
    hlt
    nop
    jmp $

tick:
    inc word [ticks]
    push ax
    mov al, 0x20
    out 0x20, al
    pop ax
    iret

ticks: dw 0
