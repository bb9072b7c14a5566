; vbe: INT 10h function 4Fh.
%include "report.inc.asm"

%macro VBE 5
        KNOWN
        push 0
        pop es
        mov ax, %1
        mov bx, %2
        mov cx, %3
        mov dx, %4
        mov di, area
        CALL 0x10, %5
        xor ax, ax
        mov ds, ax
        mov es, ax
%endmacro

main:   mov di, area
        mov cx, 512
        mov al, 0xcc
        rep stosb
        mov dword [area], 'VBE2'
        VBE 0x4f00, 0, 0, 0, "4f00"
        DUMP 0, area, 34, "  area"
        SAY "modes"
        les si, [area + 14]
.next:  mov ax, [es:si]
        inc si
        inc si
        call hex16
        mov bx, ax
        mov al, ' '
        call put
        cmp bx, 0xffff
        jne .next
        call newline
        mov si, modes
.mode:  lodsw
        test ax, ax
        jz .done
        push si
        mov [mode], ax
        mov di, area
        mov cx, 256
        mov al, 0xcc
        rep stosb
        VBE 0x4f01, 0, [mode], 0, "4f01"
        DUMP 0, area, 68, "  area"
        pop si
        jmp .mode
.done:
        VBE 0x4f02, 0x0fff, 0, 0, "4f02 fff"
        VBE 0x4f03, 0, 0, 0, "4f03"
        VBE 0x4f02, 0x4112, 0, 0, "4f02 112"
        call dispi
        VBE 0x4f03, 0, 0, 0, "4f03"
        VBE 0x0f00, 0, 0, 0, "0f"
        DUMP 0x40, 0x49, 0x1e, "40:49"
        DUMP 0x40, 0x84, 7, "40:84"
        VBE 0x4f06, 0x0001, 0, 0, "4f06 1"
        VBE 0x4f06, 0x0003, 0, 0, "4f06 3"
        VBE 0x4f06, 0x0000, 1024, 0, "4f06 0"
        call dispi
        VBE 0x4f06, 0x0002, 4096, 0, "4f06 2"
        VBE 0x4f07, 0x0000, 3, 5, "4f07 0"
        VBE 0x4f07, 0x0001, 0, 0, "4f07 1"
        call dispi
        VBE 0x4f08, 0x0001, 0, 0, "4f08 1"
        VBE 0x4f08, 0x0800, 0, 0, "4f08 0 8"
        VBE 0x4f08, 0x0001, 0, 0, "4f08 1"
        VBE 0x4f02, 0x0101, 0, 0, "4f02 101"
        call dispi
        VBE 0x4f03, 0, 0, 0, "4f03"
        VBE 0x4f05, 0x0000, 0, 3, "4f05 0"
        VBE 0x4f05, 0x0100, 0, 0, "4f05 1"
        VBE 0x4f08, 0x0800, 0, 0, "4f08 0 8"
        VBE 0x4f08, 0x0001, 0, 0, "4f08 1"
        VBE 0x4f09, 0x0001, 2, 0, "4f09 1"
        DUMP 0, area, 8, "  area"
        VBE 0x4f09, 0x0000, 2, 0, "4f09 0"
        VBE 0x4f02, 0xc112, 0, 0, "4f02 c112"
        call dispi
        VBE 0x4f03, 0, 0, 0, "4f03"
        VBE 0x4f02, 0x0003, 0, 0, "4f02 3"
        call dispi
        VBE 0x4f03, 0, 0, 0, "4f03"
        VBE 0x4f02, 0x8003, 0, 0, "4f02 8003"
        VBE 0x4f03, 0, 0, 0, "4f03"
        VBE 0x4f0a, 0x0000, 0, 0, "4f0a"
        VBE 0x4f10, 0x0000, 0, 0, "4f10"
        VBE 0x4f15, 0x0000, 0, 0, "4f15"
        VBE 0x4f04, 0x0000, 7, 0, "4f04 0"
        FINISH

dispi:  xor cx, cx
.next:  mov dx, 0x1ce
        mov ax, cx
        out dx, ax
        inc dx
        in ax, dx
        call hex16
        call space
        inc cx
        cmp cx, 11
        jb .next
        jmp newline
mode:   dw 0
modes:  dw 0x100, 0x101, 0x103, 0x105, 0x10e, 0x10f, 0x110, 0x111, 0x112, 0x115, 0x118, 0x11b, 0x13, 0x140, 0x142, 0x3, 0x102, 0x104, 0
area    equ 0xb000
        times 20 * 512 - ($ - $$) db 0
