; characters: reading and writing them where the cursor is. In text modes a character is a byte,
; and the next byte (its attribute) says in which colours; in graphics modes it is drawn
; (glyphs.asm).

; BH = page. Returns DX = row and column of its cursor. (Pages beyond 7 have none: the first one's.)
cursor_of_page:
        push bx
        and bh, 7
        movzx bx, bh
        add bx, bx
        mov dx, [bx + CURSORS]
        pop bx
        ret

; BH = page, DX = row and column, text mode CS:SI. Returns ES:DI -> the character.
text_place:
        push ax
        push dx
        mov es, [cs:si + mode.segment]
        movzx di, bh
        imul di, [PAGE_SIZE]
        movzx ax, dh
        imul ax, [COLUMNS]
        mov dh, 0
        add ax, dx
        add ax, ax                  ; two bytes for a character
        add di, ax
        pop dx
        pop ax
        ret

; AH = 08h: read character and attribute at the cursor. BH = page. Returns AL = character, AH =
; attribute.
read_character:
        call this_mode
        jc .done
        call cursor_of_page
        cmp byte [cs:si + mode.kind], TEXT
        jne read_glyph
        call text_place
        mov ax, [es:di]
        mov [bp + caller.ax], ax
.done:  ret

; AH = 09h: write character and attribute at the cursor, which stays. AL = character, BH = page,
; BL = attribute (in graphics modes the colour), CX = how many.
write_character_and_attribute:
        call this_mode
        jc .done
        call cursor_of_page
        cmp byte [cs:si + mode.kind], TEXT
        jne write_glyphs
        call text_place
        mov ah, bl
        rep stosw
.done:  ret

; AH = 0Ah: write character at the cursor, with the attribute that is there. AL, BH, CX; BL in
; graphics modes.
write_character:
        call this_mode
        jc .done
        call cursor_of_page
        cmp byte [cs:si + mode.kind], TEXT
        jne write_glyphs
        call text_place
        jcxz .done
.next:  stosb
        inc di
        loop .next
.done:  ret

; AL = character, BL = colour, BH = page, CX = how many, DX = row and column, graphics mode CS:SI.
write_glyphs:
        jcxz .done
.next:  call draw_glyph
        inc dl
        cmp dl, [COLUMNS]
        jb .same_row
        mov dl, 0
        inc dh
.same_row:
        loop .next
.done:  ret
