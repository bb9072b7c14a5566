; time: ticks that call INT 1Ch, midnight, the alarm that calls INT 4Ah, waiting.
%include "report.inc.asm"

main:   cli
        mov word [0x1c * 4], on_tick
        mov word [0x1c * 4 + 2], 0
        mov word [0x4a * 4], on_alarm
        mov word [0x4a * 4 + 2], 0
        sti
.ticks: hlt
        cmp byte [ticks], 5
        jb .ticks
        SAY "five ticks"
        mov dword [0x46c], 0x1800ae
        mov byte [0x470], 0
        mov byte [ticks], 0
.midnight:
        hlt
        cmp byte [ticks], 2
        jb .midnight
        cli
        DUMP 0x40, 0x6c, 5, "after midnight"
        sti
        KNOWN
        mov ah, 0
        CALL 0x1a, "1a 00"
        ; an alarm at the next second but one
        mov ah, 2
        int 0x1a
        mov al, dh
        add al, 2
        daa
        cmp al, 0x60
        jb .no_minute
        sub al, 0x60
        xchg al, cl
        add al, 1
        daa
        xchg al, cl
.no_minute:
        mov dh, al
        mov ah, 6
        int 0x1a
        mov byte [ticks], 0
.alarm: hlt
        cmp byte [alarms], 1
        je .rung
        cmp byte [ticks], 100
        jb .alarm
        SAY "no alarm"
.rung:  DUMP 0, alarms, 1, "alarms"
        mov al, 0x0b
        out 0x70, al
        in al, 0x71
        call hex8
        call newline
        KNOWN
        mov ah, 7
        CALL 0x1a, "1a 07"
        mov al, 0x0b
        out 0x70, al
        in al, 0x71
        call hex8
        call newline
        ; wait for a tenth of a second: two ticks, or one
        mov byte [ticks], 0
        KNOWN
        mov ah, 0x86
        mov cx, 1
        mov dx, 0x86a0
        CALL 0x15, "86"
        cmp byte [ticks], 1
        jae .waited
        SAY "too short"
.waited:
        cmp byte [ticks], 4
        jb .not_long
        SAY "too long"
.not_long:
        KNOWN
        mov ax, 0x8300
        mov cx, 0x00ff
        mov dx, 0
        mov bx, flag
        CALL 0x15, "83"
        KNOWN
        mov ax, 0x8301
        CALL 0x15, "83 cancelled"
        KNOWN
        mov ax, 0x8301
        CALL 0x15, "83 cancelled again"
        KNOWN
        mov ax, 0x8302
        CALL 0x15, "83 02"
        DUMP 0, flag, 1, "flag"
        DUMP 0x40, 0xa0, 1, "40:A0"
        mov al, 0x0b
        out 0x70, al
        in al, 0x71
        call hex8
        call newline
        FINISH

on_tick:
        inc byte [cs:ticks]
        iret
on_alarm:
        inc byte [cs:alarms]
        iret
ticks:  db 0
alarms: db 0
flag:   db 0
        times 5 * 512 - ($ - $$) db 0
