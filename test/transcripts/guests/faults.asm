; Ways to go wrong in real mode.
bits 16
org 0x7c00

start:
    lidt [none]
    jmp triple

triple:
    ud2                     ; 10

forever:
    jmp forever             ; 13

nowhere:
    jmp 0xffff:0xfff0       ; 16

spare:
    nop                     ; 19

missing:
    fld1                    ; 22: not implemented

none: dw 0
      dd 0
