; geometry: what INT 13h tells of the size of the disk.
%include "report.inc.asm"

main:
%macro ASK 2
        KNOWN
        mov ah, %1
        mov dl, 0x80
        mov si, answer
        mov word [answer], 0x1a
        CALL 0x13, %2
%endmacro
        ASK 0x08, "08"
        ASK 0x15, "15"
        ASK 0x48, "48"
        DUMP 0, answer, 26, "answer"
        les di, [0x41 * 4]
        DUMP es, di, 16, "fixed disk table"
        FINISH
answer  equ 0xb000
        times 3 * 512 - ($ - $$) db 0
