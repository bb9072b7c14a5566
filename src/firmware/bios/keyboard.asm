; keyboard: from the codes that keys send to the characters that programs read.
;
; A key sends its scan code when it goes down, and the same with bit 7 when it comes up (scan-code
; set 1, into which the controller translates what the keyboard really sends). Keys that the first
; PC did not have send E0h before it; Pause sends E1h 1Dh 45h.

KEYBOARD_DATA   equ 0x60
KEYBOARD_STATUS equ 0x64            ; reading
KEYBOARD_COMMAND equ 0x64           ; writing
OUTPUT_FULL     equ 1               ; status: there is a byte for us
INPUT_FULL      equ 2               ; status: our byte has not been taken yet
ACKNOWLEDGE     equ 0xfa            ; the keyboard's answer to each byte that it is sent

; SHIFT_FLAGS, as INT 16h function 02h tells them
RIGHT_SHIFT     equ 0x01
LEFT_SHIFT      equ 0x02
CTRL            equ 0x04
ALT             equ 0x08
SCROLL_LOCK     equ 0x10
NUM_LOCK        equ 0x20
CAPS_LOCK       equ 0x40
INSERT          equ 0x80
; SHIFT_FLAGS_2: keys that are down, the left ones of two
LEFT_CTRL       equ 0x01
LEFT_ALT        equ 0x02
SYSTEM_REQUEST  equ 0x04
PAUSED          equ 0x08            ; the machine waits for a key
; KEYBOARD_FLAGS
AFTER_E1        equ 0x01
AFTER_E0        equ 0x02
RIGHT_CTRL      equ 0x04
RIGHT_ALT       equ 0x08

KEY_CTRL        equ 0x1d
KEY_LEFT_SHIFT  equ 0x2a
KEY_RIGHT_SHIFT equ 0x36
KEY_PRINT       equ 0x37            ; after E0h
KEY_ALT         equ 0x38
KEY_CAPS_LOCK   equ 0x3a
KEY_NUM_LOCK    equ 0x45
KEY_SCROLL_LOCK equ 0x46            ; after E0h: Ctrl-Break
KEY_HOME        equ 0x47            ; the first key of the number pad …
KEY_MINUS       equ 0x4a
KEY_PLUS        equ 0x4e
KEY_INSERT      equ 0x52
KEY_DELETE      equ 0x53            ; … and the last
KEY_SYSTEM_REQUEST equ 0x54
RELEASED        equ 0x80

; The controller translates scan codes and interrupts; the mouse is off.
start_keyboard:
        mov al, 0x60                ; write the command byte
        out KEYBOARD_COMMAND, al
        call wait_until_taken
        mov al, 0x65                ; interrupts, system flag, mouse off, translation
        out KEYBOARD_DATA, al
        call wait_until_taken
.empty: in al, KEYBOARD_STATUS
        test al, OUTPUT_FULL
        jz .done
        in al, KEYBOARD_DATA        ; what was typed before anybody listened
        jmp .empty
.done:  ret

wait_until_taken:
        push cx
        mov cx, 1000
.wait:  in al, KEYBOARD_STATUS
        test al, INPUT_FULL
        loopnz .wait
        pop cx
        ret

; AH = a byte for the keyboard. Waits until it has been acknowledged.
send_to_keyboard:
        push ax
        push cx
        mov al, ah
        out KEYBOARD_DATA, al
        mov cx, 1000
.wait:  in al, KEYBOARD_STATUS
        test al, OUTPUT_FULL
        loopz .wait
        jz .done
        in al, KEYBOARD_DATA
.done:  pop cx
        pop ax
        ret

; ------------------------------------------------------------------ INT 09h, IRQ 1

int_0x09:
        push ds
        push es
        pushad
        cld
        push DATA_AREA
        pop ds
        in al, KEYBOARD_STATUS
        test al, OUTPUT_FULL
        jz .done
        in al, KEYBOARD_DATA
        mov ah, 0x4f                ; programs may look at each code, change it (AL), or …
        stc
        int 0x15
        jnc .done                   ; … keep it for themselves
        call take_code
.done:  mov al, END_OF_INTERRUPT
        out PIC1_COMMAND, al
        popad
        pop es
        pop ds
        iret

; AL = a byte from the keyboard.
take_code:
        cmp al, 0xe0
        je .prefix_e0
        cmp al, 0xe1
        je .prefix_e1
        cmp al, ACKNOWLEDGE
        jae .done                   ; answers and errors are no keys
        test byte [KEYBOARD_FLAGS], AFTER_E1
        jnz take_pause
        call take_key
        and byte [KEYBOARD_FLAGS], ~AFTER_E0 & 0xff
.done:  ret
.prefix_e0:
        or byte [KEYBOARD_FLAGS], AFTER_E0
        ret
.prefix_e1:
        or byte [KEYBOARD_FLAGS], AFTER_E1
        ret

; AL = a byte of the sequences of Pause: E1h 1Dh 45h, E1h 9Dh C5h. The machine waits, with
; interrupts, until another key comes.
take_pause:
        cmp al, KEY_NUM_LOCK
        je .pause
        cmp al, KEY_NUM_LOCK | RELEASED
        jne .done
        and byte [KEYBOARD_FLAGS], ~AFTER_E1 & 0xff
.done:  ret
.pause: and byte [KEYBOARD_FLAGS], ~AFTER_E1 & 0xff
        or byte [SHIFT_FLAGS_2], PAUSED
        mov al, END_OF_INTERRUPT
        out PIC1_COMMAND, al
        sti
.wait:  hlt
        test byte [SHIFT_FLAGS_2], PAUSED
        jnz .wait
        cli
        ret

; AL = a scan code, up or down.
take_key:
        mov bl, al
        and bl, ~RELEASED & 0xff    ; BL = the key
        test byte [KEYBOARD_FLAGS], AFTER_E0
        jz .shifts
        cmp bl, KEY_LEFT_SHIFT      ; "fake" shifts, which please the first PCs' programs
        je .ignore
        cmp bl, KEY_RIGHT_SHIFT
        je .ignore
.shifts:
        mov si, shift_keys
.search:
        cmp bl, [cs:si]
        je .shift
        add si, 3
        cmp si, shift_keys.end
        jb .search
        test al, RELEASED
        jnz .ignore
        test byte [SHIFT_FLAGS_2], PAUSED
        jnz .go_on
        jmp key_down
.shift: jmp [cs:si + 1]
.go_on: and byte [SHIFT_FLAGS_2], ~PAUSED & 0xff
.ignore:
        ret

%macro SHIFT_KEY 2
        db %1
        dw %2
%endmacro

shift_keys:
        SHIFT_KEY KEY_CTRL, ctrl_key
        SHIFT_KEY KEY_LEFT_SHIFT, left_shift_key
        SHIFT_KEY KEY_RIGHT_SHIFT, right_shift_key
        SHIFT_KEY KEY_ALT, alt_key
        SHIFT_KEY KEY_CAPS_LOCK, caps_lock_key
        SHIFT_KEY KEY_NUM_LOCK, num_lock_key
        SHIFT_KEY KEY_SCROLL_LOCK, scroll_lock_key
        SHIFT_KEY KEY_SYSTEM_REQUEST, system_request_key
.end:

; ------------------------------------------------------------------ keys that mean something

; AL = BL = scan code of a key that went down.
key_down:
        mov bh, 0
        mov dl, [SHIFT_FLAGS]
        test byte [KEYBOARD_FLAGS], AFTER_E0
        jnz key_down_e0
        mov ah, dl
        and ah, CTRL | ALT
        cmp ah, CTRL | ALT
        jne .no_reset
        cmp bl, KEY_DELETE
        je ctrl_alt_delete
.no_reset:
        cmp bl, (key_codes.end - key_codes) / 8
        jae .nothing
        cmp bl, KEY_HOME
        jb .no_pad
        cmp bl, KEY_DELETE
        ja .no_pad
        cmp bl, KEY_MINUS
        je .no_pad
        cmp bl, KEY_PLUS
        je .no_pad
        test dl, ALT
        jnz alt_number
        test dl, NUM_LOCK           ; on the number pad Num Lock turns Shift round
        jmp .column
.no_pad:
        mov si, bx
        shl si, 3
        mov al, [cs:key_codes + si] ; what it means without Shift
        sub al, 'a'
        cmp al, 'z' - 'a'
        ja .no_letter
        test dl, CAPS_LOCK          ; on letters Caps Lock does
        jmp .column
.no_letter:
        cmp al, al                  ; ZF = 1: no lock
.column:
        mov si, key_codes
        jmp put_code
.nothing:
        ret

; BL = a key of those that send E0h first.
key_down_e0:
        mov ah, dl
        and ah, CTRL | ALT
        cmp ah, CTRL | ALT
        jne .no_reset
        cmp bl, KEY_DELETE
        je ctrl_alt_delete
.no_reset:
        cmp bl, KEY_PRINT
        je .print
        mov si, key_codes_e0
.search:
        cmp bl, [cs:si]
        je .found
        add si, 9
        cmp si, key_codes_e0.end
        jb .search
        ret
.found: inc si
        mov bl, 0
        cmp al, al                  ; no lock changes these
        jmp put_code
.print: int 0x05
        ret

; BX = number of a row of four words, SI -> the first row; DL = SHIFT_FLAGS; ZF = 0 when a lock
; turns Shift round. Puts the word that the shift keys ask for.
put_code:
        mov dh, 0                   ; DH = 1: the column for Shift
        jz .no_lock
        xor dh, 1
.no_lock:
        test dl, LEFT_SHIFT | RIGHT_SHIFT
        jz .no_shift
        xor dh, 1
.no_shift:
        test dl, CTRL
        jz .no_ctrl
        mov dh, 2
.no_ctrl:
        test dl, ALT
        jz .no_alt
        mov dh, 3
.no_alt:
        shl bx, 2
        add bl, dh
        add bx, bx
        mov ax, [cs:bx + si]
        test ax, ax
        jz .done
        cmp ax, KEY_INSERT << 8
        je .insert
        cmp ax, (KEY_INSERT << 8) | 0xe0
        jne put_key
.insert:
        xor byte [SHIFT_FLAGS], INSERT
        jmp put_key
.done:  ret

; BL = a key of the number pad, with Alt: the digits make a character's number.
alt_number:
        mov si, bx
        mov al, [cs:si + .digits - KEY_HOME]
        cmp al, 10
        jae .done
        mov ah, [ALT_NUMBER]
        aad                         ; AL = AH x 10 + AL
        mov [ALT_NUMBER], al
.done:  ret
.digits:
        db 7, 8, 9, -1, 4, 5, 6, -1, 1, 2, 3, 0, -1

; Ctrl-Alt-Delete: a warm start.
ctrl_alt_delete:
        mov word [RESET_FLAG], 0x1234
        jmp 0xf000:0xfff0

; AX = scan code and character. Puts them into the buffer, unless it is full. CF = 1 when it is.
put_key:
        push bx
        push si
        mov si, [KEY_TAIL]
        mov bx, si
        call next_in_buffer
        cmp bx, [KEY_HEAD]
        je .full                    ; one place always stays empty
        mov [si], ax
        mov [KEY_TAIL], bx
        clc
        jmp .done
.full:  stc
.done:  pop si
        pop bx
        ret

; BX = a place in the key buffer. Returns BX = the next one.
next_in_buffer:
        add bx, 2
        cmp bx, [KEY_BUFFER_LAST]
        jb .done
        mov bx, [KEY_BUFFER_FIRST]
.done:  ret
