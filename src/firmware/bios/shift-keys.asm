; shift-keys: keys that change what others mean. Each routine gets AL = scan code, up or down.

left_shift_key:
        mov ah, LEFT_SHIFT
        jmp set_shift_flag
right_shift_key:
        mov ah, RIGHT_SHIFT
        ; fall through

; AH = a flag of SHIFT_FLAGS: on while the key is down.
set_shift_flag:
        test al, RELEASED
        jnz .up
        or [SHIFT_FLAGS], ah
        ret
.up:    not ah
        and [SHIFT_FLAGS], ah
        ret

; There are two Ctrl keys and two Alt keys: the flag is on while either is down.
ctrl_key:
        mov bx, (LEFT_CTRL << 8) | RIGHT_CTRL
        mov ah, CTRL
        jmp one_of_two
alt_key:
        mov bx, (LEFT_ALT << 8) | RIGHT_ALT
        mov ah, ALT
        call one_of_two
        test byte [SHIFT_FLAGS], ALT
        jnz .done
        xor ax, ax
        xchg al, [ALT_NUMBER]       ; a character typed as Alt and a number is complete
        test al, al
        jz .done
        call put_key
.done:  ret

; BH = the left key's flag in SHIFT_FLAGS_2, BL = the right key's in KEYBOARD_FLAGS, AH = that of
; both.
one_of_two:
        mov si, SHIFT_FLAGS_2
        test byte [KEYBOARD_FLAGS], AFTER_E0
        jz .left
        mov si, KEYBOARD_FLAGS
        mov bh, bl
.left:  or [si], bh
        test al, RELEASED
        jz .known
        xor [si], bh
.known: mov bh, [SHIFT_FLAGS_2]     ; bits 0 and 1: left Ctrl and Alt
        mov bl, [KEYBOARD_FLAGS]
        shr bl, 2                   ; bits 0 and 1: right Ctrl and Alt
        or bl, bh
        shl bl, 2                   ; bits 2 and 3, where SHIFT_FLAGS has Ctrl and Alt
        or [SHIFT_FLAGS], ah
        test bl, ah
        jnz .done
        xor [SHIFT_FLAGS], ah
.done:  ret

caps_lock_key:
        mov ah, CAPS_LOCK
        jmp toggle_lock
num_lock_key:
        mov ah, NUM_LOCK
        jmp toggle_lock
scroll_lock_key:
        test byte [KEYBOARD_FLAGS], AFTER_E0
        jnz break_key
        mov ah, SCROLL_LOCK
        ; fall through

; AH = flag of a lock. It changes when the key goes down, but not when the key repeats.
toggle_lock:
        test al, RELEASED
        jnz .up
        test [SHIFT_FLAGS_2], ah
        jnz .done
        or [SHIFT_FLAGS_2], ah      ; down
        xor [SHIFT_FLAGS], ah
        jmp show_locks
.up:    not ah
        and [SHIFT_FLAGS_2], ah
.done:  ret

; The lights of the keyboard: scroll lock, num lock, caps lock from bit 0.
show_locks:
        mov ah, 0xed                ; "set lights"
        call send_to_keyboard
        mov ah, [SHIFT_FLAGS]
        shr ah, 4
        and ah, 7
        and byte [LED_FLAGS], ~7 & 0xff
        or [LED_FLAGS], ah
        jmp send_to_keyboard

; Ctrl-Break: forgets what was typed, and tells programs by INT 1Bh.
break_key:
        test al, RELEASED
        jnz .done
        mov byte [BREAK_FLAG], 0x80
        mov ax, [KEY_BUFFER_FIRST]
        mov [KEY_HEAD], ax
        mov [KEY_TAIL], ax
        int 0x1b
        xor ax, ax
        jmp put_key
.done:  ret

; System Request (Alt-Print): INT 15h function 85h, AL = 0 down, 1 up.
system_request_key:
        rol al, 1                   ; bit 7, "released", to bit 0
        and al, 1
        mov ah, 0x85
        int 0x15
        ret
