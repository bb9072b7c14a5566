        org 0x7c00
        mov di, 0x9000
        mov dx, 0x1f0
        mov bl, 2
again:  mov cx, 9
input:  rep insw
        dec bl
        jnz again
        mov al, 0
        out 0xf4, al
