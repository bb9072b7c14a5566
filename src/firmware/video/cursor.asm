; cursor: where it is, what it looks like, and which page of the memory is shown.

; AH = 01h: set text-mode cursor shape. CH = first line (bit 5: invisible), CL = last line.
set_cursor_shape:
        mov [CURSOR_SHAPE], cx
        ; fall through

; CX = shape. Programs speak of characters of 8 lines, as on the CGA: it is stretched to those of
; today.
show_cursor_shape:
        mov si, [CHARACTER_HEIGHT]
        mov bx, cx
        and bx, 0x3f1f              ; BH = first line, BL = last line
        test byte [VIDEO_CONTROL], 1 ; bit 0: shapes are not to be changed
        jnz .known
        cmp si, 8
        jbe .known
        cmp bl, 8
        jae .known
        cmp bh, 0x20
        jae .known
        mov al, bl
        call last_of_eighth
        mov cl, al
        mov al, bh
        sub bl, bh
        dec bl
        jnz .first                  ; two lines become two lines, whatever the height
        mov ch, cl
        dec ch
        jmp .known
.first: call last_of_eighth
        mov ch, al
.known:
        ; fall through

; CH = first line, CL = last line, as the CRTC gets them.
set_cursor_lines:
        mov al, CRTC_CURSOR_START
        mov ah, ch
        call set_crtc
        mov al, CRTC_CURSOR_END
        mov ah, cl
        jmp set_crtc

; AL = a line of 8, SI = height. Returns AL = the last of the lines that it becomes.
last_of_eighth:
        inc ax
        mov ah, 0
        mul si
        shr ax, 3
        dec ax
        ret

; AH = 02h: set cursor position. BH = page, DH = row, DL = column.
set_cursor_position:
        cmp bh, 8
        jae .done
        movzx si, bh
        add si, si
        mov [si + CURSORS], dx
        cmp bh, [ACTIVE_PAGE]
        je show_cursor
.done:  ret

; DX = row and column. Tells the CRTC where the cursor is: as a number of a character in the memory.
show_cursor:
        push ax
        push bx
        movzx bx, dh
        imul bx, [COLUMNS]
        movzx ax, dl
        add bx, ax
        mov ax, [PAGE_START]
        shr ax, 1
        add bx, ax
        mov al, CRTC_CURSOR_HIGH
        mov ah, bh
        call set_crtc
        inc al                      ; the low byte
        mov ah, bl
        call set_crtc
        pop bx
        pop ax
        ret

; AH = 03h: get cursor position and shape. BH = page. Returns DH = row, DL = column, CX = shape.
get_cursor:
        mov ax, [CURSOR_SHAPE]
        mov [bp + caller.cx], ax
        xor ax, ax
        cmp bh, 8
        jae .known
        movzx si, bh
        add si, si
        mov ax, [si + CURSORS]
.known: mov [bp + caller.dx], ax
        ret

; AH = 05h: select active page. AL = page.
set_page:
        cmp al, 8
        jae .done
        mov ah, 0
        jmp show_page
.done:  ret

; AX = page. Shows it, with its cursor.
show_page:
        mov [ACTIVE_PAGE], al
        mov si, ax
        imul ax, [PAGE_SIZE]
        mov [PAGE_START], ax
        call this_mode_kind
        cmp bl, TEXT
        jne .bytes
        shr ax, 1                   ; the CRTC counts characters
.bytes: mov bx, ax
        mov al, CRTC_START_HIGH
        mov ah, bh
        call set_crtc
        inc al
        mov ah, bl
        call set_crtc
        add si, si
        mov dx, [si + CURSORS]
        jmp show_cursor

; Returns BL = kind of the mode that is set.
this_mode_kind:
        push si
        call this_mode
        mov bl, [cs:si + mode.kind]
        pop si
        ret
