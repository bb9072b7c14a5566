; timer: the Intel 8254 ticks 18.2 times a second, by IRQ 0.

PIT_CHANNEL_0   equ 0x40
PIT_CONTROL     equ 0x43
PIT_FREQUENCY   equ 1193182         ; Hz; a tick of ours is 65536 of the chip's
TICKS_PER_DAY   equ 0x1800b0

start_timer:
        mov al, 0x34                ; channel 0, low byte then high byte, mode 2: a rate generator
        out PIT_CONTROL, al
        xor al, al                  ; 0 means 65536
        out PIT_CHANNEL_0, al
        out PIT_CHANNEL_0, al
        ret

; INT 08h, IRQ 0: a tick has passed. Programs that want to know hang themselves into INT 1Ch.
int_0x08:
        push ds
        push eax
        push DATA_AREA
        pop ds
        mov eax, [TICKS]
        inc eax
        cmp eax, TICKS_PER_DAY
        jb .same_day
        xor eax, eax
        inc byte [MIDNIGHT]
.same_day:
        mov [TICKS], eax
        cmp byte [FLOPPY_MOTOR_TIME], 0
        je .still
        dec byte [FLOPPY_MOTOR_TIME]
        jnz .still
        call stop_floppy_motors
.still:
        int 0x1c
        mov al, END_OF_INTERRUPT
        out PIC1_COMMAND, al
        pop eax
        pop ds
        iret
