; graphics: characters and pixels in graphics modes. What the screen shows is summed up, because
; the shapes of the characters may differ; a font of our own is used, which the program loads.
%include "report.inc.asm"

main:   ; a font whose glyphs depend on their number
        mov di, font
        xor cx, cx
.glyph: mov al, cl
        mov bl, 16
.line:  stosb
        rol al, 1
        add al, 37
        dec bl
        jnz .line
        inc cx
        cmp cx, 256
        jb .glyph
        mov si, modes
.mode:  lodsb
        cmp al, 0xff
        je .done
        mov [mode], al
        push si
        call try
        pop si
        jmp .mode
.done:  FINISH

%macro SUM 1
        call sum
        db %1, 0
%endmacro

try:    KNOWN
        movzx ax, byte [mode]
        CALL 0x10, "mode"
        push 0
        pop es
        ; the font, for drawing
        mov cx, 8
        cmp byte [0x485], 8
        je .height
        mov cx, 16
        cmp byte [0x485], 16
        je .height
        mov cx, 14
.height:
        mov ax, 0x1121
        mov bp, font
        mov bl, 0
        mov dl, [0x484]
        inc dl
        int 0x10
        mov ax, 0x1120
        mov bp, font + 128 * 8
        int 0x10
        KNOWN
        mov ax, 0x1130
        mov bh, 1
        CALL 0x10, "1130"
        push 0
        pop es
        SUM "empty"
%macro PIXEL 3
        KNOWN
        mov ax, 0x0c00 + %1
        mov cx, %2
        mov dx, %3
        mov bh, 0
        CALL 0x10, "0c"
        KNOWN
        mov ah, 0x0d
        mov cx, %2
        mov dx, %3
        mov bh, 0
        CALL 0x10, "0d"
        SUM "pixel"
%endmacro
        PIXEL 0x0f, 0, 0
        PIXEL 0x03, 13, 7
        PIXEL 0x02, 319, 199
        PIXEL 0x89, 319, 199
        PIXEL 0x8b, 160, 101
%macro GLYPH 4
        KNOWN
        mov ah, 2
        mov bh, 0
        mov dx, %3
        int 0x10
        mov ax, %1
        mov bx, %2
        mov cx, %4
        CALL 0x10, "write"
        SUM "glyph"
%endmacro
        GLYPH 0x0941, 0x0002, 0x0000, 1
        GLYPH 0x0942, 0x000e, 0x0105, 3
        GLYPH 0x0ac5, 0x0001, 0x0225, 5
        GLYPH 0x09c6, 0x0085, 0x0205, 2
        KNOWN
        mov ah, 2
        mov bh, 0
        mov dx, 0x1826
        int 0x10
        mov si, line
.type:  lodsb
        test al, al
        jz .typed
        mov ah, 0x0e
        mov bx, 0x0006
        int 0x10
        jmp .type
.typed: DUMP 0x40, 0x50, 2, "cursor"
        SUM "typed"
%macro SCROLL 4
        KNOWN
        mov ax, %1
        mov bh, 0x05
        mov cx, %2
        mov dx, %3
        CALL 0x10, %4
        SUM %4
%endmacro
        SCROLL 0x0601, 0x0000, 0x1827, "up 1"
        SCROLL 0x0702, 0x0203, 0x1020, "down 2"
        SCROLL 0x0600, 0x0404, 0x0505, "clear"
        KNOWN
        mov ah, 2
        mov bh, 0
        mov dx, 0x0000
        int 0x10
        KNOWN
        mov ah, 8
        mov bh, 0
        CALL 0x10, "08"
        KNOWN
        mov ax, 0x0b00
        mov bx, 0x0009
        CALL 0x10, "0b 00 09"
        call attributes
        KNOWN
        mov bx, 0x0101
        mov ah, 0x0b
        CALL 0x10, "0b 01 01"
        call attributes
        KNOWN
        mov bx, 0x0100
        mov ah, 0x0b
        CALL 0x10, "0b 01 00"
        call attributes
        ret

attributes:
        mov ah, 0
.next:  mov dx, 0x3da
        in al, dx
        mov dx, 0x3c0
        mov al, ah
        out dx, al
        inc dx
        in al, dx
        call hex8
        mov al, ' '
        call put
        inc ah
        cmp ah, 0x15
        jb .next
        mov dx, 0x3da
        in al, dx
        mov dx, 0x3c0
        mov al, 0x20
        out dx, al
        jmp newline

; A sum of the 64 KBytes at A000, of each plane, and of the 32 KBytes at B800; where each 2000h
; begins that is not empty
sum:    pop si
        call print
        push si
        mov bh, 3
        cmp byte [mode], 7
        jae .plane
        mov bh, 0
.plane: mov dx, 0x3ce
        mov al, 4
        mov ah, bh
        out dx, ax
        mov ax, 0xa000
        cmp byte [mode], 7
        jae .window
        mov ax, 0xb800
.window:
        mov es, ax
        xor si, si
        xor edx, edx
        xor ecx, ecx
.next:  rol edx, 1
        mov cl, [es:si]
        add edx, ecx
        inc si
        cmp si, 0x8000
        jb .next
        mov eax, edx
        call space
        call hex32
        dec bh
        jns .plane
        mov dx, 0x3ce
        mov ax, 4
        out dx, ax
        push 0
        pop es
        jmp newline

mode:   db 0
modes:  db 4, 6, 0x0d, 0x0e, 0x10, 0x11, 0x12, 0x13, 0xff
line:   db "graphics", 13, 10, "next", 8, 8, 7, "!", 0
font    equ 0xb000
        times 16 * 512 - ($ - $$) db 0
