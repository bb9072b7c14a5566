; Writes to the screen, waits for a key, shows a pixel of 256 colours, and ends with text again.
bits 16
org 0x7c00
start:
    mov ax, 0xb800
    mov es, ax
    mov si, message
    mov di, 2 * 80 * 2
    mov ah, 0x1e
.next:
    lodsb
    test al, al
    jz .written
    stosw
    jmp .next
.written:
    in al, 0x64
    test al, 1
    jz .written
    in al, 0x60                 ; A goes down
    mov [es:0], al

%macro put 3
    mov dx, %1
    mov ax, %2 | %3 << 8
    out dx, ax
%endmacro
graphics:
    put 0x3c4, 2, 0x0f
    put 0x3c4, 4, 0x0e
    put 0x3ce, 5, 0x40
    put 0x3ce, 6, 5
    put 0x3d4, 9, 0x41
    put 0x3d4, 0x14, 0x40
    mov ax, 0xa000
    mov ds, ax
    mov byte [100 * 320], 4
text:
    put 0x3d4, 0x14, 0x1f
    put 0x3d4, 9, 0x4f
    put 0x3ce, 6, 0x0e
    put 0x3ce, 5, 0x10
    put 0x3c4, 4, 2
    put 0x3c4, 2, 3
    mov word [es:0], 0x0700 + '!'
    mov al, 0
    out 0xf4, al

message: db "Hello, screen", 0
