; vbe-modes: what VBE offers, and what it tells of itself and of each mode.

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
.attributes:    resw 1              ; 0 supported, 4 graphics, 5 no VGA mode, 7 frame buffer
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
        push dx
        mov eax, VGA_PLACE
        mov dx, 0xcf8
        out dx, eax
        mov dl, 0xfc
        in eax, dx
        pop dx
        and al, 0xf0                ; the lower bits tell what kind of memory it is
        mov [es:di + vbe_mode_block.frame_buffer], eax
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
