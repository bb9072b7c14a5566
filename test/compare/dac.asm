; dac: the palette by its ports: the two indices, reading and writing in threes, the PEL mask, the
; attribute controller with its flip-flop, the colour select register.
%include "report.inc.asm"
%include "ports.inc.asm"

main:   mov ax, 0x13
        int 0x10
        OUT8 0x3c8, 10
        mov dx, 0x3c9
        mov al, 1
        out dx, al
        mov al, 2
        out dx, al
        SHOW8 0x3c8, "index, two of three written"
        OUT8 0x3c9, 3
        SHOW8 0x3c8, "index after three"
        SHOW8 0x3c7, "state while writing"
        OUT8 0x3c7, 10
        SHOW8 0x3c7, "state while reading"
        SHOW8 0x3c9, "red"
        SHOW8 0x3c9, "green"
        SHOW8 0x3c9, "blue"
        SHOW8 0x3c8, "index after reading three"
        OUT8 0x3c8, 255
        mov dx, 0x3c9
        mov al, 0x3f
        out dx, al
        out dx, al
        out dx, al
        out dx, al                  ; the first of colour 0
        SHOW8 0x3c8, "index beyond 255"
        OUT8 0x3c7, 255
        SHOW8 0x3c9, "255 red"
        ; the mask
        SHOW8 0x3c6, "mask"
        OUT8 0x3c6, 0x0f
        SHOW8 0x3c6, "mask 0f"
        OUT8 0x3c6, 0xff
        ; attribute controller: index and data at one port
        mov ax, 3
        int 0x10
        mov dx, 0x3da
        in al, dx
        OUT8 0x3c0, 0x05
        SHOW8 0x3c0, "index"
        SHOW8 0x3c1, "register 5, screen off"
        OUT8 0x3c0, 0x2a
        mov dx, 0x3da
        in al, dx
        OUT8 0x3c0, 0x05
        SHOW8 0x3c1, "register 5 written"
        mov dx, 0x3da
        in al, dx
        OUT8 0x3c0, 0x34
        SHOW8 0x3c0, "index with bit 5"
        SHOW8 0x3c1, "colour select"
        OUT8 0x3c0, 0x0c
        mov dx, 0x3da
        in al, dx
        OUT8 0x3c0, 0x34
        SHOW8 0x3c1, "colour select written"
        ; a palette register is not written while bit 5 is set
        mov dx, 0x3da
        in al, dx
        OUT8 0x3c0, 0x26
        OUT8 0x3c0, 0x11
        mov dx, 0x3da
        in al, dx
        OUT8 0x3c0, 0x26
        SHOW8 0x3c1, "register 6, bit 5 set"
        FINISH
