; The timer interrupts in real mode; the main program counts, and rests once.
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
    mov al, 200
    out 0x40, al
    mov al, 0
    out 0x40, al
    sti
.count:
    inc cx
    cmp word [ticks], 1
    jb .count
    nop                     ; 29
    mov cx, 40000
.again:
    loop .again             ; 32
    hlt                     ; 33
    nop                     ; 34
    jmp $                   ; 35

tick:
    inc word [ticks]        ; 38
    push ax
    mov al, 0x20
    out 0x20, al            ; 41
    pop ax
    iret

ticks: dw 0
