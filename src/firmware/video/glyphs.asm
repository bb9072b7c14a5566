; glyphs: characters in graphics modes. Vector 43h points to the font; in modes with characters of
; 8 lines vector 1Fh points to the upper half, which programs used to bring themselves.

; AL = character. Returns FS:DI -> its lines.
find_glyph:
        push ax
        push bx
        push 0
        pop fs
        mov ah, 0
        mov bx, 0x43 * 4
        cmp byte [CHARACTER_HEIGHT], 8
        jne .known
        cmp al, 128
        jb .known
        sub al, 128
        mov bx, 0x1f * 4
.known: mul byte [CHARACTER_HEIGHT]
        mov di, [fs:bx]
        mov fs, [fs:bx + 2]
        add di, ax
        pop bx
        pop ax
        ret

; AL = character, BL = colour (bit 7: exclusive or with what is there), BH = page, DX = row and
; column, graphics mode CS:SI. Changes nothing but the screen.
draw_glyph:
        push es
        push fs
        pusha
        call find_glyph
        mov bp, di                  ; FS:BP -> glyph
        mov es, [cs:si + mode.segment]
        mov cl, [CHARACTER_HEIGHT]
        mov al, dh
        mul cl                      ; AX = its first line
        call bytes_in_column
        mov dh, 0
        imul dx, di                 ; DX = bytes from the beginning of the line
.next:  push ax
        push bx
        mov bl, bh                  ; page
        call line_place
        pop bx
        add di, dx
        mov al, [fs:bp]
        inc bp
        call draw_line
        pop ax
        inc ax
        dec cl
        jnz .next
        popa
        pop fs
        pop es
        ret

; AL = a line of a glyph, its leftmost pixel in bit 7; BL = colour; ES:DI -> where. BP, CL, DX, SI
; are kept.
draw_line:
        cmp byte [cs:si + mode.kind], PLANAR
        je draw_planar
        cmp byte [cs:si + mode.kind], LINEAR
        je draw_linear
        push di
        call bytes_in_column
        cmp di, 2
        pop di
        je draw_two_bits
        test bl, 1                  ; one bit
        jnz .white
        mov al, 0
.white: test bl, 0x80
        jz .replace
        xor al, [es:di]
.replace:
        mov [es:di], al
        ret

; Two bits for a pixel: each bit of the glyph becomes the colour's two.
draw_two_bits:
        push cx
        push dx
        mov ah, al
        mov cx, 8
.next:  shl dx, 2
        shl ah, 1
        jnc .clear
        mov al, bl
        and al, 3
        or dl, al
.clear: loop .next
        xchg dl, dh                 ; the leftmost pixels come first
        test bl, 0x80
        jz .replace
        xor dx, [es:di]
.replace:
        mov [es:di], dx
        pop dx
        pop cx
        ret

; A byte for a pixel.
draw_linear:
        push cx
        mov ah, al
        mov cx, 8
.next:  mov al, 0
        shl ah, 1
        jnc .clear
        mov al, bl
.clear: stosb
        loop .next
        pop cx
        ret

; Four planes: first all of them to black, then those that the colour has, where the glyph has a
; bit.
draw_planar:
        push cx
        mov cl, al
        mov ax, (0x0f << 8) | MAP_MASK
        call set_sequencer
        mov ax, (0x0f << 8) | ENABLE_SET_RESET
        call set_graphics
        mov ax, (0x18 << 8) | FUNCTION_SELECT
        test bl, 0x80
        jnz .colour
        mov ax, (0 << 8) | SET_RESET
        call set_graphics
        mov [es:di], al             ; black: the value does not matter
        mov ax, (0 << 8) | FUNCTION_SELECT
.colour:
        call set_graphics
        mov al, SET_RESET
        mov ah, bl
        and ah, 0x0f
        call set_graphics
        mov al, BIT_MASK
        mov ah, cl
        call set_graphics
        mov al, [es:di]             ; into the latches, for the other bits
        mov [es:di], al
        call reset_planar
        pop cx
        ret

; The graphics controller as programs expect it.
reset_planar:
        mov ax, (0xff << 8) | BIT_MASK
        call set_graphics
        mov ax, (0 << 8) | FUNCTION_SELECT
        call set_graphics
        mov ax, (0 << 8) | ENABLE_SET_RESET
        jmp set_graphics

; ------------------------------------------------------------------ reading

; BH = page, DX = row and column. For function 08h: which character looks like what is on the
; screen there? AL = it, AH = its colour; both 0 when none does.
read_glyph:
        mov cl, [CHARACTER_HEIGHT]
        movzx ax, dh
        mul cl
        xchg dx, ax                 ; DX = its first row, AL = column
        mov ah, 0
        shl ax, 3
        xchg ax, cx                 ; CX = its first column, AL = height
        sub sp, 16                  ; its lines
        mov di, sp
        mov bl, 0                   ; BL = colour
        push ax
.line:  push ax
        mov ah, 0                   ; the line's bits
        mov si, 8
.pixel: call get_pixel
        add ah, ah
        test al, al
        jz .black
        inc ah
        mov bl, al
.black: inc cx
        dec si
        jnz .pixel
        mov [ss:di], ah
        inc di
        sub cx, 8
        inc dx
        pop ax
        dec al
        jnz .line
        pop dx                      ; DL = height
        push fs
        xor ax, ax                  ; AX = character
.search:
        call find_glyph
        mov si, sp
        add si, 2                   ; SS:SI -> lines
        mov cl, dl
.compare:
        mov ch, [ss:si]
        cmp ch, [fs:di]
        jne .other
        inc si
        inc di
        dec cl
        jnz .compare
        mov ah, bl
        jmp .found
.other: inc al
        jnz .search
        xor ax, ax
.found: mov [bp + caller.ax], ax
        pop fs
        add sp, 16
        ret
