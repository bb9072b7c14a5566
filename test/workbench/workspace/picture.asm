; Text with frames and colours; after Escape a picture of 256 colours; after another the end.
bits 16
org 0x7c00
start:
    xor ax, ax
    mov ds, ax
    mov ax, 0xb800
    mov es, ax
    cld
    xor di, di
    mov ax, 0x1720
    mov cx, 80 * 25
    rep stosw
    mov si, lines
    mov di, 3 * 160 + 20 * 2
    mov ah, 0x1e
.line:
    push di
.character:
    lodsb
    cmp al, 1
    jbe .ended
    stosw
    jmp .character
.ended:
    pop di
    add di, 160
    test al, al
    jnz .line
    mov di, 16 * 160 + 20 * 2       ; all colours
    xor bx, bx
.colour:
    mov ah, bl
    mov al, 0xdb
    mov cx, 2
    rep stosw
    inc bx
    cmp bx, 16
    jb .colour
    mov dx, 0x3d4                   ; the cursor
    mov ax, 0x0e | (20 * 80 + 20) >> 8 << 8
    out dx, ax
    mov ax, 0x0f | ((20 * 80 + 20) & 0xff) << 8
    out dx, ax
    call key

%macro put 3
    mov dx, %1
    mov ax, %2 | %3 << 8
    out dx, ax
%endmacro
    put 0x3c4, 2, 0x0f
    put 0x3c4, 4, 0x0e
    put 0x3ce, 5, 0x40
    put 0x3ce, 6, 5
    put 0x3d4, 9, 0x41
    put 0x3d4, 0x14, 0x40
    put 0x3d4, 0x17, 0xa3
    mov dx, 0x3c8                   ; red and blue: the colour's number; green: what is left of it
    xor al, al
    out dx, al
    inc dx
    xor bl, bl
.palette:
    mov al, bl
    shr al, 2
    out dx, al
    xor al, 0x3f
    shr al, 1
    out dx, al
    mov al, bl
    and al, 0x3f
    out dx, al
    inc bl
    jnz .palette
    mov ax, 0xa000
    mov es, ax
    xor di, di
    xor bx, bx                      ; line
.row:
    xor cx, cx
.pixel:
    mov ax, cx
    xor ax, bx
    stosb
    inc cx
    cmp cx, 320
    jb .pixel
    inc bx
    cmp bx, 200
    jb .row
    call key
    cli
    hlt

; Until Escape goes down.
key:
    in al, 0x64
    test al, 1
    jz key
    in al, 0x60
    cmp al, 1
    jne key
    ret

lines:
    db 0xc9, 38 dup (0xcd), 0xbb, 1
    db 0xba, " A guest with a screen of its own     ", 0xba, 1
    db 0xcc, 18 dup (0xcd), 0xd1, 19 dup (0xcd), 0xb9, 1
    db 0xba, " ring 0           ", 0xb3, " CR0.PE = 0        ", 0xba, 1
    db 0xba, " real mode        ", 0xb3, " A20 on            ", 0xba, 1
    db 0xc7, 18 dup (0xc4), 0xc5, 19 dup (0xc4), 0xb6, 1
    db 0xba, " ", 0xe0, 0xe1, 0xe2, 0xe3, 0xe4, 0xe5, 0xe6, 0xe7, 0xe8, 0xe9, 0xea, "      "
    db 0xb3, " ", 0x81, 0x82, 0x83, 0x84, 0x87, 0x94, 0x99, 0xa4, " 012345678", 0xba, 1
    db 0xba, " ", 0xb0, 0xb1, 0xb2, 0xdb, " shades      ", 0xb3
    db " press a key       ", 0xba, 1
    db 0xc8, 18 dup (0xcd), 0xcf, 19 dup (0xcd), 0xbc, 0
