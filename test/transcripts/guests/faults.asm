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
    mov ecx, 0x1b           ; 22
    xor edx, edx
    mov eax, 0xfed00900
    wrmsr                   ; 25: a local APIC at another address is not implemented

none: dw 0
      dd 0
