; bios: the firmware of the machine, 64 KBytes at F000:0000.
;
; When the processor has been switched on it executes the instruction at F000:FFF0, in the last lines of this
; file. It leads to post.asm, which prepares everything; boot.asm then loads the first sector of a disk and
; jumps there. From then on the BIOS is what programs call: INT 13h is in disk.asm, INT 16h in
; keyboard-services.asm, and so on. INT 10h, the screen, is in a ROM of its own, the graphics adapter's.
;
; Where to read on about services: Ralf Brown's Interrupt List; about tables and the data area: the IBM PC
; AT Technical Reference.

        org 0
        bits 16
        cpu 686

%include "../shared/caller.asm"
%include "../shared/data-area.asm"

; A row of a service's table: AH, and the routine.
%macro FUNCTION 2
        db %1
        dw %2
%endmacro

%include "post.asm"
%include "vectors.asm"
%include "cmos.asm"
%include "interrupt-controllers.asm"
%include "timer.asm"
%include "clock.asm"
%include "keyboard.asm"
%include "keyboard-services.asm"
%include "key-codes.asm"
%include "serial.asm"
%include "printer.asm"
%include "equipment.asm"
%include "system.asm"
%include "memory-map.asm"
%include "ata.asm"
%include "geometry.asm"
%include "disk.asm"
%include "edd.asm"
%include "boot.asm"

; ------------------------------------------------------------------ places that never move
; Programs know these addresses since the first PC.

        times 0xe05b - ($ - $$) db 0
        jmp power_on                ; F000:E05B

        times 0xefc7 - ($ - $$) db 0
floppy_table:                       ; F000:EFC7: vector 1Eh, a 1.44 MByte drive
        db 0xaf, 0x02               ; step rate, head unload and load time
        db 0x25                     ; ticks until the motor stops
        db 2, 18                    ; 512 bytes a sector, 18 sectors a track
        db 0x1b, 0xff, 0x6c         ; gaps, data length
        db 0xf6                     ; what formatting fills with
        db 15, 8                    ; head settle time, motor start time

        times 0xff53 - ($ - $$) db 0
dummy_interrupt:                    ; F000:FF53: what nobody serves
        iret

        times 0xfff0 - ($ - $$) db 0
reset:  jmp 0xf000:power_on         ; F000:FFF0: the processor's first instruction
        db "11/25/26"               ; F000:FFF5: the date of this BIOS
        db 0
        db 0xfc                     ; F000:FFFE: the model: an AT
        db 0                        ; F000:FFFF: makes the sum of all bytes 0
