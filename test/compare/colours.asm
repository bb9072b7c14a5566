; colours: INT 10h functions 10h, 11h, 12h, 1Ah, 1Bh, 1Ch.
%include "report.inc.asm"

%macro DO 3                         ; AX, BX, text
        KNOWN
        push 0
        pop es
        mov ax, %1
        mov bx, %2
        mov cx, 5
        mov dx, area
        mov bp, area
        mov di, area
        CALL 0x10, %3
        xor ax, ax
        mov es, ax
        mov ds, ax
%endmacro

main:
        mov ax, 3
        int 0x10
        mov di, area
        mov cx, 256
        mov al, 0
.fill:  stosb
        add al, 7
        and al, 0x3f
        loop .fill
        DO 0x1000, 0x1203, "1000"
        call attributes
        DO 0x1000, 0x0714, "1000 14"
        call attributes
        DO 0x1000, 0x0715, "1000 15"
        call attributes
        DO 0x1001, 0x0500, "1001"
        call attributes
        DO 0x1007, 0x0003, "1007"
        DO 0x1007, 0x0015, "1007 15"
        DO 0x1008, 0x0003, "1008"
        DO 0x1002, 0x0000, "1002"
        call attributes
        DO 0x1003, 0x0000, "1003 0"
        call attributes
        DO 0x1003, 0x0001, "1003 1"
        call attributes
        DO 0x1003, 0x00ff, "1003 ff"
        call attributes
        DO 0x1009, 0x0000, "1009"
        DUMP 0, area, 18, "  area"
        DO 0x1010, 0x0021, "1010"
        DO 0x1015, 0x0021, "1015"
        DO 0x1012, 0x0030, "1012"
        DO 0x1015, 0x0031, "1015"
        DO 0x1017, 0x0030, "1017"
        DUMP 0, area, 18, "  area"
        DO 0x1018, 0x005a, "1018"
        DO 0x1019, 0x0000, "1019"
        DO 0x1018, 0x00ff, "1018"
        DO 0x1013, 0x0100, "1013 0 1"
        call attributes
        DO 0x101a, 0x0000, "101a"
        DO 0x1013, 0x0501, "1013 1 5"
        call attributes
        DO 0x101a, 0x0000, "101a"
        DO 0x1013, 0x0000, "1013 0 0"
        DO 0x1013, 0x0201, "1013 1 2"
        call attributes
        DO 0x101a, 0x0000, "101a"
        DO 0x101b, 0x0001, "101b"
        DO 0x1015, 0x0001, "1015"
        DO 0x1015, 0x0003, "1015"
        DO 0x1015, 0x0005, "1015"
        DO 0x10ff, 0x0000, "10ff"
        mov ax, 3
        int 0x10
%macro INFO 1
        KNOWN
        push 0
        pop es
        mov ax, 0x1130
        mov bh, %1
        int 0x10
        ; fonts lie where they lie: which segment is told, and how high the glyphs are
        mov bp, 0
        push 0
        pop es
        CALL 0x12, "1130"
%endmacro
        INFO 0
        INFO 1
        INFO 2
        INFO 6
        INFO 8
%macro FONT 3
        DO %1, %2, %3
        DUMP 0x40, 0x49, 0x1a, "  40:49"
        DUMP 0x40, 0x84, 7, "  40:84"
        call crtc
%endmacro
        FONT 0x1112, 0x0000, "1112"
        FONT 0x1111, 0x0000, "1111"
        FONT 0x1114, 0x0000, "1114"
        FONT 0x1102, 0x0001, "1102"
        FONT 0x1100, 0x1000, "1100"
        call font
        FONT 0x1110, 0x0e02, "1110"
        FONT 0x1103, 0x0005, "1103"
        mov dx, 0x3c4
        mov al, 3
        out dx, al
        inc dx
        in al, dx
        call hex8
        call newline
        mov ax, 3
        int 0x10
        FONT 0x1121, 0x0002, "1121"
        mov ax, 3
        int 0x10
        FONT 0x1123, 0x0003, "1123"
        FONT 0x1124, 0x0000, "1124"
        FONT 0x1122, 0x0001, "1122"
        mov ax, 3
        int 0x10
        DO 0x1200, 0x0010, "12 10"
%macro SWITCH 3
        DO %1, %2, %3
        DUMP 0x40, 0x84, 7, "  40:84"
%endmacro
        SWITCH 0x1200, 0x0030, "12 30 0"
        SWITCH 0x1201, 0x0030, "12 30 1"
        SWITCH 0x1202, 0x0030, "12 30 2"
        SWITCH 0x1203, 0x0030, "12 30 3"
        SWITCH 0x1201, 0x0031, "12 31 1"
        SWITCH 0x1200, 0x0031, "12 31 0"
        SWITCH 0x1200, 0x0033, "12 33 0"
        SWITCH 0x1201, 0x0033, "12 33 1"
        SWITCH 0x1201, 0x0034, "12 34 1"
        SWITCH 0x1200, 0x0034, "12 34 0"
        SWITCH 0x1200, 0x0035, "12 35 0"
        SWITCH 0x1201, 0x0036, "12 36 1"
        mov dx, 0x3c4
        mov al, 1
        out dx, al
        inc dx
        in al, dx
        call hex8
        SWITCH 0x1200, 0x0036, "12 36 0"
        SWITCH 0x1201, 0x0032, "12 32 1"
        mov dx, 0x3cc
        in al, dx
        call hex8
        SWITCH 0x1200, 0x0032, "12 32 0"
        SWITCH 0x1200, 0x0037, "12 37"
        DO 0x1a00, 0x0000, "1a00"
        DO 0x1a01, 0x0007, "1a01"
        DO 0x1a00, 0x0000, "1a00"
        DO 0x1a01, 0x0008, "1a01"
        DO 0x1a02, 0x0008, "1a02"
        DO 0x1b00, 0x0000, "1b"
        DUMP 0, area + 4, 60, "  area"
        les di, [area]
        DUMP es, di, 16, "  static"
        DO 0x1b00, 0x0001, "1b 1"
        DO 0x1c00, 0x0001, "1c 00"
        DO 0x1400, 0x0001, "14"
        DO 0x0400, 0x0001, "04"
        DO 0xfe00, 0x0001, "fe"
        KNOWN
        mov cx, 7
        mov ax, 0x1c00
        CALL 0x10, "1c 00 7"
        FINISH

attributes:
        mov ah, 0
.next:  mov dx, 0x3da
        in al, dx
        mov dx, 0x3c0
        mov al, ah
        out dx, al
        inc dx
        in al, dx
        call hex8
        mov al, ' '
        call put
        inc ah
        cmp ah, 0x15
        jb .next
        mov dx, 0x3da
        in al, dx
        mov dx, 0x3c0
        mov al, 0x20
        out dx, al
        jmp newline

crtc:   mov ah, 0
.next:  mov dx, 0x3d4
        mov al, ah
        out dx, al
        inc dx
        in al, dx
        call hex8
        mov al, ' '
        call put
        inc ah
        cmp ah, 0x18
        jb .next
        jmp newline

; the first bytes of plane 2
font:   ret

area    equ 0xb000
        times 20 * 512 - ($ - $$) db 0
