; A line with several calls: step into the one that is wanted.
bits 16
org 0x7c00
%macro both 2
    mov al, 'x'
    call %1
    nop
    call %2
    int 0x40
%endmacro

start:
    mov word [0x100], service       ; the vector of INT 40h
    mov word [0x102], 0
    both first, second              ; 15
    call first                      ; 16
    cli
    hlt

first:
    inc bx
    ret
second:
    inc cx
    ret
service:
    inc dx
    iret
