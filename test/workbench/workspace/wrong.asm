; A guest with a mistake: nothing of it may start.
        org 0x7c00
        bits 16
start:
        mov ax, no_such_thing
        hlt
