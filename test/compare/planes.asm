; planes: what the VGA does with bytes in a mode of four planes: write modes 0 to 3, set/reset, functions,
; rotation, bit mask, latches, read modes 0 and 1; chain 4 and odd/even addressing.
%include "report.inc.asm"
%include "ports.inc.asm"

%macro GC 2                         ; graphics controller
        mov dx, 0x3ce
        mov ax, %1 | %2 << 8
        out dx, ax
%endmacro
%macro SEQ 2                        ; sequencer
        mov dx, 0x3c4
        mov ax, %1 | %2 << 8
        out dx, ax
%endmacro
%macro WRITE 3                      ; offset, byte, text: latches are loaded, then the byte is written
        mov al, [es:%1]
        mov byte [es:%1], %2
        mov di, %1
        call tell
        db %3, 0
%endmacro

main:   mov ax, 0x12
        int 0x10
        call fresh
        push 0xa000
        pop es
        ; four planes with values of their own at 0 to 7
        mov cx, 8
        xor di, di
.fill:  mov bl, 1
        mov bh, 0x35
.plane: mov dx, 0x3c4
        mov al, 2
        mov ah, bl
        out dx, ax
        mov al, bh
        add ax, di
        mov [es:di], al
        add bh, 0x47
        shl bl, 1
        cmp bl, 16
        jne .plane
        inc di
        loop .fill
        SEQ 2, 15
        WRITE 0, 0x0f, "plain"
        SEQ 2, 5
        WRITE 1, 0x5a, "map mask 5"
        SEQ 2, 15
        GC 8, 0x3c
        WRITE 2, 0xff, "bit mask 3c"
        GC 8, 0xff
        GC 3, 0x03
        WRITE 3, 0x81, "rotated by 3"
        GC 3, 0x08
        WRITE 3, 0xf0, "and"
        GC 3, 0x10
        WRITE 3, 0x0f, "or"
        GC 3, 0x18
        WRITE 3, 0xaa, "xor"
        GC 3, 0
        GC 0, 0x06
        GC 1, 0x0c
        WRITE 4, 0x99, "set/reset 6, enabled c"
        GC 1, 0
        GC 5, 1
        mov al, [es:4]
        mov byte [es:5], 0
        mov di, 5
        call tell
        db "write mode 1", 0
        GC 5, 2
        GC 8, 0xf0
        WRITE 6, 0x0a, "write mode 2"
        GC 5, 3
        GC 8, 0x7e
        GC 0, 0x05
        WRITE 7, 0x3c, "write mode 3"
        GC 8, 0xff
        GC 5, 0
        GC 0, 0
        ; read mode 1
        GC 5, 8
        GC 2, 0x0f
        GC 7, 0x0f
        mov al, [es:6]
        call show8
        db "compare f", 0
        GC 2, 0x0a
        mov al, [es:6]
        call show8
        db "compare a", 0
        GC 7, 0x02
        mov al, [es:6]
        call show8
        db "do care 2", 0
        GC 7, 0
        mov al, [es:6]
        call show8
        db "do care nothing", 0
        GC 5, 0
        ; bytes of text mode are odd and even, of mode 13h chained
        mov ax, 3
        int 0x10
        call fresh
        push 0xb800
        pop es
        mov dword [es:0], 0x1f421e41
        call linear
        mov ax, 0x13
        int 0x10
        call fresh
        push 0xa000
        pop es
        mov dword [es:0], 0x04030201
        mov dword [es:4], 0x08070605
        call linear
        ; modes of the CGA: two banks
        mov ax, 4
        int 0x10
        push 0xb800
        pop es
        mov byte [es:0], 0x1b
        mov byte [es:0x2000], 0xe4
        mov cx, 0
        mov dx, 0
        call pixels
        mov dx, 1
        call pixels
        mov ax, 6
        int 0x10
        mov byte [es:0], 0xa5
        mov byte [es:0x2000], 0x5a
        mov cx, 0
        mov dx, 0
        call pixels
        mov dx, 1
        call pixels
        FINISH

; The four planes at ES:DI.
tell:   pop si
        call print
        push si
        xor bl, bl
.next:  mov dx, 0x3ce
        mov al, 4
        mov ah, bl
        out dx, ax
        mov al, [es:di]
        call space
        call hex8
        inc bl
        cmp bl, 4
        jne .next
        jmp newline

; The same memory as planes, one after the other: the first 8 bytes of each.
linear: SEQ 4, 6
        GC 5, 0
        GC 6, 5
        push 0xa000
        pop es
        mov bl, 0
.plane: mov dx, 0x3ce
        mov al, 4
        mov ah, bl
        out dx, ax
        xor di, di
        mov cx, 8
.next:  mov al, [es:di]
        call hex8
        call space
        inc di
        loop .next
        call newline
        inc bl
        cmp bl, 4
        jne .plane
        ret

fresh:  SHOW8 0x3cc, "misc"
        ret

; Eight pixels from CX, DX by INT 10h 0Dh.
pixels: push cx
        mov bp, 8
.next:  mov ah, 0x0d
        mov bh, 0
        int 0x10
        call hex8
        inc cx
        dec bp
        jnz .next
        pop cx
        jmp newline
