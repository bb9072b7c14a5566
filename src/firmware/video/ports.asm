; ports: the registers of a VGA. Most are behind an index: first its number is written, then its
; value.

ATTRIBUTE       equ 0x3c0           ; index and value by turns; reading 3DAh begins anew
ATTRIBUTE_READ  equ 0x3c1
MISCELLANEOUS   equ 0x3c2
MISCELLANEOUS_READ equ 0x3cc
SEQUENCER       equ 0x3c4           ; index; the value is at the next port
PEL_MASK        equ 0x3c6
DAC_READ_INDEX  equ 0x3c7
DAC_WRITE_INDEX equ 0x3c8
DAC_DATA        equ 0x3c9           ; red, green, blue, 0 to 63 each
GRAPHICS        equ 0x3ce
CRTC            equ 0x3d4           ; 3B4h in monochrome modes
INPUT_STATUS_1  equ 6               ; from the CRTC's index port

ATTRIBUTE_SCREEN_ON equ 0x20        ; with the index: the palette is shown, not written

CRTC_CURSOR_START equ 0x0a
CRTC_CURSOR_END equ 0x0b
CRTC_START_HIGH equ 0x0c
CRTC_CURSOR_HIGH equ 0x0e
CRTC_PROTECT    equ 0x11            ; bit 7: registers 0 to 7 cannot be written

MAP_MASK        equ 0x02            ; sequencer: the planes that are written
SET_RESET       equ 0x00            ; graphics controller
ENABLE_SET_RESET equ 0x01
FUNCTION_SELECT equ 0x03            ; 18h: exclusive or
READ_MAP        equ 0x04            ; the plane that is read
GRAPHICS_MODE   equ 0x05            ; bits 1:0: write mode
BIT_MASK        equ 0x08            ; the bits of a byte that are written

; AX = bits 15:8 value, 7:0 index. Sets a register of the CRTC, of the sequencer, of the graphics
; controller.
set_crtc:
        push dx
        mov dx, [CRTC_PORT]
        out dx, ax
        pop dx
        ret
set_sequencer:
        push dx
        mov dx, SEQUENCER
        out dx, ax
        pop dx
        ret
set_graphics:
        push dx
        mov dx, GRAPHICS
        out dx, ax
        pop dx
        ret

; The attribute controller expects an index next.
reset_attribute:
        push dx
        push ax
        mov dx, [CRTC_PORT]
        add dx, INPUT_STATUS_1
        in al, dx
        pop ax
        pop dx
        ret

; AL = index, AH = value. The screen stays on.
set_attribute:
        push dx
        call reset_attribute
        mov dx, ATTRIBUTE
        out dx, al
        xchg al, ah
        out dx, al
        xchg al, ah
        push ax
        mov al, ATTRIBUTE_SCREEN_ON
        out dx, al
        pop ax
        pop dx
        ret

; AL = index. Returns AH = value.
get_attribute:
        push dx
        push ax
        call reset_attribute
        mov dx, ATTRIBUTE
        out dx, al
        inc dx                      ; ATTRIBUTE_READ
        in al, dx
        mov ah, al
        call reset_attribute
        dec dx
        mov al, ATTRIBUTE_SCREEN_ON
        out dx, al
        pop dx
        mov al, dl
        pop dx
        ret
