; steps.asm: is gone through by single steps, and up to breakpoints.
%include "guest.inc"
bits 16
        xor ax, ax
        mov ds, ax
        mov ss, ax
        mov sp, 0x1000
        mov cx, 3
count:  inc ax
        loop count
        cpuid
        pushf
        pop bx
        jmp watched
        times 0x40 - ($ - $$) nop
watched:
        mov word [0x3000], 5
        times 0x80 - ($ - $$) nop
        nop
        done
