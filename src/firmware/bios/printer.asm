; printer: INT 17h, bytes to a printer at the parallel port.

LPT1            equ 0x378
PRINTER_DATA    equ 0               ; offsets from the port's base
PRINTER_STATUS  equ 1
PRINTER_CONTROL equ 2

PRINTER_ACKNOWLEDGE equ 0x40        ; status
PRINTER_READY   equ 0x80
PRINTER_TELLS   equ 0xf8            ; the bits that mean anything
PRINTER_INVERT  equ 0x48            ; INT 17h tells "acknowledged" and "error" active high
PRINTER_TIMED_OUT equ 0x01          ; what INT 17h adds

STROBE          equ 0x01            ; control: the printer takes the byte
NOT_INITIALIZE  equ 0x04            ; 0 initializes the printer
PRINTER_AT_REST equ 0x0c            ; selected, not initialized, no interrupts

; Notes in the data area whether there is LPT1: its data register keeps what is written.
find_printer_ports:
        mov dx, LPT1 + PRINTER_CONTROL
        mov al, PRINTER_AT_REST
        out dx, al
        mov dx, LPT1
        mov al, 0xaa
        out dx, al
        in al, dx
        cmp al, 0xaa
        jne .done
        mov [PRINTER_PORTS], dx
        mov byte [PRINTER_TIMEOUTS], 20
        add word [EQUIPMENT], 1 << 14
.done:  ret

; INT 17h: DX = number of the printer. All functions return AH = status: bit 7 not busy, 6 acknowledged, 5 no
; paper, 4 selected, 3 error, 0 it did not take the byte in time.
int_0x17:
        SAVE_CALLER
        cmp dx, 3
        jae .nothing
        mov si, dx
        add si, si
        mov dx, [si + PRINTER_PORTS]
        test dx, dx
        jz .nothing
        movzx si, ah
        cmp si, (.end - .functions) / 2
        jae .nothing
        add si, si
        call [cs:si + .functions]
        TELL_SUCCESS
        RETURN_TO_CALLER
.nothing:
        TELL_FAILURE
        RETURN_TO_CALLER

.functions:
        dw print_character, start_printer, printer_status
.end:

; AH = 00h: print character AL.
print_character:
        out dx, al
        add dx, PRINTER_STATUS
        mov cx, 0xffff
.wait:  in al, dx
        test al, PRINTER_READY
        loopz .wait
        jz .late
        inc dx                      ; PRINTER_CONTROL
        in al, dx
        or al, STROBE
        out dx, al
        and al, ~STROBE & 0xff
        out dx, al
        sub dx, PRINTER_CONTROL
        jmp printer_status
.late:  sub dx, PRINTER_STATUS
        call printer_status
        or byte [bp + caller.ah], PRINTER_TIMED_OUT
        ret

; AH = 01h: initialize the printer.
start_printer:
        add dx, PRINTER_CONTROL
        in al, dx
        and al, ~NOT_INITIALIZE & 0xff
        out dx, al
        or al, NOT_INITIALIZE
        out dx, al
        sub dx, PRINTER_CONTROL
        ; fall through

; AH = 02h: get status.
printer_status:
        add dx, PRINTER_STATUS
        in al, dx
        and al, PRINTER_TELLS
        xor al, PRINTER_INVERT
        mov [bp + caller.ah], al
        ret
