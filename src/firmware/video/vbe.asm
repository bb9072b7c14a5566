; vbe: AH = 4Fh, the VESA BIOS extensions (VBE 3.0): more pixels and colours, in one piece of
; memory. The hardware is the display interface of Bochs and QEMU: an index at port 1CEh, values
; of 16 bits at 1CFh.

DISPI_INDEX     equ 0x1ce
DISPI_DATA      equ 0x1cf
DISPI_ID        equ 0               ; B0C0h to B0CFh, or there is no such interface
DISPI_WIDTH     equ 1
DISPI_HEIGHT    equ 2
DISPI_BITS      equ 3               ; of a pixel
DISPI_ENABLE    equ 4
DISPI_BANK      equ 5               ; which 64 KBytes are at A000:0000
DISPI_VIRTUAL_WIDTH equ 6
DISPI_VIRTUAL_HEIGHT equ 7
DISPI_LEFT      equ 8
DISPI_TOP       equ 9
DISPI_MEMORY    equ 10              ; units of 64 KBytes

ENABLED         equ 0x01            ; of DISPI_ENABLE
DAC_8_BITS      equ 0x20
LINEAR_ON       equ 0x40
KEEP_MEMORY     equ 0x80

VGA_PLACE       equ 0x80001010      ; PCI: base address register 0 of device 2, where all of the memory lies

VBE_MODE        equ 0xba            ; in the data area, a word: the mode as it was asked for
MODE_LINEAR     equ 0x4000
MODE_KEEP       equ 0x8000

vbe_services:
        call has_dispi
        jne .none
        cmp al, (.end - .functions) / 2
        jae .unknown
        movzx si, al
        add si, si
        mov byte [bp + caller.al], 0x4f ; there is this function …
        mov byte [bp + caller.ah], 0    ; … and it has done what it should
        jmp [cs:si + .functions]
.unknown:
        mov word [bp + caller.ax], 0x0100 ; AL = 0: there is no such function
.none:  ret
.functions:
        dw vbe_information, vbe_mode_information, vbe_set_mode, vbe_get_mode, vbe_save_state
        dw vbe_window, vbe_line_length, vbe_start, vbe_dac_width, vbe_palette
.end:

; AX = 014Fh: the function has failed. AX = 034Fh: not in this mode.
vbe_failed:
        mov byte [bp + caller.ah], 1
        ret
vbe_not_here:
        mov byte [bp + caller.ah], 3
        ret

; ------------------------------------------------------------------ the interface

; BX = number of a register. Returns AX = its value.
read_dispi:
        push dx
        mov dx, DISPI_INDEX
        mov ax, bx
        out dx, ax
        inc dx
        in ax, dx
        pop dx
        ret

; BX = number of a register, AX = its new value.
write_dispi:
        push dx
        push ax
        mov dx, DISPI_INDEX
        mov ax, bx
        out dx, ax
        inc dx
        pop ax
        out dx, ax
        pop dx
        ret

; ZF = 1: there is the interface.
has_dispi:
        push ax
        push bx
        mov bx, DISPI_ID
        call read_dispi
        and al, 0xf0
        cmp ax, 0xb0c0
        pop bx
        pop ax
        ret

; A mode of INT 10h function 00h has been asked for.
vbe_off:
        call has_dispi
        jne .done
        push ax
        push bx
        mov bx, DISPI_ENABLE
        xor ax, ax
        call write_dispi
        movzx ax, byte [cs:si + mode.number]
        mov [VBE_MODE], ax
        pop bx
        pop ax
.done:  ret

; ------------------------------------------------------------------ setting a mode

; AL = 02h: set VBE mode. BX = mode; bit 14: a frame buffer, bit 15: do not clear the memory.
vbe_set_mode:
        mov ax, bx
        and ax, 0x1ff
        cmp ax, 0x100
        jae .vbe
        mov ah, bh
        and ah, 0x80
        or al, ah                   ; as function 00h says it
        push word [bp + caller.ax]
        push bx
        call set_mode
        pop bx
        pop word [bp + caller.ax]
        and bx, 0xc1ff
        mov [VBE_MODE], bx
        ret
.vbe:   call find_vbe_mode
        jc vbe_failed
        and bx, 0xc1ff
        push bx
        mov bx, DISPI_ENABLE
        xor ax, ax
        call write_dispi            ; off, to be changed
        mov bx, DISPI_WIDTH
        mov ax, [cs:si + vbe_mode.width]
        call write_dispi
        inc bx                      ; DISPI_HEIGHT
        mov ax, [cs:si + vbe_mode.height]
        call write_dispi
        inc bx                      ; DISPI_BITS
        movzx ax, byte [cs:si + vbe_mode.bits]
        call write_dispi
        pop dx
        mov [VBE_MODE], dx
        mov ax, ENABLED
        test dx, MODE_LINEAR
        jz .banked
        or al, LINEAR_ON
.banked:
        test dx, MODE_KEEP
        jz .clear
        or al, KEEP_MEMORY
.clear: inc bx                      ; DISPI_ENABLE
        call write_dispi
        inc bx                      ; DISPI_BANK
        xor ax, ax
        call write_dispi
        mov byte [VIDEO_MODE], 0xff
        mov ax, [cs:si + vbe_mode.width]
        shr ax, 3
        mov [COLUMNS], ax
        mov word [CHARACTER_HEIGHT], 16
        mov ax, [cs:si + vbe_mode.height]
        shr ax, 4
        dec ax
        mov [LAST_ROW], al
        mov byte [ACTIVE_PAGE], 0
        mov word [PAGE_START], 0
        mov dword [CURSORS], 0
        mov word [CURSOR_SHAPE], 0
        cmp byte [cs:si + vbe_mode.bits], 8
        jne .done
        mov dx, DAC_WRITE_INDEX
        mov al, 0
        out dx, al
        inc dx
        call load_256
.done:  ret

; AL = 03h: return current VBE mode. Returns BX = mode.
vbe_get_mode:
        mov ax, [VBE_MODE]
        mov [bp + caller.bx], ax
        ret

; AX <> 0: a VBE mode is set.
vbe_enabled:
        mov bx, DISPI_ENABLE
        call read_dispi
        and ax, ENABLED
        ret

; AL = 04h: save or restore state. DL as AL of INT 10h function 1Ch.
vbe_save_state:
        mov al, dl
        call save_state
        mov word [bp + caller.ax], 0x004f
        ret

; ------------------------------------------------------------------ within a mode

; AL = 05h: display window control. BH = 0: 64 KBytes of number DX appear at A000:0000; BH = 1:
; which, DX. BL = window, 0. There is no window while the frame buffer is linear (VBE 2.0, 4.8).
vbe_window:
        mov cx, bx
        mov bx, DISPI_ENABLE
        call read_dispi
        test al, LINEAR_ON
        jnz vbe_not_here
        mov ax, dx
        mov bx, DISPI_BANK
        test cl, cl
        jnz vbe_failed
        cmp ch, 1
        ja vbe_failed
        je .get
        jmp write_dispi
.get:   call read_dispi
        mov [bp + caller.dx], ax
        ret

; The same, for a far call.
vbe_window_far:
        push bp
        mov ax, 0x4f05
        int 0x10
        pop bp
        retf

; AL = 06h: logical scan line length. BL = 0: set CX pixels, 2: set CX bytes, 1: get, 3: the
; greatest. Returns BX = bytes, CX = pixels, DX = lines that the memory holds.
vbe_line_length:
        call pixel_bytes_now
        jz vbe_failed
        mov si, ax                  ; SI = bytes of a pixel
        mov bl, [bp + caller.bl]
        mov ax, cx
        cmp bl, 1
        ja .bytes
        je .tell
        jmp .set
.bytes: cmp bl, 2
        jne vbe_failed
        xor dx, dx
        div si
.set:   mov bx, DISPI_VIRTUAL_WIDTH
        call write_dispi
.tell:  mov bx, DISPI_VIRTUAL_WIDTH
        call read_dispi
        mov [bp + caller.cx], ax
        mul si
        mov [bp + caller.bx], ax
        movzx ecx, ax
        mov bx, DISPI_MEMORY
        call read_dispi
        movzx eax, ax
        shl eax, 16
        xor edx, edx
        div ecx
        mov [bp + caller.dx], ax
        ret

; Returns AX = bytes of a pixel in the mode that is set; ZF = 1, AX = 0 when it is none of VBE's.
pixel_bytes_now:
        call vbe_enabled
        jz .done
        mov bx, DISPI_BITS
        call read_dispi
        add ax, 7
        shr ax, 3
.done:  ret

; AL = 07h: display start. BL = 0 or 80h: CX = the first pixel in a line, DX = the first line; BL
; = 1: tell them.
vbe_start:
        call vbe_enabled
        jz vbe_failed
        mov al, [bp + caller.bl]
        cmp al, 1
        je .get
        test al, 0x7f
        jnz vbe_failed
        mov bx, DISPI_LEFT
        mov ax, cx
        call write_dispi
        inc bx                      ; DISPI_TOP
        mov ax, dx
        jmp write_dispi
.get:   mov byte [bp + caller.bh], 0
        mov bx, DISPI_LEFT
        call read_dispi
        mov [bp + caller.cx], ax
        inc bx
        call read_dispi
        mov [bp + caller.dx], ax
        ret

; AL = 08h: DAC palette width. BL = 0: BH = bits of a colour, 6 or 8; BL = 1: tell, BH. Only with
; 256 colours.
vbe_dac_width:
        mov cx, bx
        call pixel_bytes_now
        cmp ax, 1
        jne vbe_not_here
        mov bx, DISPI_ENABLE
        call read_dispi
        cmp cl, 1
        ja vbe_failed
        je .tell
        and ax, ~DAC_8_BITS & 0xffff
        cmp ch, 8
        jb .set
        or ax, DAC_8_BITS
.set:   or ax, KEEP_MEMORY
        call write_dispi
.tell:  mov ch, 6
        test al, DAC_8_BITS
        jz .known
        mov ch, 8
.known: mov [bp + caller.bh], ch
        ret

; AL = 09h: palette data. BL = 0 or 80h: set, 1: get; CX = how many, DX = the first, ES:DI ->
; blue, green, red, 0 of each.
vbe_palette:
        mov ah, bl
        and ah, 0x7f
        cmp ah, 1
        ja vbe_failed
        mov al, dl
        mov dx, DAC_WRITE_INDEX
        jb .first
        dec dx                      ; DAC_READ_INDEX
.first: out dx, al
        mov dx, DAC_DATA
        jcxz .done
        je .get
.set:   mov al, [es:di + 2]
        out dx, al
        mov al, [es:di + 1]
        out dx, al
        mov al, [es:di]
        out dx, al
        add di, 4
        loop .set
.done:  ret
.get:   in al, dx
        mov [es:di + 2], al
        in al, dx
        mov [es:di + 1], al
        in al, dx
        mov [es:di], al
        mov byte [es:di + 3], 0
        add di, 4
        loop .get
        ret
