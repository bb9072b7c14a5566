; The first of two sources on a disk: loads the other to 0x8000 and goes there.
        org 0x7c00
        bits 16
        mov ax, 0x0201
        mov cx, 0x0002
        mov dh, 0
        mov bx, 0x8000
        int 0x13
        jmp 0:0x8000
        times 510 - ($ - $$) db 0
        dw 0xaa55
