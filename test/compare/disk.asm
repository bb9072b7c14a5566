; disk: int 13h with a hard disk, and without.
%include "report.inc.asm"

%macro DISK 2                       ; AX, text
        mov ax, %1
        CALL 0x13, %2
%endmacro

%macro READ 4                       ; AX, CX, DX, text
        KNOWN
        mov ax, %1
        mov cx, %2
        mov dx, %3
        mov bx, 0x10
        push 0x1000
        pop es
        CALL 0x13, %4
        push 0
        pop es
        DUMP 0x40, 0x74, 1, "  40:74"
%endmacro

%macro PACKET 5                     ; AH, DL, LBA, count, text
        mov dword [packet], 0x10 | (%4 << 16)
        mov dword [packet + 4], 0x1000 << 16
        mov dword [packet + 8], %3
        mov dword [packet + 12], 0
        KNOWN
        mov ah, %1
        mov dl, %2
        mov si, packet
        CALL 0x13, %5
        DUMP 0, packet, 16, "  packet"
        DUMP 0x40, 0x74, 1, "  40:74"
%endmacro

; Every function but the few of a list, for a drive.
%macro SWEEP 2                      ; drive, list of functions that need more care
        mov byte [function], 0
%%next: mov al, [function]
        mov si, %2
%%skip: cmp byte [si], 0xff
        je %%call
        cmp [si], al
        je %%done
        inc si
        jmp %%skip
%%call: mov al, [function]
        call hex8
        KNOWN
        mov ah, [function]
        mov al, 1
        mov dl, %1
        mov cx, 1
        CALL 0x13, " function"
        DUMP 0x40, 0x74, 1, "  40:74"
        DUMP 0x40, 0x41, 1, "  40:41"
%%done: inc byte [function]
        cmp byte [function], 0x60
        jb %%next
%endmacro

main:
        SWEEP 0x80, careful
        SWEEP 0x81, none
        KNOWN
        mov ah, 0xff
        mov dl, 0x80
        CALL 0x13, "80 ff"
        READ 0x0201, 1, 0x0080, "read 1"
        READ 0x0201, 0, 0x0080, "read sector 0"
        READ 0x0200, 1, 0x0080, "read count 0"
        READ 0x0280, 1, 0x0080, "read count 80"
        READ 0x0281, 1, 0x0080, "read count 81"
        READ 0x02ff, 1, 0x0080, "read count ff"
        READ 0x0201, 0xffc1, 0x0080, "read cylinder 3ff"
        READ 0x0201, 1, 0xff80, "read head ff"
        READ 0x0201, 1, 0x1080, "read head 16"
        READ 0x0201, 0x3f, 0x0080, "read sector 3f"
        READ 0x0210, 0x3f, 0x0080, "read over the track"
        READ 0x0201, 0x0101, 0x0080, "read cylinder 1"
        READ 0x0201, 0x0201, 0x0080, "read cylinder 2"
        READ 0x0210, 0x0201, 0x0080, "read 10 cylinder 2"
        READ 0x0201, 1, 0x0081, "read 81"
        READ 0x0201, 1, 0x0000, "read floppy"
        READ 0x0201, 1, 0x00e0, "read cd"
        READ 0x0401, 1, 0x0080, "verify"
        READ 0x0400, 1, 0x0080, "verify count 0"
        READ 0x04ff, 0x0201, 0x0080, "verify cylinder 2"
        READ 0x0301, 0x0105, 0x0080, "write"
        READ 0x0301, 5, 0x0081, "write 81"
        READ 0x0501, 1, 0x0080, "format"
        READ 0x0a01, 1, 0x0080, "read long"
        READ 0x0b01, 1, 0x0080, "write long"
        READ 0x0c01, 1, 0x0080, "seek"
        READ 0x0c01, 0xffff, 0xff80, "seek far"

        PACKET 0x42, 0x80, 0, 1, "edd read"
        PACKET 0x42, 0x80, 0, 0, "edd read 0"
        PACKET 0x42, 0x80, 0, 0x7f, "edd read 7f"
        PACKET 0x42, 0x80, 0, 0x80, "edd read 80"
        PACKET 0x42, 0x80, 2047, 1, "edd read 2047"
        PACKET 0x42, 0x80, 2047, 2, "edd read 2047 2"
        PACKET 0x42, 0x80, 2040, 16, "edd read 2040 16"
        PACKET 0x42, 0x80, 2048, 1, "edd read 2048"
        PACKET 0x42, 0x80, 0xffffffff, 1, "edd read ffffffff"
        PACKET 0x42, 0x80, 0xffffffff, 0, "edd read ffffffff 0"
        PACKET 0x42, 0x81, 0, 1, "edd read 81"
        PACKET 0x43, 0x80, 2000, 1, "edd write"
        PACKET 0x43, 0x80, 2048, 1, "edd write 2048"
        PACKET 0x44, 0x80, 5, 1, "edd verify"
        PACKET 0x44, 0x80, 2048, 1, "edd verify 2048"
        PACKET 0x44, 0x80, 2047, 9, "edd verify 2047 9"
        PACKET 0x47, 0x80, 5, 1, "edd seek"
        PACKET 0x47, 0x80, 2048, 1, "edd seek 2048"
        mov dword [packet], 0x00010008
        mov dword [packet + 8], 0
        mov si, packet
        mov ah, 0x42
        mov dl, 0x80
        CALL 0x13, "edd read packet of 8"

%macro PARAMS 2
        mov di, answer
        mov cx, 80
        mov al, 0xcc
        rep stosb
        mov word [answer], %1
        KNOWN
        mov ah, 0x48
        mov dl, %2
        mov si, answer
        CALL 0x13, "edd 48"
        DUMP 0, answer, 80, "  answer"
%endmacro
        PARAMS 0x1a, 0x80
        PARAMS 0x1e, 0x80
        PARAMS 0x42, 0x80
        PARAMS 0x50, 0x80
        PARAMS 0x10, 0x80
        PARAMS 0x1a, 0x81
        PARAMS 0x1a, 0x00
        KNOWN
        mov ax, 0x4b00
        mov dl, 0x80
        mov si, answer
        CALL 0x13, "4b00"
        KNOWN
        mov ax, 0x4b01
        mov dl, 0x80
        mov si, answer
        CALL 0x13, "4b01"
        DUMP 0, answer, 24, "  answer"
        KNOWN
        mov ax, 0x4b02
        mov dl, 0x80
        mov si, answer
        CALL 0x13, "4b02"
        KNOWN
        mov ax, 0x4503
        mov dl, 0x80
        CALL 0x13, "4503"
        KNOWN
        mov ax, 0x4e02
        mov dl, 0x80
        CALL 0x13, "4e02"
        READ 0x0501, 0, 0x0080, "format sector 0"
        READ 0x0501, 0xffc1, 0xff80, "format far"
        READ 0x0500, 1, 0x0080, "format count 0"
        KNOWN
        mov ah, 0x41
        mov dl, 0x80
        mov bx, 0x55aa
        CALL 0x13, "41 55aa"
        KNOWN
        mov ah, 0x41
        mov dl, 0x80
        mov bx, 0x55ab
        CALL 0x13, "41 55ab"
        SWEEP 0x00, none
        SWEEP 0xe0, none
        SWEEP 0x7f, none
        DUMP 0x40, 0x70, 16, "40:70"
        les di, [0x41 * 4]
        DUMP es, di, 16, "fixed disk table"
        FINISH

function: db 0
careful: db 2, 3, 4, 5, 0x0a, 0x0b, 0x42, 0x43, 0x48, 0xff
none:   db 0xff
packet: times 16 db 0
answer  equ 0xfb00
        times 63 * 512 - ($ - $$) db 0
