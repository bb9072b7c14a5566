; lfb: VBE 2: a mode with a linear frame buffer, which lies above memory; the same bytes through the
; window of 64 KBytes and its banks; lines, display start; the registers of the adapter (1CEh).
%include "report.inc.asm"
%include "ports.inc.asm"

INFO    equ 0xf000

main:   mov ax, 0x4f01
        mov cx, 0x4112
        mov di, INFO
        CALL 0x10, "4f01"
        mov eax, [INFO + 40]
        mov [buffer], eax
        mov ax, 0x4f02
        mov bx, 0x4112
        CALL 0x10, "4f02"
        mov ax, 0x4f03
        CALL 0x10, "4f03"
        mov eax, 0x11223344
        mov ebx, [buffer]
        add ebx, 0x12340
        call poke
        mov ax, 0x4f05
        mov bx, 0
        mov dx, 1
        CALL 0x10, "4f05 while it is linear"
        mov ax, 0x4f02
        mov bx, 0x8112
        CALL 0x10, "4f02 8112"
        mov ax, 0x4f05
        mov bx, 0
        mov dx, 1
        CALL 0x10, "4f05 bank 1"
        push 0xa000
        pop es
        SHOW32 [es:0x2340], "through the window"
        mov dword [es:0x2344], 0x55667788
        mov ebx, [buffer]
        add ebx, 0x12344
        call peek
        SHOW32 eax, "written through the window"
        mov ax, 0x4f05
        mov bx, 0x100
        mov dx, 0x77
        CALL 0x10, "4f05 which"
        mov ebx, [buffer]
        call peek
        SHOW32 eax, "cleared"
        mov ax, 0x4f06
        mov bx, 1
        CALL 0x10, "4f06"
        mov ax, 0x4f07
        mov bx, 0
        mov cx, 4
        mov dx, 9
        CALL 0x10, "4f07"
        mov ax, 0x4f07
        mov bx, 1
        CALL 0x10, "4f07 which"
        ; not cleared
        mov ax, 0x4f02
        mov bx, 0xc112
        CALL 0x10, "4f02 c112"
        mov ebx, [buffer]
        add ebx, 0x12340
        call peek
        SHOW32 eax, "kept"
        SAY "adapter"
        xor bx, bx
.next:  mov dx, 0x1ce
        mov ax, bx
        out dx, ax
        inc dx
        in ax, dx
        call hex16
        call space
        inc bx
        cmp bx, 10
        jne .next
        call newline
        mov ax, 3
        int 0x10
        mov dx, 0x1ce
        mov ax, 4
        out dx, ax
        inc dx
        in ax, dx
        SHOW ax, "off in mode 3"
        FINISH
buffer: dd 0
