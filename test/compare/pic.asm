; pic: both 8259s by their ports: registers after each initialization word, requests with and without masks,
; kinds of EOI, rotating priorities, special mask mode, polling, a spurious interrupt. The timer and the clock
; request.
%include "report.inc.asm"
%include "ports.inc.asm"

%macro READ 1                       ; IRR, ISR and IMR of both; the requests that nobody here makes are left out
        call read
        db %1, 0
%endmacro

main:   cli
        mov word [8 * 4], timer
        mov word [8 * 4 + 2], 0
        OUT8 0x43, 0x30             ; the timer requests when we say
        READ "as the BIOS left them"
        mov al, 0xff
        out 0x21, al
        out 0xa1, al
        call long
        READ "all masked, one requests"
        mov al, 0xfe
        out 0x21, al
        mov byte [keep], 1
        sti
        nop
        nop
        cli
        READ "no EOI yet"
        SHOW [count], "  interrupts"
        call long
        sti
        nop
        cli
        SHOW [count], "held by ISR"
        OUT8 0x20, 0x60             ; specific EOI of IRQ 0
        READ "specific EOI"
        mov byte [keep], 0
        call long
        sti
        nop
        nop
        cli
        READ "EOI in its handler"
        ; polling: the request is taken by a read
        call long
        OUT8 0x20, 0x0c
        SHOW8 0x20, "poll"
        READ "polled"
        OUT8 0x20, 0x20
        READ "EOI"
        ; special mask mode: what is in service does not hold others
        mov al, 0xff
        out 0x21, al
        OUT8 0x20, 0x68
        READ "special mask mode"
        OUT8 0x20, 0x48
        ; rotation
        OUT8 0x20, 0xc2             ; IRQ 2 has the lowest priority
        READ "priorities set"
        OUT8 0x20, 0xc7
        ; initialization clears masks
        OUT8 0x20, 0x11
        READ "ICW1"
        OUT8 0x21, 0x08
        OUT8 0x21, 0x04
        OUT8 0x21, 0x03             ; automatic EOI
        mov al, 0xfe
        out 0x21, al
        mov byte [keep], 1
        mov word [count], 0
        call long
        sti
        nop
        nop
        cli
        READ "automatic EOI"
        OUT8 0x20, 0x11
        OUT8 0x21, 0x40
        OUT8 0x21, 0x04
        OUT8 0x21, 0x01
        mov word [0x40 * 4], moved
        mov word [0x40 * 4 + 2], 0
        mov al, 0xfe
        out 0x21, al
        mov word [count], 0
        call long
        sti
        nop
        nop
        cli
        SHOW [count], "at vector 40h"
        SHOW8 0x4d0, "edge or level"
        SHOW8 0x4d1, "edge or level"
        FINISH

read:   pop si
        call print
        push si
        OUT8 0x20, 0x0a
        in al, 0x20
        and al, 1
        call .one
        OUT8 0x20, 0x0b
        in al, 0x20
        call .one
        in al, 0x21
        call .one
        OUT8 0xa0, 0x0b
        in al, 0xa0
        call .one
        in al, 0xa1
        call .one
        jmp newline
.one:   push ax
        call space
        pop ax
        jmp hex8
; One request of the timer.
long:   OUT8 0x43, 0x30
        OUT8 0x40, 0x80
        OUT8 0x40, 0x00
        mov cx, 20000
.next:  in al, 0x61
        loop .next
        ret
moved:  add word [cs:count], 0x100
timer:  inc word [cs:count]
        push ax
        cmp byte [cs:keep], 0
        jne .kept
        mov al, 0x20
        out 0x20, al
.kept:  pop ax
        iret
count:  dw 0
keep:   db 0
