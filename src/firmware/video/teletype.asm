; teletype: writing as on paper, from left to right, and the screen moves up when it is full.

BELL            equ 7
BACKSPACE       equ 8
LINE_FEED       equ 10
CARRIAGE_RETURN equ 13

; AH = 0Eh: teletype output. AL = character, BL = colour in graphics modes. Always on the page
; that is shown.
teletype:
        mov bh, [ACTIVE_PAGE]
        call cursor_of_page
        mov ah, 0                   ; no attribute: that of the place stays
        call type_character
        ; fall through

; BH = page, DX = row and column. The cursor moves there.
move_cursor:
        jmp set_cursor_position

; AL = character, AH = 1: with attribute BL, BH = page, DX = row and column. Returns DX = where
; the next one goes.
type_character:
        cmp al, CARRIAGE_RETURN
        ja .print
        je .carriage_return
        cmp al, LINE_FEED
        je .line_feed
        cmp al, BACKSPACE
        je .backspace
        cmp al, BELL
        je .done                    ; (nobody rings)
.print: call put_character
        inc dl
        cmp dl, [COLUMNS]
        jne .done
        mov dl, 0
.line_feed:
        inc dh
        jmp .done
.carriage_return:
        mov dl, 0
        jmp .done
.backspace:
        cmp dl, 1
        adc dl, -1                  ; not before column 0
.done:  cmp dh, [LAST_ROW]
        jbe .fits
        dec dh
        jmp scroll_page
.fits:  ret

; AL = character, AH = 1: with attribute BL, BH = page, DX = row and column. Writes it there.
put_character:
        push es
        pusha
        call this_mode
        jc .done
        cmp byte [cs:si + mode.kind], TEXT
        jne .draw
        call text_place
        stosb
        test ah, ah
        jz .done
        mov al, bl
        stosb
.done:  popa
        pop es
        ret
.draw:  call draw_glyph
        jmp .done

; BH = page. Moves it up by one row; the last row becomes empty.
scroll_page:
        pusha
        mov ax, 1                   ; up, by one
        mov cx, 0
        mov dl, [COLUMNS]
        dec dl
        mov dh, [LAST_ROW]
        mov bl, bh                  ; page
        mov bh, 0x07                ; grey on black …
        call this_mode
        cmp byte [cs:si + mode.kind], TEXT
        je .scroll
        mov bh, 0                   ; … or just black
.scroll:
        call scroll
        popa
        ret

; AH = 13h: write string. ES:BP -> characters, CX = how many, BH = page, DH, DL = row and column,
; BL = attribute. AL bit 0: the cursor moves; bit 1: behind each character stands its attribute.
write_string:
        mov si, [bp + caller.bp]
        mov di, ax                  ; DI = how
        jcxz .done
.next:  mov al, [es:si]
        inc si
        test di, 2
        jz .same_attribute
        mov bl, [es:si]
        inc si
.same_attribute:
        mov ah, 1
        push di
        push cx
        call type_character
        pop cx
        pop di
        loop .next
.done:  test di, 1
        jnz move_cursor
        ret
