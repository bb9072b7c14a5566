; parallel: the printer port by its registers: data latch, control lines, status; INT 17h over it. And the
; debug console at port E9h, which tells that it is there.
%include "report.inc.asm"
%include "ports.inc.asm"

main:   OUT8 0x378, 0xa5
        SHOW8 0x378, "data"
        SHOW8 0x37a, "control"
        OUT8 0x37a, 0x0e
        SHOW8 0x37a, "control 0e"
        OUT8 0x37a, 0x3f
        SHOW8 0x37a, "control 3f"
        OUT8 0x37a, 0x0c
        SHOW8 0xe9, "debug console"
        mov si, text
.next:  lodsb
        out 0xe9, al
        cmp al, 10
        jne .next
        FINISH
text:   db "by port E9h", 10
