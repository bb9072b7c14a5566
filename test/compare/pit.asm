; pit: the 8254 by its ports, on channel 2, whose gate is bit 0 of port 61h and whose output is bit 5: each mode
; with its status, latches, both halves of the count, BCD, the read-back command.
%include "report.inc.asm"
%include "ports.inc.asm"

%macro STATUS 1                     ; of channel 2, with port 61h
        OUT8 0x43, 0xe8
        SHOW8 0x42, %1
        in al, 0x61
        and al, 0x21
        call show8
        db "  61", 0
%endmacro
%macro GATE 1
        in al, 0x61
        and al, 0xfc
        or al, %1
        out 0x61, al
%endmacro

%macro MODE 1
        SAY "mode"
        GATE 0
        OUT8 0x43, 0xb0 | %1 << 1
        STATUS "control word"
        OUT8 0x42, 0x34
        STATUS "one byte"
        OUT8 0x42, 0x92
        STATUS "both bytes"
        GATE 1
        mov cx, 100
%%wait: in al, 0x61
        loop %%wait
        STATUS "gate on"
        GATE 0
%endmacro

main:   cli
        MODE 0
        MODE 1
        MODE 2
        MODE 3
        MODE 4
        MODE 5
        ; mode 0 comes to its end; mode 1 once for each edge of the gate
        GATE 1
        OUT8 0x43, 0xb0
        OUT8 0x42, 50
        OUT8 0x42, 0
        call long
        STATUS "mode 0, at its end"
        GATE 0
        OUT8 0x43, 0xb2
        OUT8 0x42, 50
        OUT8 0x42, 0
        GATE 1
        call long
        STATUS "mode 1, at its end"
        GATE 0
        ; a count that stands still is read in each way
        OUT8 0x43, 0xb4
        OUT8 0x42, 0x34
        OUT8 0x42, 0x12
        call long
        OUT8 0x43, 0x80
        SHOW8 0x42, "latched low"
        SHOW8 0x42, "latched high"
        SHOW8 0x42, "low"
        SHOW8 0x42, "high"
        OUT8 0x43, 0xc8             ; status and count: the status comes first
        SHOW8 0x42, "read back status"
        SHOW8 0x42, "read back low"
        SHOW8 0x42, "read back high"
        OUT8 0x43, 0x94             ; low byte only
        OUT8 0x42, 0x77
        call long
        SHOW8 0x42, "low only"
        OUT8 0x43, 0xa4             ; high byte only
        OUT8 0x42, 0x55
        call long
        SHOW8 0x42, "high only"
        OUT8 0x43, 0xb5             ; BCD
        OUT8 0x42, 0x99
        OUT8 0x42, 0x19
        call long
        SHOW8 0x42, "BCD low"
        SHOW8 0x42, "BCD high"
        SHOW8 0x43, "the control port"
        FINISH
long:   mov cx, 3000
.next:  in al, 0x61
        loop .next
        ret
