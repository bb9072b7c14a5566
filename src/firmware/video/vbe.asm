; vbe: AH = 4Fh, the VESA BIOS extensions (VBE 3.0): more pixels and colours, in one piece of memory. The hardware is
; the display interface of Bochs and QEMU: an index at port 1CEh, values of 16 bits at 1CFh.

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

FRAME_BUFFER    equ 0xe0000000      ; where all of the memory lies, for protected mode

VBE_MODE        equ 0xba            ; in the data area, a word: the mode, bits 14 and 15 as asked for
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

; ------------------------------------------------------------------ modes

struc vbe_mode
.number:        resw 1
.width:         resw 1
.height:        resw 1
.bits:          resb 1
endstruc

%macro VBE_MODES 4                  ; mode, width, height, bits
        dw %1, %2, %3
        db %4
%endmacro

vbe_modes:
        VBE_MODES 0x100, 640, 400, 8
        VBE_MODES 0x101, 640, 480, 8
        VBE_MODES 0x103, 800, 600, 8
        VBE_MODES 0x105, 1024, 768, 8
        VBE_MODES 0x107, 1280, 1024, 8
        VBE_MODES 0x10d, 320, 200, 15
        VBE_MODES 0x10e, 320, 200, 16
        VBE_MODES 0x10f, 320, 200, 24
        VBE_MODES 0x110, 640, 480, 15
        VBE_MODES 0x111, 640, 480, 16
        VBE_MODES 0x112, 640, 480, 24
        VBE_MODES 0x113, 800, 600, 15
        VBE_MODES 0x114, 800, 600, 16
        VBE_MODES 0x115, 800, 600, 24
        VBE_MODES 0x116, 1024, 768, 15
        VBE_MODES 0x117, 1024, 768, 16
        VBE_MODES 0x118, 1024, 768, 24
        VBE_MODES 0x119, 1280, 1024, 15
        VBE_MODES 0x11a, 1280, 1024, 16
        VBE_MODES 0x11b, 1280, 1024, 24
        VBE_MODES 0x140, 320, 200, 32
        VBE_MODES 0x141, 640, 400, 32
        VBE_MODES 0x142, 640, 480, 32
        VBE_MODES 0x143, 800, 600, 32
        VBE_MODES 0x144, 1024, 768, 32
        VBE_MODES 0x145, 1280, 1024, 32
        VBE_MODES 0x146, 320, 200, 8
vbe_modes_end:

; AX = number of a mode. Returns CS:SI -> its row; CF = 1 when there is none.
find_vbe_mode:
        mov si, vbe_modes
.next:  cmp ax, [cs:si + vbe_mode.number]
        je .found
        add si, vbe_mode_size
        cmp si, vbe_modes_end
        jb .next
        stc
        ret
.found: clc
        ret

; CS:SI -> row. Returns AX = bytes of a pixel.
bytes_of_pixel:
        movzx ax, byte [cs:si + vbe_mode.bits]
        add ax, 7
        shr ax, 3
        ret

; AL = 00h: return VBE controller information. ES:DI -> 512 bytes.
struc vbe_information_block
.signature:     resd 1              ; 'VESA'
.version:       resw 1
.maker:         resd 1              ; far pointers to texts …
.capabilities:  resd 1              ; bit 0: the DAC can have 8 bits
.modes:         resd 1              ; … and to a list of modes, FFFFh at the end
.memory:        resw 1              ; units of 64 KBytes
.revision:      resw 1
.vendor:        resd 1
.product:       resd 1
.product_revision: resd 1
.list:          resb 222            ; the list of modes is put in here
endstruc

vbe_information:
        mov dword [es:di + vbe_information_block.signature], 'VESA'
        mov word [es:di + vbe_information_block.version], 0x0300
        mov dword [es:di + vbe_information_block.capabilities], 1
        mov bx, DISPI_MEMORY
        call read_dispi
        mov [es:di + vbe_information_block.memory], ax
        mov word [es:di + vbe_information_block.revision], 0
        lea ax, [di + vbe_information_block.list]
        mov [es:di + vbe_information_block.modes], ax
        mov [es:di + vbe_information_block.modes + 2], es
        mov ax, .maker
        mov cx, cs
        mov [es:di + vbe_information_block.maker], ax
        mov [es:di + vbe_information_block.maker + 2], cx
        mov [es:di + vbe_information_block.vendor], ax
        mov [es:di + vbe_information_block.vendor + 2], cx
        mov [es:di + vbe_information_block.product], ax
        mov [es:di + vbe_information_block.product + 2], cx
        mov [es:di + vbe_information_block.product_revision], ax
        mov [es:di + vbe_information_block.product_revision + 2], cx
        add di, vbe_information_block.list
        mov si, vbe_modes
.next:  mov ax, [cs:si + vbe_mode.number]
        stosw
        add si, vbe_mode_size
        cmp si, vbe_modes_end
        jb .next
        mov ax, 0xffff
        stosw
        ret
.maker: db "Ringside", 0

; AL = 01h: return VBE mode information. CX = mode, ES:DI -> 256 bytes.
struc vbe_mode_block
.attributes:    resw 1              ; bits: 0 supported, 1 and 3 always, 4 graphics, 5 no VGA, 7 a frame buffer
.window_a:      resb 1              ; 7: it is there, can be read and written
.window_b:      resb 1
.granularity:   resw 1              ; KBytes
.window_size:   resw 1
.segment_a:     resw 1
.segment_b:     resw 1
.window_function: resd 1            ; what function 05h does, for a far call
.pitch:         resw 1              ; bytes from line to line
.width:         resw 1
.height:        resw 1
.character_width: resb 1
.character_height: resb 1
.planes:        resb 1
.bits:          resb 1
.banks:         resb 1
.model:         resb 1              ; 4: numbers of colours, 6: colours themselves
.bank_size:     resb 1
.pages:         resb 1              ; more of them
.reserved:      resb 1
.masks:         resb 8              ; red, green, blue, rest: bits, and the lowest
.colour_information: resb 1         ; bit 1: the rest is free for programs
.frame_buffer:  resd 1
                resb 6
.linear_pitch:  resw 1              ; in the frame buffer: the same again
.pages_banked:  resb 1
.pages_linear:  resb 1
.masks_linear:  resb 8
                resb 256 - 62
endstruc

vbe_mode_information:
        mov ax, cx
        and ax, 0x1ff
        call find_vbe_mode
        jc vbe_failed
        push di
        mov cx, vbe_mode_block_size / 2
        xor ax, ax
        rep stosw
        pop di
        mov word [es:di + vbe_mode_block.attributes], 0xbb
        mov byte [es:di + vbe_mode_block.window_a], 7
        mov word [es:di + vbe_mode_block.granularity], 64
        mov word [es:di + vbe_mode_block.window_size], 64
        mov word [es:di + vbe_mode_block.segment_a], 0xa000
        mov word [es:di + vbe_mode_block.window_function], vbe_window_far
        mov [es:di + vbe_mode_block.window_function + 2], cs
        call bytes_of_pixel
        mov bx, [cs:si + vbe_mode.width]
        mov [es:di + vbe_mode_block.width], bx
        mul bx
        mov [es:di + vbe_mode_block.pitch], ax
        mov [es:di + vbe_mode_block.linear_pitch], ax
        mov bx, [cs:si + vbe_mode.height]
        mov [es:di + vbe_mode_block.height], bx
        mov word [es:di + vbe_mode_block.character_width], 16 << 8 | 8
        mul bx                      ; DX:AX = bytes of a picture
        add ax, 0xffff              ; DX = units of 64 KBytes, rounded up
        adc dx, 0
        mov cx, dx
        mov bx, DISPI_MEMORY
        call read_dispi
        xor dx, dx
        div cx
        dec ax
        mov [es:di + vbe_mode_block.pages], al
        mov byte [es:di + vbe_mode_block.planes], 1
        mov byte [es:di + vbe_mode_block.banks], 1
        mov byte [es:di + vbe_mode_block.reserved], 1
        mov dword [es:di + vbe_mode_block.frame_buffer], FRAME_BUFFER
        mov al, [cs:si + vbe_mode.bits]
        mov [es:di + vbe_mode_block.bits], al
        mov byte [es:di + vbe_mode_block.model], 4
        cmp al, 8
        je .done
        mov byte [es:di + vbe_mode_block.model], 6
        mov bx, .masks_15
        cmp al, 15
        je .masks
        mov bx, .masks_16
        cmp al, 16
        je .masks
        mov bx, .masks_24
        cmp al, 24
        je .masks
        mov bx, .masks_32
        mov byte [es:di + vbe_mode_block.colour_information], 2
.masks: mov eax, [cs:bx]
        mov [es:di + vbe_mode_block.masks], eax
        mov [es:di + vbe_mode_block.masks_linear], eax
        mov eax, [cs:bx + 4]
        mov [es:di + vbe_mode_block.masks + 4], eax
        mov [es:di + vbe_mode_block.masks_linear + 4], eax
.done:  ret
.masks_15: db 5, 10, 5, 5, 5, 0, 1, 15
.masks_16: db 5, 11, 6, 5, 5, 0, 0, 0
.masks_24: db 8, 16, 8, 8, 8, 0, 0, 0
.masks_32: db 8, 16, 8, 8, 8, 0, 8, 24

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

; AL = 05h: display window control. BH = 0: 64 KBytes of number DX appear at A000:0000; BH = 1: which, DX. BL =
; window, 0.
vbe_window:
        mov ax, dx
        mov cx, bx
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

; AL = 06h: logical scan line length. BL = 0: set CX pixels, 2: set CX bytes, 1: get, 3: the greatest. Returns BX =
; bytes, CX = pixels, DX = lines that the memory holds.
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

; AL = 07h: display start. BL = 0 or 80h: CX = the first pixel in a line, DX = the first line; BL = 1: tell them.
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

; AL = 08h: DAC palette width. BL = 0: BH = bits of a colour, 6 or 8; BL = 1: tell, BH. Only with 256 colours.
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

; AL = 09h: palette data. BL = 0 or 80h: set, 1: get; CX = how many, DX = the first, ES:DI -> blue, green, red, 0 of
; each.
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
