; text: writing on a text screen, cursors, pages, scrolling.
%include "report.inc.asm"

%macro SCREEN 1                     ; what INT 10h has left: cursors, all that is not empty
        SAY %1
        DUMP 0x40, 0x4e, 0x15, "  40:4E"
        call crtc
        call screen
%endmacro

main:
        KNOWN
        mov ax, 3
        CALL 0x10, "mode 3"
        KNOWN
        mov ax, 0x0e41
        mov bx, 0x0004
        CALL 0x10, "0e A"
        mov si, line
        call teletype
        SCREEN "a line"
        KNOWN
        mov ah, 2
        mov bh, 0
        mov dx, 0x184e
        CALL 0x10, "02"
        SCREEN "moved"
        KNOWN
        mov ah, 3
        mov bh, 0
        CALL 0x10, "03"
        KNOWN
        mov ah, 3
        mov bh, 9
        CALL 0x10, "03 page 9"
        KNOWN
        mov ah, 8
        mov bh, 0
        CALL 0x10, "08"
        mov cx, 0x1f
        mov ax, 0xb800
        mov es, ax
        mov byte [es:24 * 160 + 1], 0x4e
        mov byte [es:24 * 160 + 78 * 2 + 1], 0x2f
        mov si, line
        call teletype
        SCREEN "scrolled"
        mov si, controls
        call teletype
        SCREEN "control characters"
        KNOWN
        mov ax, 0x0942
        mov bx, 0x001e
        mov cx, 100
        CALL 0x10, "09"
        SCREEN "100 x B"
        KNOWN
        mov ax, 0x0a43
        mov bx, 0x0021
        mov cx, 5
        CALL 0x10, "0a"
        SCREEN "5 x C"
        KNOWN
        mov ax, 0x0a43
        mov bx, 0x0121
        mov cx, 0
        CALL 0x10, "0a none"
        SCREEN "none"
%macro SCROLL 4
        KNOWN
        mov ax, %1
        mov bh, 0x30
        mov cx, %2
        mov dx, %3
        CALL 0x10, %4
        SCREEN %4
%endmacro
        SCROLL 0x0602, 0x0000, 0x184f, "up 2"
        SCROLL 0x0701, 0x0505, 0x180a, "down 1 in a window"
        SCROLL 0x0601, 0x0500, 0x17ff, "up with wide window"
        SCROLL 0x0603, 0x1700, 0x18ff, "up more than there is"
        SCROLL 0x0701, 0x1000, 0xff0f, "down with tall window"
        SCROLL 0x0601, 0x1010, 0x0f10, "no window"
        SCROLL 0x0601, 0x1010, 0x1110, "a column"
        SCROLL 0x0600, 0x0102, 0x0203, "clear a window"
        KNOWN
        mov ax, 0x0600
        mov bh, 7
        mov cx, 0
        mov dx, 0x184f
        CALL 0x10, "clear"
        SCREEN "cleared"
        KNOWN
        mov ax, 0x0502
        CALL 0x10, "page 2"
        SCREEN "page 2"
        KNOWN
        mov ah, 2
        mov bh, 2
        mov dx, 0x0203
        CALL 0x10, "02 page 2"
        SCREEN "cursor on page 2"
        mov si, line
        call teletype
        SCREEN "line on page 2"
        KNOWN
        mov ah, 2
        mov bh, 1
        mov dx, 0x0302
        CALL 0x10, "02 page 1"
        SCREEN "cursor on page 1"
        KNOWN
        mov ax, 0x0944
        mov bx, 0x011f
        mov cx, 3
        CALL 0x10, "09 on page 1"
        SCREEN "D on page 1"
        KNOWN
        mov ah, 8
        mov bh, 1
        CALL 0x10, "08 on page 1"
        KNOWN
        mov ax, 0x0508
        CALL 0x10, "page 8"
        KNOWN
        mov ax, 0x0f00
        CALL 0x10, "0f"
        SCREEN "page 8"
        KNOWN
        mov ax, 0x0500
        CALL 0x10, "page 0"
%macro SHAPE 1
        KNOWN
        mov ah, 1
        mov cx, %1
        CALL 0x10, "01"
        DUMP 0x40, 0x60, 2, "  40:60"
        call crtc
%endmacro
        SHAPE 0x0607
        SHAPE 0x0007
        SHAPE 0x2000
        SHAPE 0x2607
        SHAPE 0x0d0e
        SHAPE 0x0f0f
        SHAPE 0x0000
        SHAPE 0x0306
        SHAPE 0x0405
        SHAPE 0x0506
        SHAPE 0x0701
        SHAPE 0xffff
        SHAPE 0x0607
%macro STRING 3
        KNOWN
        mov ax, %1
        mov bx, 0x001d
        mov cx, 8
        mov dx, %2
        mov bp, string
        push 0
        pop es
        CALL 0x10, %3
        SCREEN %3
%endmacro
        STRING 0x1300, 0x0202, "13 00"
        STRING 0x1301, 0x0304, "13 01"
        STRING 0x1302, 0x0406, "13 02"
        STRING 0x1303, 0x054c, "13 03"
        STRING 0x1301, 0x184e, "13 01 at the end"
        STRING 0x1300, 0x1850, "13 00 beyond"
        KNOWN
        mov ax, 0x0083
        CALL 0x10, "mode 83"
        SCREEN "kept"
        KNOWN
        mov ah, 0x0f
        CALL 0x10, "0f after 83"
        KNOWN
        mov ax, 1
        CALL 0x10, "mode 1"
        mov si, line
        call teletype
        mov si, line
        call teletype
        SCREEN "40 columns"
        FINISH

; DS:SI -> text, ended by 0: teletype
teletype:
        lodsb
        test al, al
        jz .done
        mov ah, 0x0e
        mov bx, 7
        int 0x10
        jmp teletype
.done:  ret

crtc:   mov ah, 0x0a
.next:  mov dx, 0x3d4
        mov al, ah
        out dx, al
        inc dx
        in al, dx
        call hex8
        mov al, ' '
        call put
        inc ah
        cmp ah, 0x10
        jb .next
        jmp newline

; Each word of B800:0000-7FFF that is not 0720h, with its place; repetitions once.
screen: mov ax, 0xb800
        mov es, ax
        xor di, di
        mov bx, 0x0720
.next:  mov ax, [es:di]
        cmp ax, bx
        je .same
        mov bx, ax
        mov ax, di
        call hex16
        mov al, ':'
        call put
        mov ax, bx
        call hex16
        mov al, ' '
        call put
.same:  add di, 2
        cmp di, 0x7ffe
        jb .next
        jmp newline

line:   db "Hello, screen: this line is long enough to go on at the next one, which begins here.", 13, 10, "X", 0
controls: db 7, 9, "ab", 8, 8, 8, 8, 8, 8, "c", 0x0b, 0x0c, 0x1b, 0, 10, 10, 13, "d", 8, 8, 8, "e", 10, 0
string: db "s", 0x13, "tr", 13, 10, "in", 8, 7, "gs and more"
        times 63 * 512 - ($ - $$) db 0
