; ata-errors: what the disk says when it cannot: addresses beyond its end, sector 0, commands that it
; does not have; what is still in the registers then, and that it goes on after that.
%include "report.inc.asm"
%include "ports.inc.asm"
%include "ata.inc.asm"

main:   cli
        OUT8 0x3f6, 2
        TASK 1, 0x00, 0x08, 0x00, 0xe0 ; 1 MByte is 800h sectors
        COMMAND 0x20, "20 beyond the end"
        RESET
        TASK 2, 0xff, 0x07, 0x00, 0xe0
        COMMAND 0x20, "20 across the end"
        RESET
        TASK 1, 0xff, 0xff, 0xff, 0xef
        COMMAND 0x40, "40 far beyond"
        RESET
        TASK 1, 0, 0, 0, 0xa0
        COMMAND 0x20, "20 CHS sector 0"
        RESET
        TASK 1, 64, 0, 0, 0xa0
        COMMAND 0x20, "20 CHS sector 64"
        RESET
        TASK 1, 1, 9, 0, 0xa0
        COMMAND 0x20, "20 CHS cylinder 9"
        RESET
        TASK 1, 0, 0x08, 0, 0xe0
        COMMAND 0x30, "30 beyond the end"
        RESET
        ; commands that no disk has, and of packet devices
        mov si, .commands
.next:  lodsb
        cmp al, 0xff
        je .done
        mov [.command], al
        push si
        call hex8
        TASK 1, 2, 3, 4, 0xe0
        mov al, [.command]
        call command
        call registers
        db 0
        RESET
        pop si
        jmp .next
.done:  TASK 1, 0, 0, 0, 0xe0
        COMMAND 0x20, "20 sector 0 after that"
        mov di, BUFFER
        call take
        AFTER "data taken"
        SHOW [BUFFER + 510], "signature"
        TASK 0, 0, 0, 0, 0xb0
        AFTER "absent disk"
        COMMAND 0xec, "ec to the absent disk"
        TASK 0, 0, 0, 0, 0xa0
        AFTER "the present one again"
        FINISH
.command: db 0
.commands: db 0x01, 0x08, 0x0f, 0x1f, 0x50, 0x80, 0xa0, 0xa2, 0xb1, 0xc0, 0xd0, 0xde, 0xf1, 0xf6, 0xff
