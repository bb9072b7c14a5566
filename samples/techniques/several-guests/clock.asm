; clock: a guest that mostly waits.
;
; Its timer comes eight times; in between it rests in HLT. While it rests another guest has the
; processor. When its timer comes, the monitor marks the interrupt, and delivers it when it is this
; guest's turn again.

COM1    equ 0x3f8               ; the first serial port
STACK   equ 0x7c00
TIMER   equ 0x20                ; the vector of IRQ 0
TICKS   equ 8
COUNT   equ 1000                ; ticks of the PIT from one interrupt to the next: 0.8 ms

        org 0x7c00
        bits 16
start:  cli
        xor ax, ax
        mov ds, ax
        mov ss, ax
        mov sp, STACK
        mov word [TIMER * 4], tick
        mov word [TIMER * 4 + 2], 0

        mov al, 0x11                    ; the interrupt controller: ICW1 to ICW4
        out 0x20, al
        mov al, TIMER
        out 0x21, al
        mov al, 4
        out 0x21, al
        mov al, 1
        out 0x21, al
        mov al, 0xfe                    ; nothing but the timer comes through
        out 0x21, al

        mov al, 0x34                    ; the PIT: again and again
        out 0x43, al
        mov al, COUNT & 0xff
        out 0x40, al
        mov al, COUNT >> 8
        out 0x40, al

        mov cx, TICKS
        mov bl, '1'
        sti
rest:   hlt                             ; others may have the processor
        mov si, text
        call print
        mov al, bl
        call put
        mov al, 10
        call put
        inc bl
        loop rest

        cli
        hlt                             ; nothing can wake it any more: this guest has ended

tick:   push ax
        mov al, 0x20                    ; end of interrupt
        out 0x20, al
        pop ax
        iret

; Prints AL.
put:    push dx
        mov dx, COM1
        out dx, al
        pop dx
        ret

; Prints the text at SI.
print:  lodsb
        test al, al
        jz .done
        call put
        jmp print
.done:  ret

text:   db "tick ", 0
