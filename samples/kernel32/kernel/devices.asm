; devices: the interrupt controllers and the timer.

PIC1        equ 0x20                ; 8259: IRQ 0 to 7
PIC2        equ 0xa0                ; the second one, IRQ 8 to 15, comes through IRQ 2 of the first
PIC_EOI     equ 0x20                ; end of interrupt: the next one may come

PIT_CHANNEL0 equ 0x40               ; 8254
PIT_COMMAND equ 0x43
PIT_HERTZ   equ 1193182

        section .kernel

; After reset IRQ 0 is vector 8, which is also #DF: the controllers are told other vectors.
set_up_devices:
        mov al, 0x11                ; ICW1: edge triggered, cascade, ICW4 follows
        out PIC1, al
        out PIC2, al
        mov al, FIRST_IRQ           ; ICW2: vector of the first request
        out PIC1 + 1, al
        mov al, FIRST_IRQ + 8
        out PIC2 + 1, al
        mov al, 1 << 2              ; ICW3: where the second controller is,
        out PIC1 + 1, al
        mov al, 2                   ; and which it is
        out PIC2 + 1, al
        mov al, 1                   ; ICW4: 8086 mode
        out PIC1 + 1, al
        out PIC2 + 1, al
        mov al, ~(1 << 0 | 1 << 1 | 1 << 4) & 0xff ; masks: all but timer, keyboard, COM1
        out PIC1 + 1, al
        mov al, 0xff
        out PIC2 + 1, al

        mov al, 0x34                ; channel 0, low byte and high byte, mode 2: a pulse again and again
        out PIT_COMMAND, al
        mov eax, PIT_HERTZ / TICKS_PER_SECOND
        out PIT_CHANNEL0, al
        mov al, ah
        out PIT_CHANNEL0, al
        ret

end_of_interrupt:
        mov al, PIC_EOI
        out PIC1, al
        ret

on_timer:
        call end_of_interrupt
        inc dword [ticks]
        call wake_sleepers
        dec dword [time_slice]
        jg .done
        mov byte [reschedule], 1    ; leave_kernel looks at it
.done:  ret

; IRQ 7 without a cause: the controller does not know of it and wants no end.
on_spurious:
        ret

; ------------------------------------------------------------------ power
; Port 0x604 is the power-management register of ACPI, where QEMU has it, too.
switch_off:
        mov esi, goodbye
        call print
        mov dx, 0x604
        mov ax, 0x2000              ; "soft off"
        out dx, ax
.never: cli
        hlt
        jmp .never

        section .data
goodbye:    db "Good night.", 10, 0

        section .bss
        alignb 4
ticks:      resd 1                  ; since the start
