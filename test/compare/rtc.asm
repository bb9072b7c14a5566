; rtc: the clock in CMOS by its ports: registers A to D, binary and BCD, 12 and 24 hours, SET, what follows
; on the last second of a month, periodic, update and alarm interrupts (IRQ 8).
%include "report.inc.asm"
%include "ports.inc.asm"

%macro CMOS 2                       ; register, value
        mov ax, %1 | %2 << 8
        call write
%endmacro

main:   mov word [0x70 * 4], interrupt
        mov word [0x70 * 4 + 2], 0
        in al, 0xa1
        and al, 0xfe
        out 0xa1, al
        mov al, 0x0c
        call read
        mov al, 0x0a
        call tell
        mov al, 0x0b
        call tell
        mov al, 0x0d
        call tell
        ; the last second of a month and what comes then
        mov si, dates
.date:  cmp byte [si], 0xff
        je .dates
        call set
        call next_second
        call clock
        jmp .date
.dates: ; binary, and 12 hours
        CMOS 0x0b, 0x86
        CMOS 0x32, 20               ; QEMU reads the century with the others
        mov si, binary
        call set_now
        CMOS 0x0b, 0x06
        call next_second
        call clock
        CMOS 0x0b, 0x80
        CMOS 0x32, 0x20
        mov si, noon
        call set_now
        CMOS 0x0b, 0x00
        call next_second
        call clock
        CMOS 0x0b, 0x80
        mov si, midnight
        call set_now
        CMOS 0x0b, 0x00
        call next_second
        call clock
        ; SET holds the clock
        CMOS 0x0b, 0x82
        mov si, noon24
        call set_now
        WAIT 30
        call clock
        CMOS 0x0b, 0x02
        ; periodic: 1024 a second, for about 9 ticks of 55 ms
        mov al, 0x0c
        call read
        mov dword [count], 0
        CMOS 0x0b, 0x42
        WAIT 10
        CMOS 0x0b, 0x02
        mov ax, [count]
        cmp ax, 100
        jb .slow
        cmp ax, 600
        ja .fast
        SAY "periodic: many"
        jmp .update
.slow:  SHOW ax, "periodic: too few"
        jmp .update
.fast:  SHOW ax, "periodic: too many"
.update:
        mov byte [causes], 0
        mov word [count], 0
        CMOS 0x0b, 0x12
        WAIT 38
        CMOS 0x0b, 0x02
        mov al, [causes]
        SHOW ax, "causes"
        mov ax, [count]
        cmp ax, 2
        je .twice
        cmp ax, 3
        je .twice
        SHOW ax, "updates"
.twice: ; an alarm whenever the seconds are 30
        CMOS 0x0b, 0x82
        mov si, alarm
        call set_now
        CMOS 1, 0x30
        CMOS 3, 0xff
        CMOS 5, 0xff
        mov byte [causes], 0
        mov word [count], 0
        CMOS 0x0b, 0x22
        WAIT 40
        CMOS 0x0b, 0x02
        SHOW [count], "alarms"
        mov al, [causes]
        mov ah, 0
        SHOW ax, "causes"
        mov al, 0x0c
        call tell
        ; bytes without a meaning for the clock are memory
        CMOS 0x7f, 0xa5
        mov al, 0x7f
        call tell
        CMOS 0x0d, 0x00
        mov al, 0x0d
        call tell
        FINISH

read:   out 0x70, al
        in al, 0x71
        ret
write:  out 0x70, al
        mov al, ah
        out 0x71, al
        ret
tell:   push ax
        call hex8
        call space
        pop ax
        call read
        call hex8
        jmp newline

; Seven bytes at SI: year, month, day, weekday, hours, minutes, seconds.
set:    CMOS 0x0b, 0x82
        call set_now
        CMOS 0x0b, 0x02
        ret
set_now:
        mov bx, .order
.next:  mov al, [bx]
        lodsb
        mov ah, al
        mov al, [bx]
        call write
        inc bx
        cmp bx, .order + 7
        jne .next
        ret
.order: db 9, 8, 7, 6, 4, 2, 0

next_second:
        mov al, 0
        call read
        mov ah, al
.same:  hlt
        mov al, 0x0a
        call read
        test al, 0x80
        jnz .same
        mov al, 0
        call read
        cmp al, ah
        je .same
        ret

clock:  mov bx, set_now.order
.next:  mov al, [bx]
        call read
        call hex8
        call space
        inc bx
        cmp bx, set_now.order + 7
        jne .next
        jmp newline

interrupt:
        push ax
        inc word [cs:count]
        mov al, 0x0c
        out 0x70, al
        in al, 0x71
        or [cs:causes], al
        mov al, 0x20
        out 0xa0, al
        out 0x20, al
        pop ax
        iret
count:  dd 0
causes: db 0
dates:  db 0x24, 0x02, 0x28, 0x04, 0x23, 0x59, 0x59
        db 0x24, 0x02, 0x29, 0x05, 0x23, 0x59, 0x59
        db 0x25, 0x02, 0x28, 0x06, 0x23, 0x59, 0x59
        db 0x25, 0x04, 0x30, 0x04, 0x23, 0x59, 0x59
        db 0x25, 0x12, 0x31, 0x04, 0x23, 0x59, 0x59
        db 0x25, 0x06, 0x15, 0x07, 0x09, 0x59, 0x59
        db 0xff
binary: db 25, 11, 30, 1, 19, 59, 59
noon:   db 0x25, 0x06, 0x15, 0x07, 0x11, 0x59, 0x59
midnight: db 0x25, 0x06, 0x15, 0x07, 0x91, 0x59, 0x59
noon24: db 0x25, 0x06, 0x15, 0x07, 0x12, 0x00, 0x00
alarm:  db 0x25, 0x06, 0x15, 0x07, 0x12, 0x00, 0x29
