bits 16
start:
    mov ax, nothing
    movv bx, 1
