; font-services: AH = 11h, the shapes of characters. In text modes they lie in plane 2 of the
; memory, 32 bytes for each of 256 characters, in eight blocks.

CHARACTER_MAP   equ 0x03            ; sequencer: the blocks that are shown
GLYPH_SIZE      equ 32
MAXIMUM_LINE    equ 0x09            ; CRTC: lines of a character - 1, in bits 4:0
VERTICAL_END    equ 0x12            ; CRTC: the last line, bits 7:0 …
OVERFLOW        equ 0x07            ; CRTC: … bit 8 in bit 1, bit 9 in bit 6

font_services:
        mov si, .functions
        jmp dispatch_al
.functions:
        FUNCTION 0x00, load_user_font
        FUNCTION 0x01, load_font_14
        FUNCTION 0x02, load_font_8
        FUNCTION 0x03, set_blocks
        FUNCTION 0x04, load_font_16
        FUNCTION 0x10, use_user_font
        FUNCTION 0x11, use_font_14
        FUNCTION 0x12, use_font_8
        FUNCTION 0x14, use_font_16
        FUNCTION 0x20, set_font_1f
        FUNCTION 0x21, set_font_43
        FUNCTION 0x22, draw_with_14
        FUNCTION 0x23, draw_with_8
        FUNCTION 0x24, draw_with_16
        FUNCTION 0x30, get_font
        db 0xff

; AL = 00h: load user-specified patterns. ES:BP -> patterns, CX = how many, DX = the first
; character, BL = block, BH = bytes of each. AL = 10h: the same, and rows of the screen get that
; height.
load_user_font:
        mov bp, [bp + caller.bp]
        jmp load_font
use_user_font:
        mov al, bh
        push ax
        call load_user_font
        pop ax
        jmp set_height

; AL = 01h, 02h, 04h: load a font of this ROM into block BL. AL = 11h, 12h, 14h: and set the height.
load_font_14:
        mov bp, font_8x14
        mov bh, 14
        jmp load_rom_font
load_font_8:
        mov bp, font_8x8
        mov bh, 8
        jmp load_rom_font
load_font_16:
        mov bp, font_8x16
        mov bh, 16
load_rom_font:
        push cs
        pop es
        mov cx, 256
        xor dx, dx
        jmp load_font
use_font_14:
        call load_font_14
        mov al, 14
        jmp set_height
use_font_8:
        call load_font_8
        mov al, 8
        jmp set_height
use_font_16:
        call load_font_16
        mov al, 16
        jmp set_height

; ES:BP -> patterns, CX = how many, DX = the first character, BL = block, BH = bytes of each.
load_font:
        push ds
        call open_plane_2
        mov al, bl                  ; blocks 0 to 3 lie 16 KBytes apart, 4 to 7 in between
        and ax, 3
        shl ax, 14
        test bl, 4
        jz .first_half
        add ax, 8192
.first_half:
        mov di, dx
        shl di, 5
        add di, ax
        mov si, bp
        push es
        pop ds
        push 0xa000
        pop es
        movzx dx, bh
        jcxz .done
.next:  push cx
        mov cx, dx
        rep movsb
        add di, GLYPH_SIZE
        sub di, dx
        pop cx
        loop .next
.done:  pop ds
        jmp close_plane_2

; Plane 2 alone, as 64 KBytes at A000:0000.
open_plane_2:
        mov ax, (0x04 << 8) | MAP_MASK
        call set_sequencer
        mov ax, (0x07 << 8) | 0x04  ; memory mode: no odd and even planes
        call set_sequencer
        mov ax, (0x02 << 8) | READ_MAP
        call set_graphics
        mov ax, (0x00 << 8) | GRAPHICS_MODE
        call set_graphics
        mov ax, (0x04 << 8) | 0x06  ; miscellaneous: at A000
        jmp set_graphics

; As text modes have it: characters in plane 0, attributes in plane 1, at B800 or B000.
close_plane_2:
        mov ax, (0x03 << 8) | MAP_MASK
        call set_sequencer
        mov ax, (0x03 << 8) | 0x04
        call set_sequencer
        mov ax, (0x00 << 8) | READ_MAP
        call set_graphics
        mov ax, (0x10 << 8) | GRAPHICS_MODE
        call set_graphics
        mov ax, (0x0e << 8) | 0x06
        cmp byte [CRTC_PORT], CRTC & 0xff
        je .colour
        mov ah, 0x0a
.colour:
        jmp set_graphics

; AL = 03h: set block specifier. BL = the two blocks that bit 3 of an attribute chooses from.
set_blocks:
        mov al, CHARACTER_MAP
        mov ah, bl
        jmp set_sequencer

; AL = height of a character. As many rows as fit on the screen.
set_height:
        movzx bx, al
        mov [CHARACTER_HEIGHT], bx
        mov al, MAXIMUM_LINE
        call get_crtc
        dec bx
        and ah, 0xe0
        or ah, bl
        call set_crtc
        inc bx
        mov cx, 0x0607              ; the cursor: two lines at the bottom, as in each mode
        cmp bl, 8
        je .cursor
        mov ch, bl
        mov cl, bl
        sub cx, 0x0302
.cursor:
        mov [CURSOR_SHAPE], cx
        call set_cursor_lines
        call lines_of_screen
        xor dx, dx
        div bx                      ; AX = rows
        mov dx, ax
        dec ax
        mov [LAST_ROW], al
        mov ax, dx
        mul word [COLUMNS]
        add ax, ax
        add ax, 0x7ff               ; pages begin at multiples of 2 KBytes
        and ax, 0xf800
        mov [PAGE_SIZE], ax
        ret

; AL = register of the CRTC. Returns AH = its value.
get_crtc:
        push dx
        mov dx, [CRTC_PORT]
        out dx, al
        inc dx
        xchg al, ah
        in al, dx
        xchg al, ah
        pop dx
        ret

; Returns AX = lines of the screen, as the CRTC shows them.
lines_of_screen:
        push cx
        mov al, OVERFLOW
        call get_crtc
        mov ch, 0
        test ah, 0x02
        jz .bit_9
        or ch, 1
.bit_9: test ah, 0x40
        jz .low
        or ch, 2
.low:   mov al, VERTICAL_END
        call get_crtc
        mov cl, ah
        mov ax, cx
        inc ax
        pop cx
        ret

; AL = 20h: ES:BP -> the upper half of the 8x8 font for graphics modes.
set_font_1f:
        mov ax, [bp + caller.bp]
        mov bx, 0x1f * 4
        ; fall through

; BX = address of a vector. It becomes ES:AX.
set_vector:
        push ds
        push 0
        pop ds
        mov [bx], ax
        mov [bx + 2], es
        pop ds
        ret

; AL = 21h: ES:BP -> the font for graphics modes, CX = bytes of a character, BL = rows on the
; screen (1 = 14, 2 = 25, 3 = 43, 0 = DL). AL = 22h, 23h, 24h: a font of this ROM.
set_font_43:
        mov ax, [bp + caller.bp]
        jmp draw_with
draw_with_14:
        mov cx, 14
        mov ax, font_8x14
        jmp draw_with_rom
draw_with_8:
        mov cx, 8
        mov ax, font_8x8
        jmp draw_with_rom
draw_with_16:
        mov cx, 16
        mov ax, font_8x16
draw_with_rom:
        push cs
        pop es
draw_with:
        mov [CHARACTER_HEIGHT], cx
        cmp bl, 3
        ja .rows
        movzx si, bl
        test si, si
        jz .rows
        mov dl, [cs:si + .counts - 1]
.rows:  dec dl
        mov [LAST_ROW], dl
        mov bx, 0x43 * 4
        jmp set_vector
.counts:
        db 14, 25, 43

; AL = 30h: get font information. BH = which. Returns ES:BP -> font, CX = lines of a character on
; the screen, DL = last row.
get_font:
        cmp bh, 7
        ja .done
        mov ax, [CHARACTER_HEIGHT]
        mov [bp + caller.cx], ax
        mov al, [LAST_ROW]
        mov [bp + caller.dl], al
        movzx si, bh
        add si, si
        push ds
        push 0
        pop ds
        les di, [0x1f * 4]
        cmp bh, 1
        jb .known
        les di, [0x43 * 4]
        je .known
        push cs
        pop es
        mov di, [cs:si + .fonts - 4]
.known: pop ds
        mov [bp + caller.es], es
        mov [bp + caller.bp], di
.done:  ret
.fonts: dw font_8x14, font_8x8, font_8x8 + 128 * 8, no_alternates, font_8x16, no_alternates

; Fonts of 9 pixels' width have some other shapes; ours have not.
no_alternates:
        db 0
