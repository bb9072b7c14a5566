; bios: a machine with nothing on it but its firmware.
;
; This is a disk. The BIOS loads its first sector, 512 bytes that end with 55 AA, to 0x7c00 and jumps
; there. That sector loads the rest of this file, which then lives by the BIOS alone: INT 10h is the
; screen, INT 13h the disk, INT 15h the machine, INT 16h the keyboard. There is no driver here.
;
; Press F5 and watch the Guest Screen. Step Over (F10) crosses an `int`: the service is done. Step
; Into (F11) goes to the service: the BIOS is an assembly program like this one, and its source opens.

TEXT        equ 0xb800              ; segment of the screen in text modes: character, attribute, …
PIXELS      equ 0xa000              ; segment of the screen in mode 13h: one byte for each pixel
WIDTH       equ 320                 ; pixels in a row of mode 13h
TICKS       equ 0x46c               ; the BIOS counts the timer's interrupts here, 18.2 in a second
ENTRY       equ 0x600               ; the memory map comes here, entry by entry
TRAIL       equ 0xa000              ; the snake: where its parts are
TRAIL_MASK  equ 2 * 1024 - 1        ; … in a ring of 1024 words

UP          equ 0x48                ; scan codes, as INT 16h gives them in AH
DOWN        equ 0x50
LEFT        equ 0x4b
RIGHT       equ 0x4d
ESC         equ 0x01

%define AT(row, column) (((row) * 80 + (column)) * 2)

        org 0x7c00
        bits 16

; ------------------------------------------------------------------ the boot sector
start:
        cli                         ; no interrupt between the next two loads
        xor ax, ax
        mov ss, ax
        mov sp, 0x7c00              ; the stack grows down from where we are
        sti
        mov ds, ax
        mov es, ax
        cld
        mov [drive], dl             ; the BIOS says in DL what it has booted from

        mov ah, 0x02                ; INT 13h, service 2: read sectors
        mov al, SECTORS
        mov cx, 2                   ; cylinder 0, sector 2: sectors are counted from 1
        mov dh, 0                   ; head 0
        mov bx, second_part         ; to ES:BX
        int 0x13                    ; try Step Over, then Step Into: how does the BIOS do it?
        jnc second_part

        mov si, unreadable
.next:  lodsb
        test al, al
        jz .halt
        mov ah, 0x0e                ; INT 10h, service 0Eh: print AL like a teletype
        mov bx, 7
        int 0x10
        jmp .next
.halt:  hlt
        jmp .halt

drive:          db 0
unreadable:     db "The disk cannot be read.", 13, 10, 0

        times 510 - ($ - $$) db 0
        dw 0xaa55                   ; without these two bytes it is not a boot sector

; ------------------------------------------------------------------ the menu
second_part:
        call draw_menu

wait_for_choice:
        mov ah, 0x00                ; INT 16h, service 0: wait for a key
        int 0x16                    ; AH = scan code, AL = character
        cmp ah, UP
        je .up
        cmp ah, DOWN
        je .down
        cmp al, 13
        je .choose
        sub al, '1'
        cmp al, CHOICES
        jae wait_for_choice
        mov [chosen], al
.choose:
        xor bx, bx
        mov bl, [chosen]
        shl bx, 1
        call [actions + bx]
        jmp second_part
.up:    mov al, [chosen]
        sub al, 1
        jnc .move
        mov al, CHOICES - 1         ; from the first to the last
        jmp .move
.down:  mov al, [chosen]
        inc al
        cmp al, CHOICES
        jb .move
        mov al, 0
.move:  mov [chosen], al
        call draw_choices
        jmp wait_for_choice

CHOICES     equ 4
actions:    dw play_snake, show_memory, paint, power_off
chosen:     db 0

draw_menu:
        call text_screen
        mov di, AT(2, 8)
        call draw_title
        mov si, subtitle
        mov di, AT(7, 17)
        mov ah, 0x1b
        call print

        mov di, AT(10, 22)          ; a box, and its shadow
        mov cx, 36
        mov dx, CHOICES * 2 + 1
        mov ah, 0x1f
        call draw_box

        mov si, keys
        mov di, AT(24, 2)
        mov ah, 0x17
        call print
        mov al, [drive]
        call print_hex
        mov si, memory
        call print
        push ax
        int 0x12                    ; AX = KBytes, of those below 1 MByte that a PC always has
        movzx eax, ax
        pop bx
        mov cl, bh                  ; the attribute
        call print_number
        mov si, kbytes
        call print
        ; falls through

draw_choices:
        xor bx, bx
        mov si, choices
        mov di, AT(12, 24)
.next:  mov ah, 0x1f                ; white on blue
        cmp bl, [chosen]
        jne .draw
        mov ah, 0x30                ; black on cyan
.draw:  push di
        call print
        pop di
        add di, AT(2, 0)
        inc bx
        cmp bx, CHOICES
        jb .next
        ret

subtitle:   db "A menu, a game, a table: by nothing but the BIOS", 0
choices:    db "   1   Play snake               ", 0
            db "   2   Show the memory map      ", 0
            db "   3   Paint with the mouse     ", 0
            db "   4   Power off                ", 0
keys:       db "Up, Down, Enter, or a digit     booted from drive 0x", 0
memory:     db ", ", 0
kbytes:     db " KBytes of memory", 0

; The title is written in the ROM's own font. The video BIOS tells where it has its letters of 8 by
; 8 pixels; two pixels, one above the other, make one of the characters " ", upper half, lower half,
; full block.
draw_title:
        push es
        mov ax, 0x1130              ; INT 10h, service 11h, 30h: tell about a font
        mov bh, 3                   ; the characters 0 to 127 of 8 by 8
        int 0x10                    ; ES:BP = its first byte
        mov ax, es
        mov fs, ax
        pop es
        mov bx, title
.letter:
        movzx si, byte [bx]         ; 8 bytes for each character, one for each row
        test si, si
        jz .done
        shl si, 3
        add si, bp
        mov cx, 4                   ; 8 rows of pixels are 4 of text
        push di
.rows:  mov dx, [fs:si]             ; DL = the upper row, DH = the lower one
        add si, 2
        push cx
        push di
        mov cx, 8
.pixel: push bx
        mov bx, 0
        shl dl, 1
        rcl bl, 1                   ; the upper pixel is now bit 0 of BL …
        shl dh, 1
        rcl bl, 1                   ; … and moves to bit 1, for the lower one
        mov al, [blocks + bx]
        pop bx
        mov ah, 0x1e                ; yellow on blue
        stosw
        loop .pixel
        pop di
        pop cx
        add di, AT(1, 0)
        loop .rows
        pop di
        add di, 8 * 2
        inc bx
        jmp .letter
.done:  ret

title:      db "RINGSIDE", 0
blocks:     db ' ', 0xdc, 0xdf, 0xdb

; ------------------------------------------------------------------ snake
; Mode 13h: 320 by 200 pixels of 256 colours, a byte each, from A000:0. The field has cells of 8 by 8
; pixels, the size of a letter, and there is no other map of it than the screen: what a cell is tells
; the pixel in its middle. A place is the offset of a cell's first pixel, so a step is an addition.

STEP_X      equ 8
STEP_Y      equ 8 * WIDTH
MIDDLE      equ 3 * WIDTH + 3
FLOOR       equ 18                  ; dark greys, like a chessboard: 18 and 19
APPLE       equ 4
WALL        equ 22
HUES        equ 32                  ; the palette begins to go round the rainbow here, in 24 steps
PACE        equ 2                   ; ticks for each step

play_snake:
        mov ax, 0x0013              ; INT 10h, service 0: set the mode
        int 0x10
        push word PIXELS
        pop es
        mov ax, [TICKS]             ; a seed that no two games share
        mov [random], ax
        mov word [score], 0
        call draw_field

        mov bx, 0                   ; BX: the head's index in TRAIL, BP: the tail's
        mov bp, 0
        mov word [growth], 4
        mov word [step], STEP_X
        mov word [TRAIL], 12 * STEP_Y + 10 * STEP_X
        call drop_apple
        call draw_score

.step:  mov ax, [TICKS]             ; sleep until PACE ticks have passed
.sleep: hlt                         ; under a monitor each HLT is a VM exit
        mov dx, [TICKS]
        sub dx, ax
        cmp dx, PACE
        jb .sleep

        mov ah, 0x01                ; INT 16h, service 1: is there a key? One of them for each step:
        int 0x16                    ; the BIOS keeps 15 for us, so a quick turn is not lost
        jz .move
        mov ah, 0x00
        int 0x16
        cmp ah, ESC
        je .leave
        mov dx, STEP_X
        cmp ah, RIGHT
        je .turn
        neg dx
        cmp ah, LEFT
        je .turn
        mov dx, STEP_Y
        cmp ah, DOWN
        je .turn
        neg dx
        cmp ah, UP
        jne .move
.turn:  mov ax, dx
        add ax, [step]
        jz .move                    ; backwards, into our own neck: no
        mov [step], dx

.move:  mov di, [TRAIL + bx]        ; the old head becomes a part of the body
        inc byte [hue]
        cmp byte [hue], 24
        jb .paint
        mov byte [hue], 0
.paint: mov si, body
        call draw_tile

        add di, [step]
        mov al, [es:di + MIDDLE]    ; what is there?
        cmp al, APPLE
        je .eat
        and al, 0xfe
        cmp al, FLOOR
        jne .dead
        cmp word [growth], 0
        je .tail
        dec word [growth]
        jmp .head
.eat:   inc word [score]
        add word [growth], 3
        call .new_head
        call drop_apple
        call draw_score
        jmp .step
.tail:  push di
        mov di, [TRAIL + bp]
        call draw_floor
        pop di
        add bp, 2
        and bp, TRAIL_MASK
.head:  call .new_head
        jmp .step

.new_head:
        add bx, 2
        and bx, TRAIL_MASK
        mov [TRAIL + bx], di
        mov si, head
        jmp draw_tile

.dead:  mov di, [TRAIL + bx]        ; it looks at what it ran into
        mov si, head
        call draw_tile
        mov si, game_over
        mov dx, (12 << 8) | 11      ; row, column
        mov bl, 15
        call print_here
        mov cx, 15                  ; INT 15h, service 86h: wait CX:DX microseconds, here one second
        mov dx, 0x4240
        mov ah, 0x86
        int 0x15
.drain: mov ah, 0x01                ; keys of the last excitement do not count
        int 0x16
        jz .ask
        mov ah, 0x00
        int 0x16
        jmp .drain
.ask:   mov ah, 0x00
        int 0x16
        cmp ah, ESC
        jne play_snake
.leave: ret

draw_field:
        xor di, di
        mov cx, 25
.row:   push cx
        mov cx, 40
.cell:  mov ax, di                  ; is this cell at the edge? AX = row, DX = 8 * column
        xor dx, dx
        push cx
        mov cx, STEP_Y
        div cx
        pop cx
        test ax, ax
        jz .next                    ; row 0 is for the score
        cmp ax, 1
        je .wall
        cmp ax, 24
        je .wall
        test dx, dx
        jz .wall
        cmp dx, 39 * STEP_X
        je .wall
        call draw_floor
        jmp .next
.wall:  mov si, wall
        call draw_tile
.next:  add di, STEP_X
        loop .cell
        add di, 7 * WIDTH
        pop cx
        loop .row
        ret

; Paints the cell at DI with one of two greys.
draw_floor:
        pusha
        mov ax, di
        xor dx, dx
        mov cx, STEP_Y
        div cx
        shr dx, 3
        add ax, dx                  ; row + column: odd or even?
        and al, 1
        add al, FLOOR
        mov dx, 8
.row:   mov cx, 8
        rep stosb
        add di, WIDTH - 8
        dec dx
        jnz .row
        popa
        ret

; Paints the picture at SI into the cell at DI: 0 leaves what is there, 255 is the present hue.
draw_tile:
        pusha
        mov dx, 8
.row:   mov cx, 8
.pixel: lodsb
        test al, al
        jz .skip
        cmp al, 255
        jne .put
        mov al, [hue]
        add al, HUES
.put:   mov [es:di], al
.skip:  inc di
        loop .pixel
        add di, WIDTH - 8
        dec dx
        jnz .row
        popa
        ret

; An apple on a free cell: rows 2 to 23, columns 1 to 38.
drop_apple:
        pusha
.again: mov al, 22
        call below
        add al, 2
        mov ah, 0
        mov cx, STEP_Y
        mul cx
        mov di, ax
        mov al, 38
        call below
        inc al
        mov ah, 0
        shl ax, 3
        add di, ax
        mov al, [es:di + MIDDLE]
        and al, 0xfe
        cmp al, FLOOR
        jne .again
        mov si, apple
        call draw_tile
        popa
        ret

; A random number from 0 to AL - 1, in AL. The high bits of such a generator are the better ones.
below:
        push dx
        mov dl, al
        imul ax, [random], 25173
        add ax, 13849
        mov [random], ax
        mov al, ah
        mul dl
        mov al, ah
        pop dx
        ret

draw_score:
        pusha
        mov ax, [score]
        mov cl, 10
        div cl
        add ax, '00'
        mov [digits], ax
        mov si, score_line
        mov dx, 1
        mov bl, 14
        call print_here
        popa
        ret

; Prints SI at row DH, column DL, in colour BL: in graphics modes the BIOS paints the letters.
print_here:
        mov ah, 0x02                ; INT 10h, service 2: place the cursor
        mov bh, 0
        int 0x10
.next:  lodsb
        test al, al
        jz .done
        mov ah, 0x0e
        int 0x10
        jmp .next
.done:  ret

score_line: db "APPLES "
digits:     db "00              ARROWS   ESC", 0
game_over:  db " GAME OVER  ANY KEY ", 0

; Pictures of 8 by 8. In the palette that the BIOS sets, 15 is white, 16 to 31 go from black to white.
%define o 255
head:   db 0, o, o, o, o, o, o, 0
        db o, 15, 15, o, o, 15, 15, o
        db o, 15, 16, o, o, 16, 15, o
        db o, o, o, o, o, o, o, o
        db o, o, o, o, o, o, o, o
        db o, o, 12, o, o, 12, o, o
        db o, o, o, 12, 12, o, o, o
        db 0, o, o, o, o, o, o, 0
body:   db 0, 0, o, o, o, o, 0, 0
        db 0, o, 31, o, o, o, o, 0
        db o, 31, o, o, o, o, o, o
        db o, o, o, o, o, o, o, o
        db o, o, o, o, o, o, o, o
        db o, o, o, o, o, o, o, o
        db 0, o, o, o, o, o, o, 0
        db 0, 0, o, o, o, o, 0, 0
apple:  db 0, 0, 0, 0, 6, 2, 10, 0
        db 0, 0, 4, 6, 4, 2, 0, 0
        db 0, 4, 12, 4, 4, 4, 4, 0
        db 4, 12, 15, 4, 4, 4, 4, 4
        db 4, 12, 4, 4, 4, 4, 4, 4
        db 4, 4, 4, 4, 4, 4, 4, 4
        db 0, 4, 4, 4, 4, 4, 4, 0
        db 0, 0, 4, 4, 0, 4, 0, 0
wall:   db 25, 25, 25, 25, 25, 25, 25, 20
        db 25, 22, 22, 22, 22, 22, 22, 20
        db 25, 22, 22, 22, 22, 22, 22, 20
        db 20, 20, 20, 22, 20, 20, 20, 20
        db 25, 25, 25, 20, 25, 25, 25, 25
        db 22, 22, 22, 20, 25, 22, 22, 22
        db 22, 22, 22, 20, 25, 22, 22, 22
        db 20, 20, 20, 20, 20, 20, 20, 20

random:     dw 0
score:      dw 0
step:       dw 0                    ; what a step adds to a place
growth:     dw 0                    ; how many parts the snake still has to grow
hue:        db 0

; ------------------------------------------------------------------ the memory map
; INT 15h, E820h gives one entry with each call; EBX says where to go on, 0 at the end.
show_memory:
        call text_screen
        mov di, AT(2, 6)
        mov cx, 68
        mov dx, 18
        mov ah, 0x1f
        call draw_box
        mov si, memory_title
        mov di, AT(2, 30)
        call print
        mov si, memory_head
        mov di, AT(4, 9)
        mov ah, 0x1b
        call print

        mov dword [usable], 0
        mov di, AT(6, 9)
        xor ebx, ebx
.next:  push es
        push di
        push word 0
        pop es
        mov eax, 0xe820
        mov edx, 'PAMS'             ; "SMAP" backwards: the BIOS wants to see it, and gives it back
        mov ecx, 20
        mov di, ENTRY
        int 0x15
        pop di
        pop es
        jc .end
        cmp eax, 'PAMS'
        jne .end

        push ebx
        push di
        mov bl, [ENTRY + 16]        ; the kind
        cmp bl, 5
        jbe .known
        mov bl, 0
.known: mov bh, 0
        mov ah, [kind_colours + bx]
        mov si, ENTRY + 8           ; the number of its highest byte
        call print_hex64
        add di, 3 * 2
        push bx
        mov eax, [ENTRY + 8]        ; base + length - 1: its last byte
        mov edx, [ENTRY + 12]
        push edx
        push eax
        sub eax, 1
        sbb edx, 0
        add eax, [ENTRY]
        adc edx, [ENTRY + 4]
        mov [ENTRY + 8], eax
        mov [ENTRY + 12], edx
        mov ah, [kind_colours + bx]
        mov si, ENTRY + 16
        call print_hex64
        pop eax
        pop edx
        shrd eax, edx, 10           ; KBytes
        pop bx
        cmp bl, 1
        jne .length
        add [usable], eax
.length:
        mov cl, [kind_colours + bx]
        add di, 12 * 2
        call print_number_left
        mov ah, cl
        add di, 3 * 2
        shl bx, 1
        mov si, [kinds + bx]
        call print
        pop di
        add di, AT(1, 0)
        pop ebx
        test ebx, ebx
        jnz .next

.end:   mov si, total
        mov di, AT(19, 9)
        mov ah, 0x1a
        call print
        mov eax, [usable]
        mov cl, 0x1a
        call print_number
        mov si, any_key
        mov di, AT(24, 2)
        mov ah, 0x17
        call print
        mov ah, 0x00
        int 0x16
        ret

memory_title:   db " Memory, by INT 15h E820h ", 0
memory_head:    db "From              To                     KBytes   Kind", 0
total:          db "Usable, in KBytes: ", 0
any_key:        db "Any key: back to the menu", 0
kinds:          dw other, ram, reserved, acpi, nvs, bad
other:          db "unknown", 0
ram:            db "usable", 0
reserved:       db "reserved", 0
acpi:           db "ACPI tables", 0
nvs:            db "ACPI NVS", 0
bad:            db "defective", 0
kind_colours:   db 0x17, 0x1a, 0x17, 0x1e, 0x1e, 0x1c
usable:         dd 0

; ------------------------------------------------------------------ the mouse
; INT 15h, C2h: the BIOS talks to the mouse, and calls us for each packet that it sends. Mode 13h again.

MOUSE_LEFT  equ 0x01                ; bits of a packet's first byte
MOUSE_RIGHT equ 0x02
X_NEGATIVE  equ 0x10                ; the ways are numbers of nine bits: here are the highest ones
Y_NEGATIVE  equ 0x20
SIZE        equ 8                   ; of the pointer's picture: all of it stays on the screen

paint:
        mov ax, 0x0013
        int 0x10
        mov ax, 0xc205              ; INT 15h, C2h, 05h: reset the mouse …
        mov bh, 3                   ; … whose packets have three bytes
        int 0x15
        jc .no_mouse
        push word 0
        pop es
        mov ax, 0xc207              ; 07h: call ES:BX with each packet
        mov bx, mouse_packet
        int 0x15
        push word PIXELS
        pop es
        mov word [mouse_x], 160
        mov word [mouse_y], 100
        mov si, paint_keys
        mov dx, (24 << 8) | 2
        mov bl, 7
        call print_here
        call draw_pointer
        mov ax, 0xc200              ; 00h: let it send, BH = 1; IRQ 12 from now on
        mov bh, 1
        int 0x15
        jc .no_mouse

.key:   mov ah, 0x00                ; the mouse paints meanwhile: mouse_packet is called by an interrupt
        int 0x16
        cmp ah, ESC
        jne .key
        mov ax, 0xc200
        mov bh, 0                   ; … and send no more
        int 0x15
        ret

.no_mouse:
        mov si, mouse_missing
        mov dx, (12 << 8) | 8
        mov bl, 12
        call print_here
        mov ah, 0x00
        int 0x16
        ret

; The BIOS has pushed four words: the packet's bytes, and 0. We come here in the middle of anything:
; every register must be as it was.
mouse_packet:
        pusha
        push ds
        push es
        mov bp, sp                  ; below the words: our own 20 bytes, and where to return to
        push word 0
        pop ds
        push word PIXELS
        pop es
        call draw_pointer           ; once more: it is gone
        mov al, [bp + 30]           ; the first byte: buttons and signs
        mov bl, [bp + 28]           ; the way to the right
        mov bh, 0
        test al, X_NEGATIVE
        jz .right
        dec bh
.right: mov si, mouse_x
        mov dx, WIDTH - SIZE
        call .go
        mov bl, [bp + 26]           ; the way up: rows are counted downwards
        mov bh, 0
        test al, Y_NEGATIVE
        jz .up
        dec bh
.up:    neg bx
        mov si, mouse_y
        mov dx, 23 * 8 - SIZE       ; the last rows are for what keys do
        call .go
        mov ah, 0
        test al, MOUSE_RIGHT        ; the eraser
        jnz .dab
        test al, MOUSE_LEFT
        jz .done
        inc byte [hue]
        cmp byte [hue], 24
        jb .hue
        mov byte [hue], 0
.hue:   mov ah, [hue]
        add ah, HUES
.dab:   call draw_dab               ; a fast hand leaves gaps: a packet says where, not which way
.done:  call draw_pointer
        pop es
        pop ds
        popa
        retf

.go:    add bx, [si]                ; to 0 at least …
        jns .most
        mov bx, 0
.most:  cmp bx, dx                  ; … and DX at most
        jb .store
        mov bx, dx
.store: mov [si], bx
        ret

; DI = the pixel under the pointer's tip.
pointer_place:
        imul di, [mouse_y], WIDTH
        add di, [mouse_x]
        ret

; A square of 4 by 4 pixels in colour AH.
draw_dab:
        call pointer_place
        mov al, ah
        mov dx, 4
.row:   mov cx, 4
        rep stosb
        add di, WIDTH - 4
        dec dx
        jnz .row
        ret

; Turns the colours under the pointer over: drawn twice, all is as it was.
draw_pointer:
        pusha
        call pointer_place
        mov si, pointer
        mov dx, SIZE
.row:   lodsb
        mov cx, SIZE
.pixel: shl al, 1
        jnc .skip
        xor byte [es:di], 15
.skip:  inc di
        loop .pixel
        add di, WIDTH - SIZE
        dec dx
        jnz .row
        popa
        ret

pointer:        db 11000000b, 11110000b, 11111100b, 11111000b, 11111000b, 11011100b, 10001110b, 00000100b
paint_keys:     db "LEFT: PAINT   RIGHT: RUB OUT   ESC", 0
mouse_missing:  db "The BIOS finds no mouse.", 0
mouse_x:        dw 0
mouse_y:        dw 0

; ------------------------------------------------------------------ power off
power_off:
        mov ax, 0x0003
        int 0x10
        mov si, good_night
        mov dx, 0
        mov bl, 7
        call print_here

        mov ax, 0x5301              ; APM, real mode: connect …
        xor bx, bx
        int 0x15
        mov ax, 0x530e              ; … as a driver of version 1.2 …
        xor bx, bx
        mov cx, 0x0102
        int 0x15
        mov ax, 0x5307              ; … and set the power state
        mov bx, 0x0001              ; of all devices
        mov cx, 0x0003              ; to off
        int 0x15

        mov si, still_here          ; a BIOS without APM comes back
        mov dx, 0x0100
        mov bl, 7
        call print_here
.halt:  hlt
        jmp .halt

good_night: db "Good night.", 0
still_here: db "It is now safe to turn off your computer.", 0

; ------------------------------------------------------------------ the text screen
; What follows writes to the screen's memory itself. That is no more work for the processor than any
; other memory, with a monitor below or without: compare with what one character of INT 10h costs.

; Text mode in its first state, all blue, without a cursor; ES = its memory.
text_screen:
        mov ax, 0x0003
        int 0x10
        mov ah, 0x01
        mov cx, 0x2000
        int 0x10
        push word TEXT
        pop es
        mov ax, 0x1020
        xor di, di
        mov cx, 80 * 24
        rep stosw
        mov ax, 0x1720              ; the last line is for what keys do
        mov cx, 80
        rep stosw
        ret

; Prints the text at SI, which ends with 0, at ES:DI with attribute AH.
print:
        lodsb
        test al, al
        jz .done
        stosw
        jmp print
.done:  ret

; Prints AL as two hexadecimal digits at ES:DI with attribute AH.
print_hex:
        push ax
        shr al, 4
        call .digit
        pop ax
        and al, 0x0f
.digit: cmp al, 10
        jb .put
        add al, 'a' - '0' - 10
.put:   add al, '0'
        stosw
        ret

; Prints the 8 bytes before SI, the highest first.
print_hex64:
        mov cx, 8
.next:  dec si
        push ax
        mov al, [si]
        call print_hex
        pop ax
        loop .next
        ret

; Prints EAX in decimal from DI on with attribute CL …
print_number:
        push eax
        call digits_of
        add di, dx
        add di, dx
        pop eax
        push di
        call print_number_left
        pop di
        mov ah, cl
        ret

; … or so that it ends before DI.
print_number_left:
        pushad
        mov ebx, 10
.next:  xor edx, edx
        div ebx
        add dl, '0'
        mov dh, cl
        sub di, 2
        mov [es:di], dx
        test eax, eax
        jnz .next
        popad
        ret

; DX = how many digits EAX has.
digits_of:
        push ebx
        push cx
        mov ebx, 10
        xor cx, cx
.next:  inc cx
        xor edx, edx
        div ebx
        test eax, eax
        jnz .next
        mov dx, cx
        pop cx
        pop ebx
        ret

; A box at ES:DI, CX characters wide, with DX lines between its edges, attribute AH. Its shadow falls
; on what is below: the attribute changes, the characters stay.
draw_box:
        pusha
        mov si, top_edge
        call .line
.inner: mov si, sides
        call .line
        dec dx
        jnz .inner
        mov si, bottom_edge
        call .line
        add di, 2 * 2               ; the shadow's lowest row
        inc di                      ; attributes are the odd bytes
.below: mov byte [es:di], 0x08
        add di, 2
        loop .below
        popa
        ret
.line:  push cx
        push di
        lodsb
        stosw
        lodsb
        sub cx, 2
        rep stosw
        lodsb
        stosw
        cmp si, top_edge + 3        ; no shadow beside the first row
        je .lit
        mov byte [es:di + 1], 0x08
        mov byte [es:di + 3], 0x08
.lit:   pop di
        pop cx
        add di, AT(1, 0)
        ret

top_edge:       db 0xc9, 0xcd, 0xbb
sides:          db 0xba, ' ', 0xba
bottom_edge:    db 0xc8, 0xcd, 0xbc

        align 512, db 0             ; disks are read in whole sectors
SECTORS     equ ($ - second_part) / 512
