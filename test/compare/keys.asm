; keys: what INT 16h gives for each key, with each shift key. Keys come from outside (QEMU's
; monitor: sendkey); Esc alone ends it.
%include "report.inc.asm"

main:
.next:  mov ah, 0x10
        int 0x16
        mov [key], ax
        call hex16
        call space
        mov ah, 0x12
        int 0x16
        call hex16
        call newline
        cmp word [key], 0x011b
        jne .next
        DUMP 0x40, 0x17, 2, "40:17"
        DUMP 0x40, 0x96, 2, "40:96"
        FINISH
key:    dw 0
        times 3 * 512 - ($ - $$) db 0
