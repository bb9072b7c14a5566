; ata-identify: the first disk by its ports: signature after a software reset, IDENTIFY DEVICE, its geometry,
; commands without data.
%include "report.inc.asm"
%include "ports.inc.asm"
%include "ata.inc.asm"

main:   cli
        OUT8 0x3f6, 0x02            ; no interrupts
        AFTER "as the BIOS left it"
        RESET
        AFTER "after a software reset"
        TASK 0, 0, 0, 0, 0xa0
        COMMAND 0x90, "90 diagnostic"
        TASK 0, 0, 0, 0, 0xa0
        COMMAND 0xec, "ec identify"
        mov di, BUFFER
        call take
        AFTER "data taken"
        ; words that say what it can do
        mov si, .words
.word:  lodsb
        cmp al, 0xff
        je .told
        push si
        call hex8
        call space
        movzx bx, byte [si - 1]
        add bx, bx
        mov ax, [BUFFER + bx]
        call hex16
        call newline
        pop si
        jmp .word
.told:  TASK 63, 0, 0, 0, 0xaf
        COMMAND 0x91, "91 16 heads, 63 sectors"
        TASK 17, 0, 0, 0, 0xa3
        COMMAND 0x91, "91 4 heads, 17 sectors"
        TASK 0, 0, 0, 0, 0xa0
        COMMAND 0xec, "ec"
        mov di, BUFFER
        call take
        DUMP 0, BUFFER + 108, 10, "  current geometry"
        TASK 16, 0, 0, 0, 0xa0
        COMMAND 0xc6, "c6 multiple of 16"
        TASK 3, 0, 0, 0, 0xa0
        COMMAND 0xc6, "c6 multiple of 3"
        COMMAND 0x10, "10 recalibrate"
        TASK 3, 1, 0, 0, 0xa0
        COMMAND 0x70, "70 seek"
        COMMAND 0xe7, "e7 flush"
        COMMAND 0xea, "ea flush, 48 bits"
        COMMAND 0xe5, "e5 power mode"
        COMMAND 0xe1, "e1 idle"
        COMMAND 0xe0, "e0 standby"
        COMMAND 0xf8, "f8 native maximum"
        TASK 0, 0, 0, 0, 0xe0
        COMMAND 0xf8, "f8 native maximum, LBA"
        COMMAND 0x27, "27 native maximum, 48 bits"
        TASK 1, 0, 0, 0, 0xe0
        COMMAND 0x40, "40 verify"
        COMMAND 0x00, "00 nop"
        COMMAND 0xff, "ff"
        COMMAND 0xa1, "a1 identify packet device"
        AFTER "after that"
        TASK 0x55, 0xaa, 0x12, 0x34, 0xb0
        AFTER "the absent second disk"
        TASK 0, 0, 0, 0, 0xa0
        FINISH
.words: db 0, 47, 49, 53, 60, 61, 63, 80, 83, 86, 88, 100, 101, 0xff
