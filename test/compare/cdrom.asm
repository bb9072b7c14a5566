; cdrom: int 13h with a CD in its drive, E0h, while a hard disk is booted.
%include "report.inc.asm"

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

main:
        mov byte [function], 0
.next:  mov al, [function]
        mov si, careful
.skip:  cmp byte [si], 0xff
        je .call
        cmp [si], al
        je .done
        inc si
        jmp .skip
.call:  mov al, [function]
        call hex8
        KNOWN
        mov ah, [function]
        mov al, 1
        mov dl, 0xe0
        mov cx, 1
        CALL 0x13, " function"
        DUMP 0x40, 0x74, 1, "  40:74"
.done:  inc byte [function]
        cmp byte [function], 0x60
        jb .next
        KNOWN
        mov ah, 0x41
        mov dl, 0xe0
        mov bx, 0x55aa
        CALL 0x13, "41"
        KNOWN
        mov ah, 0x41
        mov dl, 0xe1
        mov bx, 0x55aa
        CALL 0x13, "41 e1"
        PACKET 0x42, 0xe0, 16, 1, "read 16"
        DUMP 0x1000, 0, 8, "  data"
        PACKET 0x42, 0xe0, 19, 2, "read 19, 20"
        DUMP 0x1000, 0x800, 8, "  data"
        PACKET 0x42, 0xe0, 5000, 1, "read beyond the end"
        PACKET 0x42, 0xe0, 16, 0, "read nothing"
        PACKET 0x43, 0xe0, 16, 1, "write"
        PACKET 0x44, 0xe0, 16, 1, "verify"
        PACKET 0x47, 0xe0, 16, 1, "seek"
        mov word [answer], 0x42
        KNOWN
        mov ah, 0x48
        mov dl, 0xe0
        mov si, answer
        CALL 0x13, "48"
        DUMP 0, answer, 26, "  answer"
        mov word [answer], 0x1a
        KNOWN
        mov ah, 0x48
        mov dl, 0xe0
        mov si, answer
        CALL 0x13, "48 1a"
        DUMP 0, answer, 26, "  answer"
        mov byte [answer], 0x13
        KNOWN
        mov ax, 0x4b01
        mov dl, 0xe0
        mov si, answer
        CALL 0x13, "4b01"
        DUMP 0, answer, 19, "  answer"
        KNOWN
        mov ax, 0x4500
        mov dl, 0xe0
        CALL 0x13, "lock"
        KNOWN
        mov ax, 0x4502
        mov dl, 0xe0
        CALL 0x13, "locked?"
        KNOWN
        mov ax, 0x4600
        mov dl, 0xe0
        CALL 0x13, "eject"
        KNOWN
        mov ax, 0x4501
        mov dl, 0xe0
        CALL 0x13, "unlock"
        FINISH

function: db 0
careful: db 0x42, 0x43, 0x44, 0x45, 0x46, 0x47, 0x48, 0x4b, 0xff
packet: times 16 db 0
answer: times 80 db 0
        times 63 * 512 - ($ - $$) db 0
