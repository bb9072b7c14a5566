; display: what kind of screen there is, and the little switches of the VGA.

; AH = 12h: alternate select. BL = which.
alternate_select:
        mov ah, bl
        mov si, .functions
        jmp dispatch
.functions:
        FUNCTION 0x10, get_ega_information
        FUNCTION 0x30, select_lines
        FUNCTION 0x31, select_default_palette
        FUNCTION 0x32, select_video
        FUNCTION 0x33, select_grey
        FUNCTION 0x34, select_cursor_emulation
        FUNCTION 0x35, select_nothing ; another adapter's display: there is none
        FUNCTION 0x36, select_refresh
        db 0xff

; BL = 10h: get EGA information. Returns BH = 0 colour, 1 monochrome, BL = 3: 256 KBytes, CH = 0:
; nothing at the feature connector, CL = switches.
get_ega_information:
        mov bx, 0x0003
        cmp byte [CRTC_PORT], CRTC & 0xff
        je .colour
        mov bh, 1
.colour:
        mov [bp + caller.bx], bx
        mov cl, [VIDEO_SWITCHES]
        and cx, 0x000f
        mov [bp + caller.cx], cx
        ret

; BL = 30h: lines in text modes, from the next mode set on. AL = 0: 200, 1: 350, 2: 400. Returns
; AL = 12h. (It is only noted: all our text modes have 400 lines.)
select_lines:
        cmp al, 2
        ja select_nothing
        mov bx, (0x80 << 8) | 0x08  ; 200 lines: VIDEO_FLAGS bits 7 and 4, VIDEO_SWITCHES bits 3:0
        jb .other
        mov bx, (0x10 << 8) | 0x09
.other: cmp al, 1
        jne .set
        mov bx, (0x00 << 8) | 0x09
.set:   mov al, [VIDEO_FLAGS]
        and al, ~0x90 & 0xff
        or al, bh
        mov [VIDEO_FLAGS], al
        mov al, [VIDEO_SWITCHES]
        and al, 0xf0
        or al, bl
        mov [VIDEO_SWITCHES], al
        jmp select_nothing

; BL = 31h: AL = 0: setting a mode loads its colours; 1: it does not. Returns AL = 12h, as all of
; the following.
select_default_palette:
        mov cl, 3                   ; VIDEO_FLAGS bit 3
        jmp flag_of_video
; BL = 33h: AL = 0: grey-scale summing on, 1: off.
select_grey:
        xor al, 1
        mov cl, 1                   ; bit 1
flag_of_video:
        mov ah, 1
        and al, ah
        shl ax, cl
        not ah
        and [VIDEO_FLAGS], ah
        or [VIDEO_FLAGS], al
        jmp select_nothing

; BL = 34h: AL = 0: cursor shapes are stretched, 1: they are not.
select_cursor_emulation:
        and al, 1
        and byte [VIDEO_CONTROL], ~1 & 0xff
        or [VIDEO_CONTROL], al
        jmp select_nothing

; BL = 32h: AL = 0: the adapter answers to the processor, 1: it does not.
select_video:
        and al, 1
        xor al, 1
        shl al, 1
        mov ah, al
        mov dx, MISCELLANEOUS_READ
        in al, dx
        and al, ~2 & 0xff           ; bit 1: its memory is there
        or al, ah
        mov dx, MISCELLANEOUS
        out dx, al
        jmp select_nothing

; BL = 36h: AL = 0: the screen is on, 1: off.
select_refresh:
        mov bl, al
        and bl, 1
        shl bl, 5                   ; sequencer, clocking mode: bit 5
        mov dx, SEQUENCER
        mov al, 1
        out dx, al
        inc dx
        in al, dx
        and al, ~0x20 & 0xff
        or al, bl
        out dx, al
        ; fall through

select_nothing:
        mov byte [bp + caller.al], 0x12
        ret

; AH = 1Ah: display combination code. AL = 0: get it, BL = 8 (a VGA with a colour screen), BH = 0
; (no other); AL = 1: set it, BL. Returns AL = 1Ah.
display_combination:
        cmp al, 1
        ja .done
        je .set
        mov bl, [DISPLAY_CODE]
        mov bh, 0
        mov [bp + caller.bx], bx
        jmp .told
.set:   mov [DISPLAY_CODE], bl
.told:  mov byte [bp + caller.al], 0x1a
.done:  ret

; ------------------------------------------------------------------ AH = 1Bh: state

; BX = 0, ES:DI -> room for 64 bytes. Returns AL = 1Bh.
get_state:
        mov byte [bp + caller.al], 0x1b
        test bx, bx
        jnz .done
        mov word [es:di], .static
        mov [es:di + 2], cs
        push di
        add di, 4
        mov si, VIDEO_MODE          ; mode, columns, cursors, page, port: 1Eh bytes as they are
        mov cx, 0x1e
        rep movsb
        mov al, [LAST_ROW]
        stosb                       ; 22h: rows - 1
        mov ax, [CHARACTER_HEIGHT]
        stosw                       ; 23h
        mov al, [DISPLAY_CODE]
        stosb                       ; 25h
        mov al, 0
        stosb                       ; 26h: no second display
        mov ax, 16
        stosw                       ; 27h: colours
        mov al, 8
        stosb                       ; 29h: pages
        mov al, 2
        stosb                       ; 2Ah: 400 lines
        mov cx, 0x40 - 0x2b
        mov al, 0
        rep stosb
        pop di
        mov byte [es:di + 0x31], 3  ; 256 KBytes
.done:  ret

.static:                            ; what this adapter can do
        db 0xff, 0xe0, 0x0f         ; modes 0 to 7, 0Dh to 0Fh, 10h to 13h
        dd 0
        db 0x07                     ; text modes of 200, 350 and 400 lines
        db 2, 8                     ; fonts at once, blocks of fonts
        db 0xe7, 0x0c               ; functions
        dw 0
        db 0, 0

; AH = 1Ch: save or restore state. AL = 0: how large, BX = blocks of 64 bytes; 1: save to ES:BX;
; 2: restore. CX: bit 0 hardware, 1 data area, 2 DAC. Only the data area is kept. Returns AL =
; 1Ch.
save_state:
        cmp al, 1
        jb .size
        cmp al, 2
        ja .done
        mov si, VIDEO_MODE
        mov cx, DISPLAY_CODE + 1 - VIDEO_MODE
        mov di, bx
        je .restore
        rep movsb
        jmp .told
.restore:
        push es
        push ds
        pop es
        pop ds
        xchg si, di
        rep movsb
        push DATA_AREA
        pop ds
        jmp .told
.size:  mov word [bp + caller.bx], 2
.told:  mov byte [bp + caller.al], 0x1c
.done:  ret
