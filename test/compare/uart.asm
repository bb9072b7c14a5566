; uart: COM2 by its ports: divisor latch, scratch, loop back with its modem lines, FIFO and its sizes, interrupt
; identification in its order, overrun, IRQ 3.
%include "report.inc.asm"
%include "ports.inc.asm"

COM2    equ 0x2f8

main:   cli
        mov word [0x0b * 4], interrupt
        mov word [0x0b * 4 + 2], 0
        OUT8 COM2 + 1, 0
        OUT8 COM2 + 3, 0x83
        OUT8 COM2, 0x34
        OUT8 COM2 + 1, 0x12
        SHOW8 COM2, "divisor low"
        SHOW8 COM2 + 1, "divisor high"
        OUT8 COM2, 1
        OUT8 COM2 + 1, 0
        OUT8 COM2 + 3, 0x03
        SHOW8 COM2 + 1, "IER"
        OUT8 COM2 + 1, 0xff
        SHOW8 COM2 + 1, "IER ff"
        OUT8 COM2 + 1, 0
        OUT8 COM2 + 7, 0xa5
        SHOW8 COM2 + 7, "scratch"
        OUT8 COM2 + 4, 0xff
        SHOW8 COM2 + 4, "MCR ff"
        ; loop back: outputs become inputs
%assign lines 0
%rep 16
        OUT8 COM2 + 4, 0x10 | lines
        SHOW8 COM2 + 6, "MSR"
%assign lines lines + 1
%endrep
        SHOW8 COM2 + 6, "MSR again"
        OUT8 COM2 + 2, 0
        SHOW8 COM2 + 5, "LSR"
        OUT8 COM2, 0x5a
        call long
        SHOW8 COM2 + 5, "LSR with a byte"
        SHOW8 COM2, "byte"
        SHOW8 COM2 + 5, "LSR without"
        OUT8 COM2, 1
        call long
        OUT8 COM2, 2
        call long
        SHOW8 COM2 + 5, "LSR, overrun"
        SHOW8 COM2 + 5, "LSR again"
        SHOW8 COM2, "byte"
        ; FIFO
        OUT8 COM2 + 2, 0xc7
        SHOW8 COM2 + 2, "IIR, FIFO on"
        mov cx, 3
.fill:  push cx
        mov al, cl
        mov dx, COM2
        out dx, al
        call long
        pop cx
        loop .fill
        SHOW8 COM2, "byte"
        SHOW8 COM2, "byte"
        SHOW8 COM2, "byte"
        SHOW8 COM2 + 5, "LSR, empty"
        OUT8 COM2 + 2, 0
        SHOW8 COM2 + 2, "IIR, FIFO off"
        ; interrupts by priority
        OUT8 COM2 + 4, 0x18
        mov dx, COM2 + 6
        in al, dx
        OUT8 COM2 + 1, 0x0f
        SHOW8 COM2 + 2, "IIR: transmitter"
        SHOW8 COM2 + 2, "IIR: it has been told"
        OUT8 COM2, 0x42
        call long
        SHOW8 COM2 + 2, "IIR: received"
        OUT8 COM2, 0x43
        call long
        SHOW8 COM2 + 2, "IIR: overrun first"
        mov dx, COM2 + 5
        in al, dx
        SHOW8 COM2 + 2, "IIR: received again"
        mov dx, COM2
        in al, dx
        SHOW8 COM2 + 2, "IIR: transmitter again"
        OUT8 COM2 + 4, 0x19
        SHOW8 COM2 + 2, "IIR: modem"
        mov dx, COM2 + 6
        in al, dx
        SHOW8 COM2 + 2, "IIR: nothing"
        ; IRQ 3, by OUT2
        OUT8 COM2 + 1, 0
        OUT8 COM2 + 4, 0x08
        in al, 0x21
        and al, 0xf7
        out 0x21, al
        sti
        OUT8 COM2 + 1, 2
        mov cx, 100
.irq:   in al, 0x61
        loop .irq
        cli
        SHOW [count], "interrupts"
        FINISH
long:   push cx
        mov cx, 20000
.next:  in al, 0x61
        loop .next
        pop cx
        ret
interrupt:
        push ax
        push dx
        inc word [cs:count]
        mov dx, COM2 + 2
        in al, dx
        mov al, 0x20
        out 0x20, al
        pop dx
        pop ax
        iret
count:  dw 0
