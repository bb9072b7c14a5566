; colours: what the DAC shows for each number, three times 6 bits. The tables of the IBM VGA
; follow rules, so they are computed.

; CS:SI -> mode.
load_colours:
        push si
        push dx
        test byte [VIDEO_FLAGS], 0x08 ; default palette loading is off (INT 10h, AH = 12h, BL = 31h)
        jnz .done
        movzx bx, byte [cs:si + mode.colours]
        mov dx, DAC_WRITE_INDEX
        mov al, 0
        out dx, al
        inc dx                      ; DAC_DATA
        cmp bl, COLOURS_256
        je .many
        mov cl, 0                   ; CL = number of the colour
.next:  movzx si, bl
        add si, si
        call [cs:si + .rules]       ; BH is free
        call put_colour
        inc cl
        cmp cl, 64
        jb .next
        mov cx, (256 - 64) * 3      ; the others are black
        mov al, 0
.black: out dx, al
        loop .black
        jmp .done
.many:  call load_256
.done:  pop dx
        pop si
        ret
.rules: dw rule_16, rule_cga, rule_mono

; AL, AH, BH = red, green, blue.
put_colour:
        out dx, al
        mov al, ah
        out dx, al
        mov al, bh
        out dx, al
        ret

; The rules: CL = number of a colour. They return AL, AH, BH = red, green, blue.

THIRD           equ 0x15            ; of the full brightness, 3Fh

; Bits 2, 1 and 0: two thirds of red, green and blue; bits 5, 4 and 3: one third more.
rule_16:
        mov ch, cl
        call brightness
        mov bh, al
        shr ch, 1
        call brightness
        mov ah, al
        shr ch, 1
        ; fall through

; CH: bit 0 two thirds, bit 3 one third. Returns AL = their sum.
brightness:
        mov al, 0
        test ch, 1
        jz .one
        mov al, 2 * THIRD
.one:   test ch, 8
        jz .done
        add al, THIRD
.done:  ret

; Bits 2, 1 and 0 as above; bit 4 adds the other third to all. Dark yellow is brown: less green.
rule_cga:
        push cx
        and cl, 0x17
        mov ch, cl
        and ch, 7
        test cl, 0x10
        jz .dark
        or ch, 0x38
.dark:  push cx
        mov cl, ch
        call rule_16
        pop cx
        cmp cl, 6
        jne .done
        mov ah, THIRD
.done:  pop cx
        ret

; Bits 4 and 3: both bright, one of them normal, none black.
rule_mono:
        mov al, 0
        test cl, 0x18
        jz .known
        mov al, 3 * THIRD
        jpo .normal                 ; PF counts the bits: one is odd
        jmp .known
.normal:
        mov al, 2 * THIRD
.known: mov ah, al
        mov bh, al
        ret

; ------------------------------------------------------------------ mode 13h: 256 colours

; 16 as on the CGA, 16 greys, then nine circles of 24 hues: three saturations at three
; brightnesses; 8 are left black.
load_256:
        mov cl, 0
.cga:   push cx
        mov ch, cl
        and ch, 8
        shl ch, 1                   ; bit 3 makes lighter here
        and cl, 7
        or cl, ch
        call rule_cga
        call put_colour
        pop cx
        inc cl
        cmp cl, 16
        jb .cga
        mov si, .greys
        mov cx, 16
.grey:  mov al, [cs:si]
        mov ah, al
        mov bh, al
        call put_colour
        inc si
        loop .grey
        mov si, .circles
.circle:
        call load_circle
        add si, 5
        cmp si, .end
        jb .circle
        mov cx, 8 * 3
        mov al, 0
.black: out dx, al
        loop .black
        ret
.greys: db 0x00, 0x05, 0x08, 0x0b, 0x0e, 0x11, 0x14, 0x18
        db 0x1c, 0x20, 0x24, 0x28, 0x2d, 0x32, 0x38, 0x3f
.circles:                           ; five levels each, from none of a colour to all
        db 0x00, 0x10, 0x1f, 0x2f, 0x3f
        db 0x1f, 0x27, 0x2f, 0x37, 0x3f
        db 0x2d, 0x31, 0x36, 0x3a, 0x3f
        db 0x00, 0x07, 0x0e, 0x15, 0x1c
        db 0x0e, 0x11, 0x15, 0x18, 0x1c
        db 0x14, 0x16, 0x18, 0x1a, 0x1c
        db 0x00, 0x04, 0x08, 0x0c, 0x10
        db 0x08, 0x0a, 0x0c, 0x0e, 0x10
        db 0x0b, 0x0c, 0x0d, 0x0f, 0x10
.end:

; CS:SI -> five levels. 24 hues: blue, magenta, red, yellow, green, cyan, and three steps between
; each. Red's level goes up during the first sixth, stays, stays, goes down, and is 0 for two;
; green does the same two sixths later, blue four.
load_circle:
        mov cl, 0                   ; the hue
.next:  mov al, cl
        call level
        mov bl, al
        mov al, cl
        add al, 24 - 8
        call level
        mov ah, al
        push ax
        mov al, cl
        add al, 24 - 16
        call level
        mov bh, al
        pop ax
        mov al, bl
        call put_colour
        inc cl
        cmp cl, 24
        jb .next
        ret

; AL = hue. Returns AL = red's level.
level:
        push bx
        mov ah, 0
        mov bl, 24
        div bl                      ; AH = hue modulo 24
        mov bl, ah
        cmp bl, 4
        jb .known                   ; up
        cmp bl, 12
        jbe .full
        cmp bl, 16
        jae .none
        neg bl
        add bl, 16                  ; down
        jmp .known
.full:  mov bl, 4
        jmp .known
.none:  mov bl, 0
.known: mov bh, 0
        mov al, [cs:si + bx]
        pop bx
        ret
