; Lines that become several instructions.
bits 16
org 0x7c00
%macro put 1
    mov al, %1
    out 0xe9, al
%endmacro
%define PORT 0xe9

start:
    put 'a'                 ; 11
    times 3 nop             ; 12
    put 'b'                 ; 13

    ; a comment
    mov cx, 3
.loop:
    inc word [count]        ; 18
    loop .loop              ; 19
    cli
    hlt                     ; 21

count: dw 0
; the end
