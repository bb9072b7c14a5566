; scroll: moving a part of the screen up or down, or clearing it.

; AH = 06h: scroll up window. AL = rows (0: clear it), BH = attribute of what becomes empty, CH,
; CL = its first row and column, DH, DL = its last. AH = 07h: scroll down window, likewise. On the
; page that is shown.
scroll_up:
        mov ah, 0
        jmp scroll_window
scroll_down:
        mov ah, 1
scroll_window:
        mov bl, [ACTIVE_PAGE]
        cmp dh, [LAST_ROW]
        jbe .rows
        mov dh, [LAST_ROW]
.rows:  cmp dl, [COLUMNS]
        jb .columns
        mov dl, [COLUMNS]
        dec dl
.columns:
        cmp ch, dh
        ja .nothing
        cmp cl, dl
        jbe scroll
.nothing:
        ret

; AH = 0 up, 1 down; AL = rows, BL = page, the rest as above.
scroll:
        call this_mode
        jc scroll_window.nothing
        sub dh, ch
        sub dl, cl
        inc dh                      ; DH, DL = its height and width
        inc dl
        cmp al, dh
        ja .clear
        test al, al
        jnz .some
.clear: mov al, dh                  ; all of it
.some:  push bp
        movzx bp, byte [cs:si + mode.kind]
        add bp, bp
        call [cs:bp + .kinds]
        pop bp
        ret
.kinds: dw scroll_text, scroll_graphics, scroll_planar, scroll_graphics

; ------------------------------------------------------------------ text

; What follows gets AH = 0 up, 1 down; AL = rows (at most DH), BH = attribute, BL = page, CH, CL =
; first row and column, DH, DL = height and width, CS:SI -> mode.

scroll_text:
        push ds
        push es
        xchg bh, bl                 ; BH = page, BL = attribute
        xchg cx, dx                 ; DH, DL = first row and column, CH, CL = height and width
        test ah, ah
        jz .from_top
        add dh, ch                  ; down: begin with the last row
        dec dh
.from_top:
        call text_place             ; ES:DI -> the first row to be filled
        mov dx, [COLUMNS]
        add dx, dx                  ; DX = from one row to the next
        test ah, ah
        jz .up
        neg dx
.up:    movzx si, al
        imul si, dx
        add si, di                  ; ES:SI -> what goes there
        sub ch, al                  ; CH = rows that are moved, AL = rows that become empty
        mov ah, bl                  ; attribute
        movzx bx, cl                ; BX = width
        push es
        pop ds
.move:  test ch, ch
        jz .fill
        push cx
        push si
        push di
        mov cx, bx
        rep movsw
        pop di
        pop si
        pop cx
        add si, dx
        add di, dx
        dec ch
        jmp .move
.fill:  mov ch, al
        mov al, ' '
.empty: test ch, ch
        jz .done
        push cx
        push di
        mov cx, bx
        rep stosw
        pop di
        pop cx
        add di, dx
        dec ch
        jmp .empty
.done:  pop es
        pop ds
        ret

; ------------------------------------------------------------------ graphics

; A row of characters is several lines of the screen, which are moved and filled one by one. What
; is to be done, on the stack:
struc job
.page:  resw 1
.left:  resw 1                      ; bytes from the line's beginning
.width: resw 1                      ; bytes
.line:  resw 1                      ; the next line to be filled
.step:  resw 1                      ; 1, or -1 when scrolling down
.away:  resw 1                      ; how many lines away is what goes there
.move:  resw 1                      ; how many lines are moved …
.empty: resw 1                      ; … and how many become empty
.colour: resw 1
endstruc

; 16 colours: write mode 1 moves a byte of all planes at once, and the set/reset register fills
; them.
scroll_planar:
        push ax
        mov ax, (1 << 8) | GRAPHICS_MODE
        call set_graphics
        pop ax
        call scroll_graphics
        mov ax, (0 << 8) | ENABLE_SET_RESET
        jmp set_graphics

scroll_graphics:
        push es
        sub sp, job_size
        mov bp, sp                  ; SS:BP -> job
        mov es, [cs:si + mode.segment]
        push ax
        movzx ax, bl
        mov [bp + job.page], ax
        movzx ax, bh
        mov [bp + job.colour], ax
        call bytes_in_column        ; DI
        movzx ax, cl
        imul ax, di
        mov [bp + job.left], ax
        movzx ax, dl
        imul ax, di
        mov [bp + job.width], ax
        pop ax
        mov di, [CHARACTER_HEIGHT]
        movzx cx, ch
        imul cx, di                 ; CX = the window's first line
        movzx dx, dh
        imul dx, di                 ; DX = how many it has
        movzx bx, al
        imul bx, di                 ; BX = how many become empty
        mov [bp + job.empty], bx
        mov [bp + job.away], bx
        mov [bp + job.move], dx
        sub [bp + job.move], bx
        mov word [bp + job.step], 1
        test ah, ah
        jz .up
        add cx, dx                  ; down: begin with the last line
        dec cx
        neg word [bp + job.step]
        neg word [bp + job.away]
.up:    mov [bp + job.line], cx
        call move_lines
        call fill_lines
        add sp, job_size
        pop es
        ret

; SS:BP -> job.
move_lines:
.next:  cmp word [bp + job.move], 0
        je .done
        mov bx, [bp + job.page]
        mov ax, [bp + job.line]
        add ax, [bp + job.away]
        call line_place
        push di
        mov ax, [bp + job.line]
        call line_place
        pop ax
        mov bx, [bp + job.left]
        add di, bx
        add bx, ax
        mov ax, [bp + job.step]
        add [bp + job.line], ax
        dec word [bp + job.move]
        mov cx, [bp + job.width]
        push si
        mov si, bx
        es rep movsb
        pop si
        jmp .next
.done:  ret

; SS:BP -> job.
fill_lines:
        call colour_byte
.next:  cmp word [bp + job.empty], 0
        je .done
        push ax
        mov bx, [bp + job.page]
        mov ax, [bp + job.line]
        call line_place
        mov ax, [bp + job.step]
        add [bp + job.line], ax
        dec word [bp + job.empty]
        pop ax
        add di, [bp + job.left]
        mov cx, [bp + job.width]
        rep stosb
        jmp .next
.done:  ret

; Returns AL = a byte full of the job's colour; in planar modes the set/reset register has it.
colour_byte:
        mov al, [bp + job.colour]
        cmp byte [cs:si + mode.kind], LINEAR
        je .done
        cmp byte [cs:si + mode.kind], PLANAR
        je .planar
        call bytes_in_column
        cmp di, 2
        je .two_bits
        and al, 1                   ; FFh or 0
        neg al
        ret
.two_bits:
        and al, 3                   ; four times the same two bits
        imul ax, ax, 0x55
.done:  ret
.planar:
        mov ah, al
        mov al, SET_RESET
        call set_graphics
        mov ax, (0x0f << 8) | ENABLE_SET_RESET
        call set_graphics
        mov ax, (0 << 8) | GRAPHICS_MODE
        jmp set_graphics

; CS:SI -> mode, BL = page, AX = line of the screen. Returns DI = where it begins.
line_place:
        push ax
        cmp byte [cs:si + mode.kind], CGA
        je .cga
        call bytes_in_column
        imul di, [COLUMNS]          ; bytes in a line
        imul di, ax
        movzx ax, bl
        imul ax, [PAGE_SIZE]
        add di, ax
        pop ax
        ret
.cga:   shr ax, 1                   ; odd lines lie 8 KBytes after even ones
        mov di, 0
        jnc .even
        mov di, 0x2000
.even:  imul ax, ax, 80
        add di, ax
        pop ax
        ret

; CS:SI -> mode. Returns DI = bytes of a line that a character covers.
bytes_in_column:
        mov di, 8
        cmp byte [cs:si + mode.kind], LINEAR
        je .done
        mov di, 1
        cmp byte [cs:si + mode.number], 0x06
        jae .done
        mov di, 2                   ; modes 4 and 5: two bits for a pixel
.done:  ret
