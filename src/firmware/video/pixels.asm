; pixels: single points in graphics modes.

; AH = 0Ch: write graphics pixel. AL = colour (bit 7: exclusive or, but not in mode 13h), BH =
; page, CX = column, DX = row.
write_pixel:
        call pixel_place
        jc .done
        mov bl, [bp + caller.al]    ; colour
        cmp byte [cs:si + mode.kind], LINEAR
        je .linear
        cmp byte [cs:si + mode.kind], PLANAR
        je .planar
        mov al, bl
        and al, ch
        shl al, cl                  ; the colour at its place
        test bl, 0x80
        jnz .xor
        shl ch, cl
        not ch
        and [es:di], ch
.xor:   xor [es:di], al
.done:  ret
.linear:
        mov [es:di], bl
        ret
.planar:
        mov ax, (0x0f << 8) | MAP_MASK
        call set_sequencer
        mov al, BIT_MASK
        mov ah, ch
        shl ah, cl
        call set_graphics
        mov al, SET_RESET
        mov ah, bl
        and ah, 0x0f
        call set_graphics
        mov ax, (0x0f << 8) | ENABLE_SET_RESET
        call set_graphics
        test bl, 0x80
        jz .write
        mov ax, (0x18 << 8) | FUNCTION_SELECT
        call set_graphics
.write: mov al, [es:di]             ; into the latches, for the other bits
        mov [es:di], al
        jmp reset_planar

; AH = 0Dh: read graphics pixel. BH = page, CX = column, DX = row. Returns AL = colour.
read_pixel:
        call get_pixel
        jc .done
        mov [bp + caller.al], al
.done:  ret

; BH = page, CX = column, DX = row. Returns AL = colour; CF = 1 in text modes.
get_pixel:
        push es
        pusha
        call pixel_place
        jc .done
        cmp byte [cs:si + mode.kind], PLANAR
        je .planar
        mov bl, [es:di]
        shr bl, cl
        and bl, ch
.known: mov bp, sp
        mov [bp + 14], bl           ; AL of PUSHA
        clc
.done:  popa
        pop es
        ret
.planar:
        mov bl, 0
        mov ax, (3 << 8) | READ_MAP
.plane: call set_graphics
        mov bh, [es:di]
        shr bh, cl
        shr bh, 1                   ; CF = the pixel's bit in this plane
        rcl bl, 1
        dec ah
        jns .plane
        mov ax, (0 << 8) | READ_MAP
        call set_graphics
        jmp .known

; BH = page, CX = column, DX = row. Returns CS:SI -> mode, ES:DI -> the byte with the pixel, CL =
; how far to the left it is in there, CH = its bits when it is at the right; CF = 1 in text modes.
pixel_place:
        call this_mode
        jc .done
        cmp byte [cs:si + mode.kind], TEXT
        je .text
        mov es, [cs:si + mode.segment]
        mov ax, dx
        mov bl, bh
        call line_place
        mov ax, cx
        cmp byte [cs:si + mode.kind], LINEAR
        je .linear
        push di
        call bytes_in_column
        cmp di, 2
        pop di
        je .two_bits
        shr ax, 3                   ; eight pixels in a byte
        add di, ax
        not cl
        and cx, 7
        mov ch, 1
        ret                         ; CF = 0
.two_bits:
        shr ax, 2                   ; four
        add di, ax
        not cl
        and cx, 3
        add cl, cl
        mov ch, 3
        ret
.linear:
        add di, ax
        mov cx, 0xff00
        clc
.done:  ret
.text:  stc
        ret

; AH = 04h: read light pen. There is none: AX = BX = CX = DX = 0.
get_light_pen:
        xor ax, ax
        mov [bp + caller.ax], ax
        mov [bp + caller.bx], ax
        mov [bp + caller.cx], ax
        mov [bp + caller.dx], ax
        ret
