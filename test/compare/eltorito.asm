; eltorito: int 13h of a CD that is booted as a disk: the drive that it presents, and the CD itself.
%include "report.inc.asm"

%macro ASK 2                        ; AX, text; DL = the drive that was booted
        KNOWN
        mov ax, %1
        mov cx, 0x0001
        mov dh, 0
        mov dl, [boot_drive]
        mov bx, 0
        push 0x1000
        pop es
        CALL 0x13, %2
        push 0
        pop es
        DUMP 0x40, 0x74, 1, "  40:74"
        DUMP 0x40, 0x41, 1, "  40:41"
%endmacro

main:
        DUMP 0, boot_drive, 1, "drive"
        CALL 0x11, "11"
        DUMP 0x40, 0x75, 1, "40:75"
        mov byte [answer], 0x13
        KNOWN
        mov ax, 0x4b01
        mov dl, [boot_drive]
        mov si, answer
        CALL 0x13, "4b01"
        DUMP 0, answer, 19, "  answer"
        ASK 0x0000, "reset"
        ASK 0x0800, "parameters"
        ASK 0x1500, "type"
        ASK 0x0203, "read"
        DUMP 0x1000, 0x400, 16, "  data"
        ASK 0x0401, "verify"
        ASK 0x0301, "write"
        ASK 0x0501, "format"
        ASK 0x1600, "changed"
        KNOWN
        mov ax, 0x0202
        mov cx, 0x0104
        mov dh, 1
        mov dl, [boot_drive]
        mov bx, 0
        push 0x1000
        pop es
        CALL 0x13, "read cylinder 1"
        push 0
        pop es
        DUMP 0x1000, 0, 16, "  data"
        KNOWN
        mov ax, 0x0201
        mov cx, 0xff01
        mov dh, 1
        mov dl, [boot_drive]
        CALL 0x13, "read beyond the end"
        KNOWN
        mov ah, 0x41
        mov dl, 0xe0
        mov bx, 0x55aa
        CALL 0x13, "41"
        KNOWN
        mov ah, 0x42
        mov dl, 0xe0
        mov si, packet
        CALL 0x13, "read the CD"
        DUMP 0x1000, 0, 8, "  data"
        KNOWN
        mov ax, 0x4b00
        mov dl, [boot_drive]
        mov si, answer
        CALL 0x13, "4b00"
        DUMP 0, answer, 19, "  answer"
        ASK 0x0800, "parameters"
        FINISH

packet: dw 0x10, 1, 0, 0x1000
        dq 16
answer: times 32 db 0
        times 63 * 512 - ($ - $$) db 0
