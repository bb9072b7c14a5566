; A guest that never ends: for pausing it.
        org 0x7c00
        bits 16
start:
        inc ax
        jmp start
