; mouse: INT 15h C2xxh, and the second port of the keyboard controller. Nobody moves the mouse.
%include "report.inc.asm"

EXTENDED        equ 0x9fc0

; MOUSE function, BX, text
%macro MOUSE 3
        KNOWN
        mov ax, 0xc200 + %1
        mov bx, %2
        CALL 0x15, %3
%endmacro

main:   SAY "the extended data area"
        DUMP EXTENDED, 0x22, 14, "22"
        MOUSE 0, 0x0100, "on without a handler"
        MOUSE 0, 0x0000, "off"
        MOUSE 0, 0x0200, "00 02"
        MOUSE 1, 0, "reset"
        MOUSE 2, 0x0000, "10 a second"
        MOUSE 6, 0x0000, "status"
        MOUSE 2, 0x0600, "200 a second"
        MOUSE 6, 0x0000, "status"
        MOUSE 2, 0x0700, "02 07"
        MOUSE 3, 0x0000, "resolution 0"
        MOUSE 6, 0x0000, "status"
        MOUSE 3, 0x0300, "resolution 3"
        MOUSE 3, 0x0400, "resolution 4"
        MOUSE 4, 0, "type"
        MOUSE 6, 0x0200, "scaling 2:1"
        MOUSE 6, 0x0000, "status"
        MOUSE 6, 0x0100, "scaling 1:1"
        MOUSE 6, 0x0000, "status"
        MOUSE 6, 0x0300, "06 03"
        MOUSE 5, 0x0000, "start 0"
        MOUSE 5, 0x0300, "start 3"
        MOUSE 5, 0x0800, "start 8"
        MOUSE 5, 0x0900, "start 9"
        MOUSE 5, 0x0300, "start 3"
        DUMP EXTENDED, 0x26, 2, "26"
        MOUSE 7, handler, "handler"
        MOUSE 0, 0x0100, "on"
        MOUSE 6, 0x0000, "status"
        DUMP EXTENDED, 0x22, 6, "22"
        MOUSE 0, 0x0000, "off"
        MOUSE 6, 0x0000, "status"
        MOUSE 7, 0x0000, "no handler"
        DUMP EXTENDED, 0x22, 6, "22"
        MOUSE 8, 0x0000, "08"
        MOUSE 0xff, 0x0000, "ff"
        ; the wheel
        MOUSE 2, 0x0600, "200"
        MOUSE 2, 0x0500, "100"
        MOUSE 2, 0x0400, "80"
        MOUSE 4, 0, "type"
        MOUSE 1, 0, "reset"
        MOUSE 4, 0, "type"

        ; the controller itself
        cli
        mov al, 0xa9
        call controller
        mov al, 0xa7                ; off
        out 0x64, al
        mov al, 0x20
        call controller
        mov al, 0xa8                ; on
        out 0x64, al
        mov al, 0x20
        call controller
        mov al, 0xd3
        out 0x64, al
        mov al, 0x5a
        out 0x60, al
        call tell
        mov si, commands
.next:  lodsb
        cmp al, 0
        je .done
        push si
        push ax
        call hex8
        call newline
        mov al, 0xd4
        out 0x64, al
        pop ax
        out 0x60, al
        call tell
        call tell
        call tell
        call tell
        call tell
        pop si
        jmp .next
.done:  sti
        FINISH

; rate 40, resolution 8/mm, status, remote, read, stream, identify, on, status, off, defaults, status, wrap (and
; what comes back), end of it, reset
commands:
        db 0xf3, 40, 0xe8, 3, 0xe9, 0xf0, 0xe9, 0xeb, 0xea, 0xf2, 0xf4, 0xe9, 0xf5, 0xf6, 0xe9
        db 0xee, 0x33, 0xf4, 0xec, 0xff, 0

; AL = a command for the controller.
controller:
        out 0x64, al
        ; fall through

; The status, and the byte if there is one.
tell:   mov cx, 2000
.wait:  in al, 0x64
        test al, 1
        loopz .wait
        jz .none
        and al, 0x21
        call hex8
        in al, 0x60
        call hex8
        jmp newline
.none:  ret

handler:
        retf
        times 16 * 512 - ($ - $$) db 0
