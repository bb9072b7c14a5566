; mouse: INT 15h C2h, the mouse at the keyboard controller's second port, and its interrupt (IBM PS/2 and PC
; BIOS Interface Technical Reference, "Pointing Device BIOS Interface"). A program tells where its handler is,
; and has it called with each packet.

; In the extended data area
MOUSE_HANDLER   equ 0x22            ; far pointer: what is called
MOUSE_BYTES     equ 0x26            ; bits 2:0: how many bytes of a packet have come
MOUSE_SETUP     equ 0x27            ; bit 7: there is a handler; bits 2:0: bytes in a packet, less 1
MOUSE_PACKET    equ 0x28            ; 8 bytes
MOUSE_CONTROL   equ 0x30            ; the controller's command byte, while we talk to the mouse

HAS_HANDLER     equ 0x80
FROM_MOUSE      equ 0x20            ; status of the controller: its byte is from the mouse

CONTROLLER_READ equ 0x20            ; commands for the controller: read its command byte, write it,
CONTROLLER_WRITE equ 0x60
TO_MOUSE        equ 0xd4            ; send the next byte to the mouse
KEYBOARD_IRQ    equ 0x01            ; bits of the command byte
MOUSE_IRQ       equ 0x02
KEYBOARD_OFF    equ 0x10
MOUSE_OFF       equ 0x20

; What AH says when CF = 1
MOUSE_NO_FUNCTION equ 1
MOUSE_BAD_INPUT equ 2
MOUSE_INTERFACE equ 3
MOUSE_RESEND    equ 4               ; the mouse does not answer as it should
MOUSE_NO_HANDLER equ 5

EQUIPMENT_MOUSE equ 1 << 2

; Notes in the equipment list whether there is one. It stays silent until a program turns it on.
find_mouse:
        mov es, [EXTENDED_SEGMENT]
        call open_mouse
        call reset_mouse
        jc .none
        or word [EQUIPMENT], EQUIPMENT_MOUSE
.none:  call close_mouse
        ret

; INT 15h, AH = C2h; AL = function. Each routine finds ES = the extended data area, DS = the same segment as
; always, and returns AH = 0 or what is wrong.
mouse_services:
        mov es, [EXTENDED_SEGMENT]
        mov ah, MOUSE_NO_FUNCTION
        cmp al, (.end - .functions) / 2
        jae .told
        movzx si, al
        add si, si
        call open_mouse
        call [cs:si + .functions]
        call close_mouse
.told:  mov [bp + caller.ah], ah
        test ah, ah
        jnz .failed
        TELL_SUCCESS
        ret
.failed:
        TELL_FAILURE
        ret

.functions:
        dw switch_mouse, mouse_reset, set_sample_rate, set_resolution
        dw get_mouse_type, start_mouse, mouse_extended, set_mouse_handler
.end:

; ------------------------------------------------------------------ functions

; AL = 00h: BH = 1: on, 0: off.
switch_mouse:
        mov al, 0xf5                ; the mouse's command: tell nothing
        cmp bh, 1
        jb turn_mouse
        ja mouse_no_function
        test byte [es:MOUSE_SETUP], HAS_HANDLER
        jz .no_handler
        mov al, 0xf4                ; tell
        ; fall through

; AL = F4h or F5h.
turn_mouse:
        mov byte [es:MOUSE_BYTES], 0
        and byte [es:MOUSE_CONTROL], ~(MOUSE_IRQ | MOUSE_OFF) & 0xff
        cmp al, 0xf4
        je .on
        or byte [es:MOUSE_CONTROL], MOUSE_OFF
        jmp send_mouse_command
.on:    or byte [es:MOUSE_CONTROL], MOUSE_IRQ
        jmp send_mouse_command
switch_mouse.no_handler:
        mov ah, MOUSE_NO_HANDLER
        ret

; AL = 05h: BH = bytes in a packet, 1 to 8. The rest is a reset.
start_mouse:
        mov ah, MOUSE_INTERFACE
        dec bh
        cmp bh, 7
        ja mouse_reset.done
        mov [es:MOUSE_SETUP], bh
        ; fall through

; AL = 01h: reset. Returns BL = AAh, BH = its type.
mouse_reset:
        call reset_mouse
        jc mouse_does_not_answer
        mov [bp + caller.bx], bx
        mov ah, 0
.done:  ret

; AL = 02h: BH = 0 to 6: 10, 20, 40, 60, 80, 100, 200 reports in a second.
set_sample_rate:
        movzx si, bh
        cmp si, .end - .rates
        jae mouse_bad_input
        mov bh, [cs:si + .rates]
        mov al, 0xf3
        jmp send_mouse_setting
.rates: db 10, 20, 40, 60, 80, 100, 200
.end:

; AL = 03h: BH = 0 to 3: 1, 2, 4, 8 counts for a millimetre.
set_resolution:
        cmp bh, 4
        jae mouse_bad_input
        mov al, 0xe8
        jmp send_mouse_setting

; AL = 04h: returns BH = type: 0 = a mouse, 3 = one with a wheel.
get_mouse_type:
        mov al, 0xf2
        call send_to_mouse
        jc mouse_does_not_answer
        call receive_from_mouse
        jc mouse_does_not_answer
        mov [bp + caller.bh], al
        mov ah, 0
        ret

; AL = 06h: BH = 0: status, returns BL = flags and buttons, CL = resolution, DL = reports in a second.
; BH = 1, 2: scaling 1:1, 2:1.
mouse_extended:
        mov al, 0xe6
        cmp bh, 1
        je send_mouse_command
        mov al, 0xe7
        cmp bh, 2
        je send_mouse_command
        ja mouse_no_function
        mov al, 0xe9
        call send_to_mouse
        jc mouse_does_not_answer
        call receive_from_mouse
        jc mouse_does_not_answer
        mov [bp + caller.bl], al
        call receive_from_mouse
        jc mouse_does_not_answer
        mov [bp + caller.cl], al
        call receive_from_mouse
        jc mouse_does_not_answer
        mov [bp + caller.dl], al
        mov ah, 0
        ret

; AL = 07h: ES:BX -> the handler, 0000:0000 = none any more. It is called far, with four words on the stack:
; status, X, Y, 0 (the last one pushed), and leaves them there.
set_mouse_handler:
        mov ax, [bp + caller.es]
        mov [es:MOUSE_HANDLER], bx
        mov [es:MOUSE_HANDLER + 2], ax
        or ax, bx
        jz .none
        or byte [es:MOUSE_SETUP], HAS_HANDLER
        mov ah, 0
        ret
.none:  and byte [es:MOUSE_SETUP], ~HAS_HANDLER & 0xff
        mov al, 0xf5
        jmp turn_mouse

mouse_no_function:
        mov ah, MOUSE_NO_FUNCTION
        ret
mouse_bad_input:
        mov ah, MOUSE_BAD_INPUT
        ret

; AL = a command without an answer but its acknowledgement.
send_mouse_command:
        call send_to_mouse
        jc mouse_does_not_answer
        mov ah, 0
        ret
mouse_does_not_answer:
        mov ah, MOUSE_RESEND
        ret

; AL = a command, BH = what belongs to it.
send_mouse_setting:
        call send_to_mouse
        jc mouse_does_not_answer
        mov al, bh
        jmp send_mouse_command

; ------------------------------------------------------------------ talking to the mouse

; ES = the extended data area. Neither keys nor interrupts until close_mouse. A key that was waiting is lost.
open_mouse:
        push ax
.empty: in al, KEYBOARD_STATUS
        test al, OUTPUT_FULL
        jz .read
        in al, KEYBOARD_DATA
        test al, al
        jmp .empty
.read:  mov al, CONTROLLER_READ
        out KEYBOARD_COMMAND, al
        call wait_until_taken
        in al, KEYBOARD_DATA
        mov [es:MOUSE_CONTROL], al
        and al, ~(KEYBOARD_IRQ | MOUSE_IRQ | MOUSE_OFF) & 0xff
        or al, KEYBOARD_OFF
        call write_control
        pop ax
        ret

close_mouse:
        push ax
        mov al, [es:MOUSE_CONTROL]
        call write_control
        pop ax
        ret

; AL = the controller's new command byte.
write_control:
        push ax
        mov al, CONTROLLER_WRITE
        out KEYBOARD_COMMAND, al
        call wait_until_taken
        pop ax
        out KEYBOARD_DATA, al
        jmp wait_until_taken

; Returns BL = AAh, BH = the mouse's type; CF = 1 when there is none.
reset_mouse:
        mov al, 0xff
        call send_to_mouse
        jc .done
        call receive_from_mouse
        jc .done
        mov bl, al
        call receive_from_mouse
        mov bh, al
.done:  ret

; AL = a byte for the mouse. CF = 1 when it does not acknowledge it.
send_to_mouse:
        push ax
        mov al, TO_MOUSE
        out KEYBOARD_COMMAND, al
        call wait_until_taken
        pop ax
        out KEYBOARD_DATA, al
        call receive_from_mouse
        jc .done
        cmp al, ACKNOWLEDGE
        je .done                    ; CF = 0
        stc
.done:  ret

; Returns AL = the next byte from the mouse; CF = 1 when none comes.
receive_from_mouse:
        push cx
        mov cx, 1000
.wait:  in al, KEYBOARD_STATUS
        and al, OUTPUT_FULL | FROM_MOUSE
        cmp al, OUTPUT_FULL | FROM_MOUSE
        loopne .wait
        stc
        jne .done
        in al, KEYBOARD_DATA
        clc
.done:  pop cx
        ret

; ------------------------------------------------------------------ INT 74h, IRQ 12

int_0x74:
        push ds
        push es
        pushad
        cld
        push DATA_AREA
        pop ds
        mov ds, [EXTENDED_SEGMENT]
        in al, KEYBOARD_STATUS
        and al, OUTPUT_FULL | FROM_MOUSE
        cmp al, OUTPUT_FULL | FROM_MOUSE
        jne .done
        in al, KEYBOARD_DATA
        call take_mouse_byte
.done:  mov al, END_OF_INTERRUPT
        out PIC2_COMMAND, al
        out PIC1_COMMAND, al
        popad
        pop es
        pop ds
        iret

; AL = a byte of a packet, DS = the extended data area.
take_mouse_byte:
        mov ah, [MOUSE_SETUP]
        test ah, HAS_HANDLER
        jz .done
        movzx bx, byte [MOUSE_BYTES]
        and bx, 7
        mov [bx + MOUSE_PACKET], al
        inc byte [MOUSE_BYTES]
        and ah, 7
        cmp bl, ah
        jb .done
        mov byte [MOUSE_BYTES], 0
        movzx ax, byte [MOUSE_PACKET]
        push ax
        mov al, [MOUSE_PACKET + 1]
        push ax
        mov al, [MOUSE_PACKET + 2]
        push ax
        push 0
        call far [MOUSE_HANDLER]
        add sp, 8
.done:  ret
