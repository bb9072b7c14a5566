; serial: INT 14h with the first port, over which this very text comes; INT 17h; INT 11h and INT
; 12h.
%include "report.inc.asm"

%macro SERIAL 3
        KNOWN
        mov ax, %1
        mov dx, %2
        CALL 0x14, %3
%endmacro

main:   SERIAL 0x0300, 0, "03"
        SERIAL 0x00e3, 0, "00 e3"
        mov dx, 0x3fb
        in al, dx
        call hex8
        call newline
        SERIAL 0x0141, 0, " 01 A"
        SERIAL 0x0300, 0, "03"
        SERIAL 0x0300, 1, "03 second"
        SERIAL 0x00e3, 1, "00 e3 second"
        SERIAL 0x0141, 1, "01 A second"
        SERIAL 0x0300, 2, "03 third"
        SERIAL 0x0300, 4, "03 port 4"
        SERIAL 0x0400, 0, "04"
        SERIAL 0x0500, 0, "05"
        SERIAL 0x0600, 0, "06"
        KNOWN
        mov ax, 0x0200
        mov dx, 0
        CALL 0x17, "17 02"
        KNOWN
        mov ax, 0x0041
        mov dx, 0
        CALL 0x17, "17 00 A"
        mov dx, 0x37a
        in al, dx
        call hex8
        call newline
        KNOWN
        mov ax, 0x0100
        mov dx, 0
        CALL 0x17, "17 01"
        KNOWN
        mov ax, 0x0200
        mov dx, 1
        CALL 0x17, "17 02 second"
        KNOWN
        mov ax, 0x0300
        mov dx, 0
        CALL 0x17, "17 03"
        KNOWN
        CALL 0x11, "11"
        KNOWN
        CALL 0x12, "12"
        KNOWN
        CALL 0x05, "05"
        KNOWN
        CALL 0x1b, "1b"
        KNOWN
        CALL 0x1c, "1c"
        KNOWN
        CALL 0x4f, "4f"
        KNOWN
        CALL 0x71, "71"
        in al, 0xa1
        call hex8
        in al, 0x21
        call hex8
        call newline
        KNOWN
        CALL 0x0d, "0d"
        in al, 0x21
        call hex8
        call newline
        FINISH
        times 4 * 512 - ($ - $$) db 0
