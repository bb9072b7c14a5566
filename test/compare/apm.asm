; apm: INT 15h function 53h, Advanced Power Management, up to switching off. (What the 32-bit interface is, differs.)
%include "report.inc.asm"

%macro APM 4
        KNOWN
        mov ax, %1
        mov bx, %2
        mov cx, %3
        CALL 0x15, %4
        xor ax, ax
        mov ds, ax
        mov es, ax
%endmacro

main:   APM 0x5300, 0, 0, "5300"
        APM 0x5300, 1, 0, "5300 1"
        APM 0x5301, 1, 0, "5301 1"
        APM 0x5301, 0, 0, "5301"
        APM 0x5301, 0, 0, "5301 again"
        APM 0x530e, 0, 0x0102, "530e 1.2"
        APM 0x530e, 0, 0x0101, "530e 1.1"
        APM 0x5308, 1, 1, "5308"
        APM 0x5307, 1, 1, "5307 1 1"
        APM 0x5307, 1, 2, "5307 1 2"
        APM 0x5305, 0, 0, "5305"
        APM 0x5306, 0, 0, "5306"
        APM 0x530a, 1, 0, "530a"
        APM 0x530b, 0, 0, "530b"
        APM 0x530c, 1, 0, "530c"
        APM 0x530d, 1, 1, "530d"
        APM 0x530f, 1, 1, "530f"
        APM 0x5310, 0, 0, "5310"
        APM 0x5380, 0, 0, "5380"
        APM 0x5304, 0, 0, "5304"
        APM 0x5304, 0, 0, "5304 again"
        APM 0x53ff, 0, 0, "53ff"
        APM 0x5301, 0, 0, "5301"
        APM 0x5307, 1, 3, "5307 off"
        SAY "still on"
        FINISH
        times 5 * 512 - ($ - $$) db 0
