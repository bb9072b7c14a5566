; bios: what the processor finds when it is switched on.

        org 0
        bits 16

power_on:
        cli
        hlt
        jmp power_on

; ------------------------------------------------------------------ the end of the ROM
        times 0xfff0 - ($ - $$) db 0
reset:  jmp 0xf000:power_on         ; the processor's first instruction
        db '11/25/26'               ; F000:FFF5: the date of this BIOS
        db 0
        db 0xfc                     ; F000:FFFE: the model: an AT
        db 0
