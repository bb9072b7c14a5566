; modes: setting a mode of the screen. All that a mode is, is values of some sixty registers
; (mode-tables.asm), colours, and what the data area says.

; AH = 00h: set video mode. AL = mode; bit 7: do not clear the screen. Returns AL = 30h for modes
; 0 to 5 and 7, 3Fh for mode 6, 20h for the others.
set_mode:
        mov dl, al                  ; DL = as asked
        and al, 0x7f
        mov cl, 0x30
        cmp al, 7
        jbe .low
        mov cl, 0x20
.low:   cmp al, 6
        jne .told
        mov cl, 0x3f
.told:  mov [bp + caller.al], cl
        call find_mode
        jc .unknown
        call vbe_off
        call set_data_area
        call set_registers
        call load_colours
        call set_font
        test dl, 0x80
        jnz .keep
        call clear_memory
.keep:  xor ax, ax
        call show_page
        jmp turn_screen_on
.unknown:
        ret

; AL = mode. Returns CS:SI -> its row; CF = 1 when there is no such mode.
find_mode:
        mov si, modes
.next:  cmp al, [cs:si + mode.number]
        je .found
        add si, mode_size
        cmp si, modes.end
        jb .next
        stc
        ret
.found: clc
        ret

; Returns CS:SI -> the row of the mode that is set; CF = 1 when it is none of ours.
this_mode:
        push ax
        mov al, [VIDEO_MODE]
        call find_mode
        pop ax
        ret

; CS:SI -> mode, DL = mode and bit 7.
set_data_area:
        push es
        mov bx, [cs:si + mode.parameters]
        mov al, [cs:si + mode.number]
        mov [VIDEO_MODE], al
        movzx ax, byte [cs:bx + parameters.columns]
        mov [COLUMNS], ax
        mov al, [cs:bx + parameters.last_row]
        mov [LAST_ROW], al
        movzx ax, byte [cs:bx + parameters.height]
        mov [CHARACTER_HEIGHT], ax
        mov ax, [cs:bx + parameters.page_size]
        mov [PAGE_SIZE], ax
        mov ax, CRTC
        test byte [cs:bx + parameters.miscellaneous], 1
        jnz .colour
        mov ax, CRTC - 0x20
.colour:
        mov [CRTC_PORT], ax
        mov al, dl
        and al, 0x80
        or al, 0x60
        mov [VIDEO_CONTROL], al
        mov ax, 0x0607
        cmp byte [cs:si + mode.kind], TEXT
        je .shape
        xor ax, ax                  ; graphics modes have no cursor
.shape: mov [CURSOR_SHAPE], ax
        xor ax, ax
        mov [PAGE_START], ax
        mov [ACTIVE_PAGE], al
        mov [PALETTE], al
        mov [MODE_CONTROL], al
        push ds
        pop es
        mov di, CURSORS
        mov cx, 8
        rep stosw
        pop es
        ret

; CS:SI -> mode. While its registers change, the screen is off.
set_registers:
        push si
        push dx
        mov si, [cs:si + mode.parameters]
        mov al, [cs:si + parameters.miscellaneous]
        mov dx, MISCELLANEOUS       ; first, because its bit 0 decides where the CRTC is
        out dx, al
        add si, parameters.attributes
        call reset_attribute
        mov dx, ATTRIBUTE
        mov ah, 0
.attribute:
        mov al, ah
        out dx, al                  ; with bit 5 off
        mov al, [cs:si]
        inc si
        out dx, al
        inc ah
        cmp ah, 0x14
        jb .attribute
        mov al, ah                  ; register 14h: 0
        out dx, al
        mov al, 0
        out dx, al
        sub si, parameters.attributes + 0x14

        mov dx, SEQUENCER
        mov ax, 0x0100              ; stopped
        out dx, ax
        mov al, 1
        mov bx, parameters.sequencer
        mov cx, 4
        call set_block
        mov ax, 0x0300              ; running
        out dx, ax

        mov dx, GRAPHICS
        mov al, 0
        mov bx, parameters.graphics
        mov cx, 9
        call set_block

        mov dx, [CRTC_PORT]
        mov ax, CRTC_PROTECT        ; its first registers may be written
        out dx, ax
        mov al, 0
        mov bx, parameters.crtc
        mov cx, 25
        call set_block
        mov dx, PEL_MASK
        mov al, 0xff
        out dx, al
        pop dx
        pop si
        ret

; DX = index port, AL = the first register, CX = how many, CS:SI+BX -> values.
set_block:
        mov ah, [cs:si + bx]
        out dx, ax
        inc bx
        inc al
        loop set_block
        ret

turn_screen_on:
        call reset_attribute
        mov dx, ATTRIBUTE
        mov al, ATTRIBUTE_SCREEN_ON
        out dx, al
        ret

; CS:SI -> mode. Text modes need a font in plane 2 of the memory; the others draw by the font of
; vector 43h.
set_font:
        push ds
        pushad
        mov bx, [cs:si + mode.parameters]
        movzx ax, byte [cs:bx + parameters.height]
        mov bx, font_8x16
        cmp al, 16
        je .known
        mov bx, font_8x14
        cmp al, 14
        je .known
        mov bx, font_8x8
.known: push 0
        pop ds
        mov [0x43 * 4], bx
        mov [0x43 * 4 + 2], cs
        cmp byte [cs:si + mode.kind], TEXT
        jne .done
        push DATA_AREA
        pop ds
        mov bp, bx
        push cs
        pop es
        mov bh, al                  ; height
        mov bl, 0                   ; block
        mov cx, 256
        xor dx, dx
        call load_font
.done:  popad
        pop ds
        ret

; CS:SI -> mode. Spaces on a text screen, black on the others.
clear_memory:
        push es
        mov es, [cs:si + mode.segment]
        xor di, di
        mov ax, 0x0720
        mov cx, 0x4000              ; words: 32 KBytes
        cmp byte [cs:si + mode.kind], TEXT
        je .fill
        xor ax, ax
        cmp byte [cs:si + mode.kind], CGA
        je .fill
        mov cx, 0x8000
.fill:  shr cx, 1
        push ax
        shl eax, 16
        pop ax
        rep stosd
        pop es
        ret

; AH = 0Fh: get video mode. Returns AL = mode, with bit 7 as it was asked for, AH = columns, BH =
; page.
get_mode:
        mov al, [VIDEO_CONTROL]
        and al, 0x80
        or al, [VIDEO_MODE]
        mov ah, [COLUMNS]
        mov [bp + caller.ax], ax
        mov al, [ACTIVE_PAGE]
        mov [bp + caller.bh], al
        ret
