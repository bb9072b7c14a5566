; clock: the real-time clock (Motorola MC146818), which goes on when the machine is off.

RTC_SECONDS     equ 0x00
RTC_SECONDS_ALARM equ 0x01
RTC_MINUTES     equ 0x02
RTC_MINUTES_ALARM equ 0x03
RTC_HOURS       equ 0x04
RTC_HOURS_ALARM equ 0x05
RTC_DAY         equ 0x07
RTC_MONTH       equ 0x08
RTC_YEAR        equ 0x09
RTC_A           equ 0x0a
RTC_B           equ 0x0b
RTC_C           equ 0x0c
RTC_CENTURY     equ 0x32

RTC_UPDATING    equ 0x80            ; register A: the time is just changing
RTC_SUMMER      equ 0x01            ; register B: daylight saving
RTC_24_HOURS    equ 0x02
RTC_ALARM       equ 0x20            ; registers B and C: interrupt at the alarm's time
RTC_PERIODIC    equ 0x40            ; … and 1024 times a second
RTC_SET         equ 0x80            ; register B: the time stands still to be set

; Starts the clock, and the count of ticks since midnight by its time.
start_clock:
        mov ax, (0x26 << 8) | RTC_A ; 32,768 Hz, periodic interrupts (when on) at 1,024 Hz
        call write_cmos
        mov ax, (RTC_24_HOURS << 8) | RTC_B
        call write_cmos
        mov al, RTC_C
        call read_cmos              ; forgets what was pending
        mov al, RTC_HOURS
        call read_number
        imul cx, ax, 60
        mov al, RTC_MINUTES
        call read_number
        add cx, ax                  ; minutes since midnight
        mov al, RTC_SECONDS
        call read_number
        movzx ecx, cx
        imul ecx, ecx, 60
        movzx eax, ax
        add eax, ecx                ; seconds since midnight
        mov ecx, PIT_FREQUENCY
        mul ecx
        shrd eax, edx, 16           ; ticks: seconds x 1193182 / 65536
        mov [TICKS], eax
        ret

; AL = register of the clock, which has two decimal digits. Returns AX = the number.
read_number:
        call read_cmos
        mov ah, al
        shr ah, 4
        and al, 0x0f
        aad                         ; AX = AH x 10 + AL
        ret

; ------------------------------------------------------------------ INT 1Ah: time of day

int_0x1a:
        SAVE_CALLER
        cmp ah, 0xb1
        je .pci
        movzx si, ah
        cmp si, (.end - .functions) / 2
        jae .unknown
        add si, si
        call [cs:si + .functions]
        RETURN_TO_CALLER
.pci:   call pci_services           ; pci.asm
        RETURN_TO_CALLER
.unknown:
        TELL_FAILURE
        RETURN_TO_CALLER

.functions:
        dw get_ticks, set_ticks, get_time, set_time, get_date, set_date, set_alarm, cancel_alarm
.end:

; AH = 00h: get system time. Returns CX:DX = ticks since midnight, AL = how often midnight has
; passed since the last call.
get_ticks:
        mov ax, [TICKS]
        mov [bp + caller.dx], ax
        mov ax, [TICKS + 2]
        mov [bp + caller.cx], ax
        mov ah, 0
        mov al, [MIDNIGHT]
        mov byte [MIDNIGHT], 0
        mov [bp + caller.ax], ax
        TELL_SUCCESS
        ret

; AH = 01h: set system time. CX:DX = ticks since midnight. Returns AH = 0.
set_ticks:
        mov [TICKS], dx
        mov [TICKS + 2], cx
        mov byte [MIDNIGHT], 0
        mov byte [bp + caller.ah], 0
        TELL_SUCCESS
        ret

; AH = 02h: get real-time clock time. Returns CH = hours, CL = minutes, DH = seconds, all in decimal
; digits (BCD), DL = 1 with daylight saving, AH = 0; CF = 1 when the time is just changing.
get_time:
        mov al, RTC_A
        call read_cmos
        test al, RTC_UPDATING
        jnz clock_busy
        mov al, RTC_SECONDS
        call read_cmos
        mov [bp + caller.dh], al
        mov al, RTC_B
        call read_cmos
        and al, RTC_SUMMER
        mov [bp + caller.dl], al
        mov al, RTC_MINUTES
        call read_cmos
        mov [bp + caller.cl], al
        mov al, RTC_HOURS
        call read_cmos
        mov [bp + caller.ch], al
        mov ah, 0
        mov [bp + caller.ax], ax    ; AL = hours, too
        TELL_SUCCESS
        ret

clock_busy:
        TELL_FAILURE
        ret

; AH = 03h: set real-time clock time. CH, CL, DH, DL as in 02h.
set_time:
        call stop_clock
        mov ah, dh
        mov al, RTC_SECONDS
        call write_cmos
        mov ah, cl
        mov al, RTC_MINUTES
        call write_cmos
        mov ah, ch
        mov al, RTC_HOURS
        call write_cmos
        mov al, RTC_B
        call read_cmos
        and al, RTC_ALARM | RTC_PERIODIC
        or al, RTC_24_HOURS
        and dl, RTC_SUMMER
        or al, dl
        jmp go_on

; AH = 04h: get real-time clock date. Returns CH = century, CL = year, DH = month, DL = day, in BCD,
; AH = 0.
get_date:
        mov al, RTC_A
        call read_cmos
        test al, RTC_UPDATING
        jnz clock_busy
        mov al, RTC_YEAR
        call read_cmos
        mov [bp + caller.cl], al
        mov al, RTC_DAY
        call read_cmos
        mov [bp + caller.dl], al
        mov al, RTC_MONTH
        call read_cmos
        mov [bp + caller.dh], al
        mov al, RTC_CENTURY
        call read_cmos
        mov [bp + caller.ch], al
        mov ah, 0
        mov [bp + caller.ax], ax    ; AL = century, too
        TELL_SUCCESS
        ret

; AH = 05h: set real-time clock date. CH, CL, DH, DL as in 04h.
set_date:
        call stop_clock
        mov ah, cl
        mov al, RTC_YEAR
        call write_cmos
        mov ah, dl
        mov al, RTC_DAY
        call write_cmos
        mov ah, dh
        mov al, RTC_MONTH
        call write_cmos
        mov ah, ch
        mov al, RTC_CENTURY
        call write_cmos
        mov al, RTC_B
        call read_cmos
        and al, ~RTC_SET & 0xff
        ; fall through

; AL = what register B becomes: the clock goes on. Returns AH = 0, AL = the same.
go_on:
        mov ah, al
        mov al, RTC_B
        call write_cmos
        mov al, ah
        mov ah, 0
        mov [bp + caller.ax], ax
        TELL_SUCCESS
        ret

; The time stands still until register B is written again.
stop_clock:
        mov al, RTC_B
        call read_cmos
        or al, RTC_SET
        mov ah, al
        mov al, RTC_B
        jmp write_cmos

; AH = 06h: set alarm. CH = hours, CL = minutes, DH = seconds, in BCD: then INT 4Ah is called.
; Returns AX = 0; CF = 1 when there is one already.
set_alarm:
        mov word [bp + caller.ax], 0
        mov al, RTC_B
        call read_cmos
        test al, RTC_ALARM
        jnz clock_busy
        mov ah, dh
        mov al, RTC_SECONDS_ALARM
        call write_cmos
        mov ah, cl
        mov al, RTC_MINUTES_ALARM
        call write_cmos
        mov ah, ch
        mov al, RTC_HOURS_ALARM
        call write_cmos
        mov ah, RTC_ALARM
        call turn_on
        TELL_SUCCESS
        ret

; AH = 07h: cancel alarm. Returns AH = 0, AL = register B as it was.
cancel_alarm:
        mov al, RTC_B
        call read_cmos
        mov ah, 0
        mov [bp + caller.ax], ax
        mov ah, RTC_ALARM
        call turn_off
        TELL_SUCCESS
        ret

; AH = interrupts of register B to turn on, or off.
turn_on:
        mov al, RTC_B
        call read_cmos
        or ah, al
        mov al, RTC_B
        jmp write_cmos
turn_off:
        mov al, RTC_B
        call read_cmos
        not ah
        and ah, al
        mov al, RTC_B
        jmp write_cmos

; ------------------------------------------------------------------ INT 70h, IRQ 8

PERIOD          equ 976             ; microseconds between periodic interrupts

int_0x70:
        push ds
        push es
        pushad
        push DATA_AREA
        pop ds
        mov al, RTC_B
        call read_cmos
        mov ah, al
        mov al, RTC_C
        call read_cmos              ; tells what has happened, and forgets it
        and al, ah
        push ax
        test al, RTC_ALARM
        jz .no_alarm
        int 0x4a
.no_alarm:
        pop ax
        test al, RTC_PERIODIC
        jz .done
        call period_passed
.done:  mov al, END_OF_INTERRUPT
        out PIC2_COMMAND, al
        out PIC1_COMMAND, al
        popad
        pop es
        pop ds
        iret

; Somebody waits (INT 15h, functions 83h and 86h): is the time over?
period_passed:
        test byte [WAIT_ACTIVE], 1
        jz .nobody
        sub dword [WAIT_TIME], PERIOD
        ja .done
        mov dword [WAIT_TIME], 0
        les bx, [WAIT_FLAG]
        or byte [es:bx], 0x80
        mov byte [WAIT_ACTIVE], 0
.nobody:
        mov ah, RTC_PERIODIC
        call turn_off
.done:  ret
