; console: where people are. What is printed goes to the serial port and to the screen; what is typed
; comes from the serial port and from the keyboard.

COM1        equ 0x3f8               ; 16550: data; divisor, low byte
COM1_ENABLE equ COM1 + 1            ; which interrupts; divisor, high byte
COM1_LINE   equ COM1 + 3
COM1_MODEM  equ COM1 + 4
COM1_STATUS equ COM1 + 5
STATUS_INPUT equ 1 << 0             ; a character has come
STATUS_READY equ 1 << 5             ; one may be sent

KEYBOARD    equ 0x60
SCREEN      equ KERNEL_BASE + 0xb8000 ; 25 rows of 80: character, colour, …
ROW         equ 80 * 2
SCREEN_END  equ SCREEN + 25 * ROW
GREY        equ 0x0700

INPUT_MOST  equ 256
END_OF_FILE equ 4                   ; Ctrl+D

        section .kernel

set_up_console:
        mov dx, COM1_LINE
        mov al, 0x80                ; the divisor's turn: 115200 baud
        out dx, al
        mov dx, COM1
        mov al, 1
        out dx, al
        mov dx, COM1_ENABLE
        mov al, 0
        out dx, al
        mov dx, COM1_LINE
        mov al, 0x03                ; 8 bits, no parity
        out dx, al
        mov dx, COM1_MODEM
        mov al, 0x0b                ; OUT2 lets interrupts through
        out dx, al
        mov dx, COM1_ENABLE
        mov al, 1                   ; when something has come
        out dx, al

        mov edi, SCREEN
        mov ecx, 25 * ROW / 4
        mov eax, GREY << 16 | GREY
        rep stosd
        mov dword [cursor], SCREEN
        ret

; ------------------------------------------------------------------ output
; Prints the text at ESI, which ends with 0; ESI is behind it then.
print:  lodsb
        test al, al
        jz .end
        call print_char
        jmp print
.end:   ret

; Prints EAX as 8 hexadecimal digits.
print_hex:
        push ebx
        mov ebx, eax
        mov ecx, 8
.next:  rol ebx, 4                  ; the highest digit comes first
        mov al, bl
        and al, 0x0f
        cmp al, 10
        sbb al, 0x69                ; 0 to 9 become 0x96 to 0x9f, 10 to 15 become 0xa1 to 0xa6, …
        das                         ; … and these '0' to '9' and 'A' to 'F'
        push ecx
        call print_char
        pop ecx
        loop .next
        pop ebx
        ret

; Prints AL. A character is sent when the last one has gone.
print_char:
        push eax
        mov ah, al
        mov dx, COM1_STATUS
.wait:  in al, dx
        test al, STATUS_READY
        jz .wait
        mov al, ah
        mov dx, COM1
        out dx, al
        pop eax

; Puts AL on the screen, which has no rows beyond the last: all move up then.
put_on_screen:
        push edi
        mov edi, [cursor]
        cmp al, 10
        je .line
        cmp al, 8
        je .back
        mov ah, GREY >> 8
        stosw
        jmp .moved
.back:  sub edi, 2
        jmp .moved
.line:  sub edi, SCREEN
        mov eax, edi
        xor edx, edx
        mov ecx, ROW
        div ecx
        sub edi, edx                ; to the beginning of this line,
        add edi, SCREEN + ROW       ; and of the next
.moved: cmp edi, SCREEN_END
        jb .done
        push esi
        mov edi, SCREEN
        mov esi, SCREEN + ROW
        mov ecx, 24 * ROW / 4
        rep movsd
        mov eax, GREY << 16 | GREY
        mov ecx, ROW / 4
        rep stosd
        mov edi, SCREEN_END - ROW
        pop esi
.done:  mov [cursor], edi
        pop edi
        ret

; The cursor that blinks is a register of the screen: its position in characters.
place_cursor:
        mov ecx, [cursor]
        sub ecx, SCREEN
        shr ecx, 1
        mov dx, 0x3d4
        mov al, 0x0e                ; high byte
        mov ah, ch
        out dx, ax
        mov al, 0x0f                ; low byte
        mov ah, cl
        out dx, ax
        ret

; ------------------------------------------------------------------ input
; Characters come when they like, and wait in a ring for those who read.
on_serial:
        call end_of_interrupt
take_serial:
.next:  mov edx, [input_count]
        cmp edx, INPUT_MOST
        jae .full
        mov dx, COM1_STATUS
        in al, dx
        test al, STATUS_INPUT
        jz .end
        mov dx, COM1
        in al, dx
        call keep_input
        jmp .next
.full:  mov dx, COM1_ENABLE         ; the rest has to wait in the port; get_char comes back for it
        mov al, 0
        out dx, al
.end:   ret

on_keyboard:
        call end_of_interrupt
        in al, KEYBOARD
        mov ah, al
        and ah, 0x7f
        cmp ah, 0x2a                ; Shift, left
        je .shift
        cmp ah, 0x36                ; Shift, right
        je .shift
        test al, 0x80               ; let go
        jnz .end
        movzx eax, al
        cmp eax, KEYS
        jae .end
        cmp byte [shifted], 0
        jne .upper
        mov al, [keys + eax]
        jmp .typed
.upper: mov al, [shifted_keys + eax]
.typed: test al, al
        jnz keep_input
.end:   ret
.shift: not al
        shr al, 7                   ; 1: down
        mov [shifted], al
        ret

; Puts AL into the ring, and wakes who waits for it. A full ring forgets it.
keep_input:
        mov ecx, [input_count]
        cmp ecx, INPUT_MOST
        jae .end
        inc dword [input_count]
        add ecx, [input_first]
        and ecx, INPUT_MOST - 1
        mov [input + ecx], al
        mov eax, input
        jmp wake
.end:   ret

; AL = the next character that is typed. The process sleeps until there is one.
get_char:
        CRITICAL                    ; or one might come between the look and the sleep
.look:  cmp dword [input_count], 0
        jne .take
        call place_cursor
        mov eax, input
        call sleep_on
        jmp .look
.take:  mov ecx, [input_first]
        movzx eax, byte [input + ecx]
        inc ecx
        and ecx, INPUT_MOST - 1
        mov [input_first], ecx
        dec dword [input_count]
        jnz .end
        push eax
        call take_serial            ; what a full ring has left in the port
        mov dx, COM1_ENABLE
        mov al, 1
        out dx, al
        pop eax
.end:   END_CRITICAL
        ret

; Reads a line to EDI, of ECX bytes at most, its end included; what is typed is shown. EAX = its length;
; 0 = Ctrl+D at the beginning of the line.
read_line:
        push ebx
        push esi
        mov esi, ecx
        xor ebx, ebx
        test esi, esi
        jz .end
.next:  call get_char
        cmp al, 13                  ; what terminals send for Enter
        je .line
        cmp al, 10
        je .line
        cmp al, 8
        je .rub
        cmp al, 127                 ; what terminals send for Backspace
        je .rub
        cmp al, END_OF_FILE
        je .eof
        cmp al, ' '
        jb .next
        lea ecx, [ebx + 1]
        cmp ecx, esi                ; the last place is for the end of the line
        jae .next
        mov [edi + ebx], al
        inc ebx
        call print_char
        jmp .next
.rub:   test ebx, ebx
        jz .next
        dec ebx
        push esi
        mov esi, rubout
        call print
        pop esi
        jmp .next
.eof:   test ebx, ebx
        jnz .next
        jmp .end
.line:  mov byte [edi + ebx], 10
        inc ebx
        mov al, 10
        call print_char
.end:   mov eax, ebx
        pop esi
        pop ebx
        ret

        section .data
rubout:     db 8, ' ', 8, 0

; What keys mean, by the number that the keyboard sends (set 1).
keys:       db 0, 0, "1234567890-=", 8, 9, "qwertyuiop[]", 10, 0, "asdfghjkl;'`", 0, "\zxcvbnm,./", 0
            db '*', 0, ' '
KEYS        equ $ - keys
shifted_keys:
            db 0, 0, "!@#$%^&*()_+", 8, 9, "QWERTYUIOP{}", 10, 0, 'ASDFGHJKL:"~', 0, "|ZXCVBNM<>?", 0
            db '*', 0, ' '

        section .bss
        alignb 4
cursor:     resd 1                  ; address on the screen
input_first: resd 1
input_count: resd 1
input:      resb INPUT_MOST         ; a ring
shifted:    resb 1
            alignb 4
