; serial: INT 14h, bytes over the serial ports (UART 16550).

UART_DATA       equ 0               ; offsets from the port's base
UART_DIVISOR_LOW equ 0              ; with DIVISOR_ACCESS
UART_DIVISOR_HIGH equ 1
UART_INTERRUPTS equ 1
UART_IDENTIFICATION equ 2
UART_LINE_CONTROL equ 3
UART_MODEM_CONTROL equ 4
UART_LINE_STATUS equ 5
UART_MODEM_STATUS equ 6
DIVISOR_ACCESS  equ 0x80            ; of line control
DATA_READY      equ 0x01            ; of line status
TRANSMITTER_EMPTY equ 0x20
TIMED_OUT       equ 0x80            ; what INT 14h adds to line status

COM1            equ 0x3f8
COM2            equ 0x2f8

; Notes in the data area which serial ports there are: an interrupt-enable register keeps what is
; written to its low four bits. (This machine has no place for more than two.)
find_serial_ports:
        xor si, si                  ; how many have been found
        mov dx, COM1
        call .look
        mov dx, COM2
.look:  add dx, UART_INTERRUPTS
        mov al, 0x02
        out dx, al
        in al, dx
        cmp al, 0x02
        jne .done
        mov al, 0
        out dx, al
        sub dx, UART_INTERRUPTS
        mov bx, si
        add bx, bx
        mov [bx + SERIAL_PORTS], dx
        mov byte [si + SERIAL_TIMEOUTS], 10
        add word [EQUIPMENT], 1 << 9
        inc si
.done:  ret

int_0x14:
        SAVE_CALLER
        cmp dx, 4
        jae .no_port
        mov si, dx
        add si, si
        mov dx, [si + SERIAL_PORTS]
        test dx, dx
        jz .no_port
        movzx si, ah
        cmp si, (.end - .functions) / 2
        jae .no_port
        add si, si
        call [cs:si + .functions]
        RETURN_TO_CALLER
.no_port:
        TELL_FAILURE
        RETURN_TO_CALLER

.functions:
        dw serial_init, serial_send, serial_receive, serial_status
.end:

; AH = 00h: initialize port. AL = bits 7:5 speed (0 = 110 to 7 = 9600 baud), 4:3 parity, 2 stop
; bits, 1:0 word length. Returns AH = line status, AL = modem status.
serial_init:
        mov bl, al
        add dx, UART_LINE_CONTROL
        in al, dx
        or al, DIVISOR_ACCESS
        out dx, al
        sub dx, UART_LINE_CONTROL
        movzx si, bl
        shr si, 5
        add si, si
        mov ax, [cs:si + .divisors]
        out dx, al
        inc dx
        mov al, ah
        out dx, al
        add dx, UART_LINE_CONTROL - UART_DIVISOR_HIGH
        mov al, bl
        and al, 0x1f
        out dx, al
        sub dx, UART_LINE_CONTROL
        jmp serial_status
.divisors:                          ; 115200 / baud
        dw 1047, 768, 384, 192, 96, 48, 24, 12

; AH = 01h: write character AL. Returns AH = line status; bit 7 = 1: it could not be sent.
serial_send:
        mov bl, al
        add dx, UART_LINE_STATUS
        mov cx, 0xffff
.wait:  in al, dx
        test al, TRANSMITTER_EMPTY
        loopz .wait
        jz serial_timed_out
        push ax
        sub dx, UART_LINE_STATUS
        mov al, bl
        out dx, al
        pop ax
        mov [bp + caller.ah], al
        TELL_SUCCESS
        ret

; AH = 02h: read character. Returns AL = character, AH = line status; bit 7 = 1: none came.
serial_receive:
        add dx, UART_LINE_STATUS
        mov cx, 0xffff
.wait:  in al, dx
        test al, DATA_READY
        loopz .wait
        jz serial_timed_out
        mov ah, al
        sub dx, UART_LINE_STATUS
        in al, dx
        mov [bp + caller.ax], ax
        TELL_SUCCESS
        ret

serial_timed_out:
        or al, TIMED_OUT
        mov [bp + caller.ah], al
        TELL_SUCCESS
        ret

; AH = 03h: get port status. Returns AH = line status, AL = modem status.
serial_status:
        add dx, UART_LINE_STATUS
        in al, dx
        mov ah, al
        inc dx                      ; UART_MODEM_STATUS
        in al, dx
        mov [bp + caller.ax], ax
        TELL_SUCCESS
        ret
