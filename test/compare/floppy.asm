; floppy: int 13h with a floppy disk of 1.44 MBytes in A:, none in B:.
%include "report.inc.asm"

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
        DUMP 0x40, 0x41, 1, "  40:41"
%endmacro

%macro SIMPLE 3                     ; AX, DX, text
        KNOWN
        mov ax, %1
        mov dx, %2
        CALL 0x13, %3
        DUMP 0x40, 0x41, 1, "  40:41"
%endmacro

main:
        KNOWN
        CALL 0x11, "11"
        DUMP 0x40, 0x10, 2, "40:10"
        DUMP 0x40, 0x8f, 1, "40:8f"
        DUMP 0, 0x78, 4, "vector 1E"
        les bx, [0x78]
        push es
        pop ds
        mov si, bx
        mov di, table
        xor ax, ax
        mov es, ax
        mov cx, 11
        rep movsb
        xor ax, ax
        mov ds, ax
        DUMP 0, table, 11, "floppy table"
        SIMPLE 0x0000, 0x0000, "reset A"
        SIMPLE 0x0000, 0x0001, "reset B"
        SIMPLE 0x0000, 0x0002, "reset C"
        SIMPLE 0x0100, 0x0000, "status A"
        SIMPLE 0x0800, 0x0000, "parameters A"
        SIMPLE 0x0800, 0x0001, "parameters B"
        SIMPLE 0x0800, 0x0002, "parameters C"
        SIMPLE 0x1500, 0x0000, "type A"
        SIMPLE 0x1500, 0x0001, "type B"
        SIMPLE 0x1600, 0x0000, "changed A"
        SIMPLE 0x1600, 0x0001, "changed B"
        SIMPLE 0x1704, 0x0000, "set type A"
        KNOWN
        mov ax, 0x1800
        mov cx, 0x4f12
        mov dx, 0
        CALL 0x13, "set media A"
        KNOWN
        mov ax, 0x1800
        mov cx, 0x4f0f
        mov dx, 0
        CALL 0x13, "set media A, 15 sectors"
        READ 0x0201, 1, 0, "read 1"
        DUMP 0x1000, 0x10, 16, "  data"
        READ 0x0202, 0x0112, 0x0000, "read over the end of a track"
        READ 0x0212, 0x0201, 0x0100, "read a track"
        READ 0x0201, 0x0001, 0x0200, "read head 2"
        READ 0x0201, 0x0013, 0x0000, "read sector 19"
        READ 0x0201, 0x0000, 0x0000, "read sector 0"
        READ 0x0200, 0x0001, 0x0000, "read 0 sectors"
        READ 0x0201, 0x5001, 0x0000, "read cylinder 80"
        READ 0x0201, 0xff01, 0x0000, "read cylinder 255"
        READ 0x0201, 0x4f12, 0x0100, "read the last sector"
        READ 0x0201, 1, 0x0001, "read B"
        KNOWN
        mov ax, 0x0202
        mov cx, 1
        mov dx, 0
        mov bx, 0xfe00
        push 0x1000
        pop es
        CALL 0x13, "read across 64K"
        push 0
        pop es
        DUMP 0x40, 0x41, 1, "  40:41"
        mov di, 0
        push 0x1000
        pop es
        mov cx, 0x400
        mov al, 0x5a
        rep stosb
        READ 0x0302, 0x4e05, 0x0100, "write"
        READ 0x0401, 0x4e05, 0x0100, "verify"
        READ 0x0201, 0x4e06, 0x0100, "read it back"
        DUMP 0x1000, 0x10, 16, "  data"
        DUMP 0x1000, 0x208, 16, "  behind"
        READ 0x0900, 1, 0, "function 9"
        READ 0x4100, 1, 0, "function 41"
        READ 0x4200, 1, 0, "function 42"
        READ 0x4800, 1, 0, "function 48"
        READ 0x0c00, 1, 0, "function c"
        READ 0x1000, 1, 0, "function 10"
        SIMPLE 0x0800, 0x0080, "parameters 80"
        ; the table's format of a track: four bytes for each sector
        mov di, 0
        push 0x1000
        pop es
        mov cx, 18
        mov dl, 1
.id:    mov ax, 0x014d              ; cylinder 4dh, head 1
        stosw
        mov al, dl
        mov ah, 2
        stosw
        inc dx
        loop .id
        KNOWN
        mov ax, 0x0512
        mov cx, 0x4d01
        mov dx, 0x0100
        mov bx, 0
        push 0x1000
        pop es
        CALL 0x13, "format a track"
        push 0
        pop es
        DUMP 0x40, 0x41, 1, "  40:41"
        READ 0x0201, 0x4d12, 0x0100, "read it back"
        DUMP 0x1000, 0x10, 16, "  data"
        FINISH

table:  times 11 db 0
        times 63 * 512 - ($ - $$) db 0
