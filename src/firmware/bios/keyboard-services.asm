; keyboard-services: INT 16h, by which programs read keys.

int_0x16:
        SAVE_CALLER
        mov si, .functions
.search:
        cmp ah, [cs:si]
        je .found
        add si, 3
        cmp si, .end
        jb .search
        RETURN_TO_CALLER            ; unknown functions change nothing
.found: call [cs:si + 1]
        RETURN_TO_CALLER


.functions:
        FUNCTION 0x00, read_key
        FUNCTION 0x01, check_key
        FUNCTION 0x02, get_shift_flags
        FUNCTION 0x03, set_typematic
        FUNCTION 0x05, store_key
        FUNCTION 0x09, get_keyboard_functions
        FUNCTION 0x0a, get_keyboard_id
        FUNCTION 0x10, read_enhanced_key
        FUNCTION 0x11, check_enhanced_key
        FUNCTION 0x12, get_extended_shift_flags
        FUNCTION 0x92, check_for_10h_to_12h
.end:

; AH = 00h: get keystroke. Waits for a key. Returns AH = scan code, AL = character.
read_key:
        call wait_for_key
        call as_on_84_keys
        mov [bp + caller.ax], ax
        ret

; AH = 10h: get enhanced keystroke: keys of newer keyboards can be told apart (AL = E0h).
read_enhanced_key:
        call wait_for_key
        mov [bp + caller.ax], ax
        ret

; AH = 01h: check for keystroke. Returns ZF = 1 when there is none; else ZF = 0, AH = scan code,
; AL = character, and the key stays in the buffer.
check_key:
        call look_for_key
        jz no_key
        call as_on_84_keys
        jmp there_is_a_key

; AH = 11h: check for enhanced keystroke.
check_enhanced_key:
        call look_for_key
        jz no_key
there_is_a_key:
        mov [bp + caller.ax], ax
        and byte [bp + caller.flags], ~FLAG_ZERO & 0xff
        ret
no_key: or byte [bp + caller.flags], FLAG_ZERO
        ret

; AH = 02h: get shift flags. Returns AL = shift flags.
get_shift_flags:
        mov al, [SHIFT_FLAGS]
        mov [bp + caller.al], al
        ret

; AH = 12h: get extended shift flags. Returns AL = shift flags, AH = which keys are down.
get_extended_shift_flags:
        mov al, [SHIFT_FLAGS]
        mov ah, [SHIFT_FLAGS_2]
        and ah, 0x73                ; the locks (bits 6:4), left Alt and Ctrl
        test byte [SHIFT_FLAGS_2], SYSTEM_REQUEST
        jz .no_request
        or ah, 0x80
.no_request:
        mov bl, [KEYBOARD_FLAGS]
        and bl, RIGHT_CTRL | RIGHT_ALT
        or ah, bl
        mov [bp + caller.ax], ax
        ret

; AH = 03h: set typematic rate and delay. AL = 5, BH = delay (0 to 3 quarters of a second and one),
; BL = rate (0 = 30 a second to 1Fh = 2).
set_typematic:
        cmp al, 5
        jne .done
        mov ah, 0xf3                ; "set typematic rate"
        call send_to_keyboard
        mov ah, bh
        and ah, 3
        shl ah, 5
        and bl, 0x1f
        or ah, bl
        call send_to_keyboard
.done:  ret

; AH = 05h: place keystroke in the buffer. CH = scan code, CL = character. Returns AL = 0, or 1
; when the buffer is full.
store_key:
        mov ax, cx
        call put_key
        setc [bp + caller.al]
        ret

; AH = 09h: get keyboard functionality. Returns AL = 30h: there are 09h, 0Ah, 10h to 12h.
get_keyboard_functions:
        mov byte [bp + caller.al], 0x30
        ret

; AH = 0Ah: get keyboard ID. Returns BX = ID of a keyboard with 101 keys.
get_keyboard_id:
        mov word [bp + caller.bx], 0x41ab
        ret

; AH = 92h: does the BIOS have functions 10h to 12h? Returns AH = 80h: yes.
check_for_10h_to_12h:
        mov byte [bp + caller.ah], 0x80
        ret

; ------------------------------------------------------------------ the buffer

; Returns AX = the next key, ZF = 1 when there is none.
look_for_key:
        mov bx, [KEY_HEAD]
        mov ax, [bx]
        cmp bx, [KEY_TAIL]
        ret

; Takes a key out of the buffer; the processor rests until there is one. Returns AX = the key.
wait_for_key:
        cli
        call look_for_key
        jnz .take
        sti                         ; takes effect after HLT: no key is missed in between
        hlt
        jmp wait_for_key
.take:  call next_in_buffer
        mov [KEY_HEAD], bx
        ret

; AX = a key. Returns it as the keyboard of the AT would have sent it, with 84 keys.
as_on_84_keys:
        cmp ah, 0xe0
        je .number_pad
        cmp al, 0xe0
        jne .done
        test ah, ah
        jz .done                    ; a character typed as Alt and its number
        mov al, 0
.done:  ret
.number_pad:                        ; its Enter and "/"
        mov ah, 0x1c
        cmp al, '/'
        jne .done
        mov ah, 0x35
        ret
