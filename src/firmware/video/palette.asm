; palette: AH = 10h, the colours. A number in the memory goes through the attribute controller's
; 16 registers, and what stands there chooses one of the DAC's 256.

OVERSCAN        equ 0x11            ; attribute controller: the border's colour
MODE_REGISTER   equ 0x10
COLOUR_SELECT   equ 0x14
BLINK           equ 0x08            ; mode register: bit 7 of an attribute means blinking
PALETTE_42      equ 0x80            ; mode register: 16 pages of 16 colours, not four of 64

palette_services:
        mov si, .functions
        jmp dispatch_al
.functions:
        FUNCTION 0x00, set_palette_register
        FUNCTION 0x01, set_border
        FUNCTION 0x02, set_palette
        FUNCTION 0x03, toggle_blinking
        FUNCTION 0x07, get_palette_register
        FUNCTION 0x08, get_border
        FUNCTION 0x09, get_palette
        FUNCTION 0x10, set_dac_register
        FUNCTION 0x12, set_dac_block
        FUNCTION 0x13, set_colour_page
        FUNCTION 0x15, get_dac_register
        FUNCTION 0x17, get_dac_block
        FUNCTION 0x18, set_pel_mask
        FUNCTION 0x19, get_pel_mask
        FUNCTION 0x1a, get_colour_page
        FUNCTION 0x1b, make_grey
        db 0xff

; AL = 00h: set single palette register. BL = register (0 to 14h), BH = value.
set_palette_register:
        cmp bl, COLOUR_SELECT
        ja .done
        mov ax, bx
        jmp set_attribute
.done:  ret

; AL = 01h: set border colour BH.
set_border:
        mov ah, bh
        mov al, OVERSCAN
        jmp set_attribute

; AL = 02h: set all palette registers. ES:DX -> 16 values and the border's.
set_palette:
        mov si, dx
        mov al, 0
.next:  mov ah, [es:si]
        call set_attribute
        inc si
        inc al
        cmp al, 16
        jb .next
        mov ah, [es:si]
        mov al, OVERSCAN
        jmp set_attribute

; AL = 03h: bit 7 of attributes: BL = 0 a bright background, 1 blinking.
toggle_blinking:
        mov al, MODE_REGISTER
        call get_attribute
        and ah, ~BLINK & 0xff
        test bl, 1
        jz .set
        or ah, BLINK
.set:   jmp set_attribute

; AL = 07h: get single palette register. BL = register. Returns BH = value.
get_palette_register:
        cmp bl, COLOUR_SELECT
        ja .done
        mov al, bl
        call get_attribute
        mov [bp + caller.bh], ah
.done:  ret

; AL = 08h: get border colour. Returns BH.
get_border:
        mov al, OVERSCAN
        call get_attribute
        mov [bp + caller.bh], ah
        ret

; AL = 09h: get all palette registers. ES:DX -> room for 17 bytes.
get_palette:
        mov di, dx
        mov al, 0
.next:  call get_attribute
        mov [es:di], ah
        inc di
        inc al
        cmp al, 16
        jb .next
        mov al, OVERSCAN
        call get_attribute
        mov [es:di], ah
        ret

; AL = 10h: set individual DAC register. BX = number, DH, CH, CL = red, green, blue.
set_dac_register:
        mov ah, dh
        mov dx, DAC_WRITE_INDEX
        mov al, bl
        out dx, al
        inc dx                      ; DAC_DATA
        mov al, ah
        out dx, al
        mov al, ch
        out dx, al
        mov al, cl
        out dx, al
        ret

; AL = 12h: set block of DAC registers. BX = the first, CX = how many, ES:DX -> three bytes each.
set_dac_block:
        mov si, dx
        mov dx, DAC_WRITE_INDEX
        mov al, bl
        out dx, al
        inc dx
        imul cx, cx, 3
        es rep outsb
        ret

; AL = 13h: BL = 0: BH = 0 four pages of 64 colours, 1 sixteen of 16; BL = 1: BH = page.
set_colour_page:
        mov al, MODE_REGISTER
        call get_attribute
        test bl, bl
        jnz .page
        and ah, ~PALETTE_42 & 0xff
        shl bh, 7
        or ah, bh
        jmp set_attribute
.page:  test ah, PALETTE_42
        jnz .sixteen
        shl bh, 2
.sixteen:
        mov ah, bh
        and ah, 0x0f
        mov al, COLOUR_SELECT
        jmp set_attribute

; AL = 1Ah: get colour page. Returns BL = 0 or 1 as above, BH = page.
get_colour_page:
        mov al, COLOUR_SELECT
        call get_attribute
        mov bh, ah
        mov al, MODE_REGISTER
        call get_attribute
        mov bl, ah
        shr bl, 7
        jnz .known
        shr bh, 2
.known: mov [bp + caller.bx], bx
        ret

; AL = 15h: get individual DAC register. BL = number. Returns DH, CH, CL = red, green, blue.
get_dac_register:
        mov al, bl
        call read_dac
        mov [bp + caller.dh], ah
        mov [bp + caller.cx], cx
        ret

; AL = number. Returns AH, CH, CL = red, green, blue.
read_dac:
        push dx
        mov dx, DAC_READ_INDEX
        out dx, al
        mov dx, DAC_DATA
        in al, dx
        mov ah, al
        in al, dx
        mov ch, al
        in al, dx
        mov cl, al
        pop dx
        ret

; AL = 17h: get block of DAC registers. BX = the first, CX = how many, ES:DX -> room for three
; bytes each.
get_dac_block:
        mov di, dx
        mov dx, DAC_READ_INDEX
        mov al, bl
        out dx, al
        mov dx, DAC_DATA
        imul cx, cx, 3
        rep insb
        ret

; AL = 18h: set PEL mask BL. AL = 19h: get it, BL.
set_pel_mask:
        mov dx, PEL_MASK
        mov al, bl
        out dx, al
        ret
get_pel_mask:
        mov dx, PEL_MASK
        in al, dx
        mov [bp + caller.bl], al
        ret

; AL = 1Bh: perform grey-scale summing. BX = the first DAC register, CX = how many: 30% red, 59%
; green, 11% blue.
make_grey:
        jcxz .done
.next:  push cx
        mov al, bl
        call read_dac
        movzx si, ah
        imul si, si, 77             ; of 256
        movzx di, ch
        imul di, di, 151
        add si, di
        movzx di, cl
        imul di, di, 28
        lea ax, [si + 0x80]
        add ax, di
        shr ax, 8
        cmp al, 0x3f
        jbe .fits
        mov al, 0x3f
.fits:  mov dh, al
        mov ch, al
        mov cl, al
        call set_dac_register
        pop cx
        inc bl
        loop .next
.done:  ret

; AH = 0Bh, from the days of the CGA. BH = 0: BL = background (bit 4: bright colours); BH = 1: BL
; = 0 green, red, brown, 1 cyan, magenta, white.
set_border_or_palette:
        cmp bh, 1
        je .palette
        ja .done
        mov ah, bl
        mov dh, bl
        and dh, 0x10
        test ah, 8
        jz .dark
        add ah, 8
.dark:  and ah, 0x17
        mov al, 0
        call set_attribute
        mov al, 1
.bright:
        call get_attribute
        and ah, ~0x10 & 0xff
        or ah, dh
        call set_attribute
        inc al
        cmp al, 4
        jb .bright
.done:  ret
.palette:
        and bl, 1
        mov al, 1
.next:  call get_attribute
        and ah, ~1 & 0xff
        or ah, bl
        call set_attribute
        inc al
        cmp al, 4
        jb .next
        ret
