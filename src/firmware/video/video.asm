; video: the ROM of the graphics adapter, 32 KBytes at C000:0000. It brings INT 10h, the services
; of the screen.
;
; The BIOS finds it by its first two bytes and calls offset 3. Files: modes.asm sets up the
; screen, cursor.asm, characters.asm, teletype.asm and scroll.asm write text, glyphs.asm and
; pixels.asm draw it in graphics modes, palette.asm changes colours, font-services.asm the shapes
; of characters; the rest answers questions. The hardware is a VGA (IBM VGA XGA Technical
; Reference Manual; FreeVGA).

        org 0
        bits 16
        cpu 686

ROM_SIZE        equ 0x8000

        dw 0xaa55                   ; an option ROM …
        db ROM_SIZE / 512           ; … and its size
        jmp near start              ; offset 3: what POST calls

%include "../shared/caller.asm"
%include "../shared/data-area.asm"

; A row of a service's table: AH or AL, and the routine.
%macro FUNCTION 2
        db %1
        dw %2
%endmacro

; What POST calls. The first mode is 3: text, 80 columns, 25 rows, 16 colours.
start:
        pushad
        push ds
        push es
        xor ax, ax
        mov ds, ax
        mov word [0x10 * 4], int_0x10
        mov [0x10 * 4 + 2], cs
        mov word [0x1f * 4], font_8x8 + 128 * 8 ; the upper half, for modes 4 to 6
        mov [0x1f * 4 + 2], cs
        mov word [0x43 * 4], font_8x16
        mov [0x43 * 4 + 2], cs
        push DATA_AREA
        pop ds
        mov word [VIDEO_POINTERS], pointers
        mov [VIDEO_POINTERS + 2], cs
        mov byte [VIDEO_CONTROL], 0x60 ; 256 KBytes, cursor shapes as on the CGA
        mov byte [VIDEO_SWITCHES], 0xf9
        mov byte [VIDEO_FLAGS], 0x51 ; 400 lines, VGA
        mov byte [DISPLAY_CODE], 8  ; a VGA with a colour screen
        mov ax, 0x0003
        int 0x10
        pop es
        pop ds
        popad
        retf

int_0x10:
        SAVE_CALLER
        mov si, .functions
        call dispatch
        RETURN_TO_CALLER

; CS:SI -> rows of AH and routine, 0FFh at the end. Jumps to the routine; unknown functions change
; nothing.
dispatch:
        cmp byte [cs:si], 0xff
        je .unknown
        cmp ah, [cs:si]
        je .found
        add si, 3
        jmp dispatch
.found: jmp [cs:si + 1]
.unknown:
        ret

; The same for AL.
dispatch_al:
        cmp byte [cs:si], 0xff
        je dispatch.unknown
        cmp al, [cs:si]
        je dispatch.found
        add si, 3
        jmp dispatch_al

int_0x10.functions:
        FUNCTION 0x0e, teletype     ; the one that is called most
        FUNCTION 0x00, set_mode
        FUNCTION 0x01, set_cursor_shape
        FUNCTION 0x02, set_cursor_position
        FUNCTION 0x03, get_cursor
        FUNCTION 0x04, get_light_pen
        FUNCTION 0x05, set_page
        FUNCTION 0x06, scroll_up
        FUNCTION 0x07, scroll_down
        FUNCTION 0x08, read_character
        FUNCTION 0x09, write_character_and_attribute
        FUNCTION 0x0a, write_character
        FUNCTION 0x0b, set_border_or_palette
        FUNCTION 0x0c, write_pixel
        FUNCTION 0x0d, read_pixel
        FUNCTION 0x0f, get_mode
        FUNCTION 0x10, palette_services
        FUNCTION 0x11, font_services
        FUNCTION 0x12, alternate_select
        FUNCTION 0x13, write_string
        FUNCTION 0x1a, display_combination
        FUNCTION 0x1b, get_state
        FUNCTION 0x1c, save_state
        FUNCTION 0x4f, vbe_services
        db 0xff

%include "ports.asm"
%include "modes.asm"
%include "mode-tables.asm"
%include "colours.asm"
%include "cursor.asm"
%include "characters.asm"
%include "teletype.asm"
%include "scroll.asm"
%include "glyphs.asm"
%include "pixels.asm"
%include "palette.asm"
%include "font-services.asm"
%include "display.asm"
%include "vbe.asm"
%include "vbe-modes.asm"

%include "fonts/font-8x16.asm"
%include "fonts/font-8x14.asm"
%include "fonts/font-8x8.asm"

        times ROM_SIZE - 1 - ($ - $$) db 0
        db 0                        ; makes the sum of all bytes 0
