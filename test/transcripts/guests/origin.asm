; A boot sector whose labels count from 0: it lies at 0x7c00 all the same.
bits 16
org 0

start:
    jmp 0x7c0:main          ; 6

main:
    mov ax, cs
    mov ds, ax
    mov al, [letter]        ; 11
    out 0xe9, al
    mov al, 3
    out 0xf4, al            ; 14

letter: db 'A'
    times 510 - ($ - $$) db 0
    dw 0xaa55
