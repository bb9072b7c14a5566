; Echoes what is typed, one byte at a time; q ends.
bits 16
org 0x7c00
start:
    cli
    mov dx, 0x3fd
.wait:
    in al, dx
    test al, 1
    jz .wait
    mov dx, 0x3f8
    in al, dx
    out dx, al
    cmp al, 'q'
    mov dx, 0x3fd
    jne .wait
    mov dx, 0x604
    mov ax, 0x2000
    out dx, ax
