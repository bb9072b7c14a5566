; bios: the firmware of the machine, 64 KBytes at F000:0000.
;
; When the processor has been switched on it executes the instruction at F000:FFF0, in the last
; lines of this file. It leads to post.asm, which prepares everything; boot.asm then loads the
; first sector of a disk and jumps there. From then on the BIOS is what programs call: INT 13h is
; in disk.asm, INT 16h in keyboard-services.asm, and so on. INT 10h, the screen, is in a ROM of
; its own, the graphics adapter's.
;
; Where to read on about services: Ralf Brown's Interrupt List; about tables and the data area:
; the IBM PC AT Technical Reference.

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
%include "shift-keys.asm"
%include "keyboard-services.asm"
%include "key-codes.asm"
%include "mouse.asm"
%include "serial.asm"
%include "printer.asm"
%include "equipment.asm"
%include "system.asm"
%include "protected-mode.asm"
%include "apm.asm"
%include "memory-map.asm"
%include "ata.asm"
%include "geometry.asm"
%include "disk.asm"
%include "floppy-controller.asm"
%include "floppy.asm"
%include "cd.asm"
%include "el-torito.asm"
%include "edd.asm"
%include "pci.asm"
%include "pci-32.asm"
%include "boot.asm"
%include "mp-table.asm"
%include "acpi-tables.asm"

; ------------------------------------------------------------------ places that never move
; Some programs know where the first PCs had their services, and jump there.

; PLACE 0xe6f2, int_0x19: at F000:E6F2 a jump to that service.
%macro PLACE 2
        times %1 - ($ - $$) db 0
        jmp %2
%endmacro

        PLACE 0xe05b, power_on
        PLACE 0xe2c3, int_0x02
        PLACE 0xe3fe, int_0x13
        PLACE 0xe6f2, int_0x19
        PLACE 0xe739, int_0x14
        PLACE 0xe82e, int_0x16
        PLACE 0xe987, int_0x09
        PLACE 0xec59, int_0x40

        times 0xefc7 - ($ - $$) db 0
floppy_table:                       ; vector 1Eh, a drive of 1.44 MBytes
        db 0xaf, 0x02               ; step rate, head unload and load time
        db 0x25                     ; ticks until the motor stops
        db 2, 18                    ; 512 bytes a sector, 18 sectors a track
        db 0x1b, 0xff, 0x6c         ; gaps, data length
        db 0xf6                     ; what formatting fills with
        db 15, 8                    ; head settle time, motor start time

        PLACE 0xefd2, int_0x17
        PLACE 0xf841, int_0x12
        PLACE 0xf84d, int_0x11
        PLACE 0xf859, int_0x15
        PLACE 0xfe6e, int_0x1a
        PLACE 0xfea5, int_0x08

        times 0xff53 - ($ - $$) db 0
dummy_interrupt:                    ; F000:FF53: what nobody serves
        iret

        times 0xfff0 - ($ - $$) db 0
reset:  jmp 0xf000:power_on         ; F000:FFF0: the processor's first instruction
        db "11/25/26"               ; F000:FFF5: the date of this BIOS
        db 0
        db 0xfc                     ; F000:FFFE: the model: an AT
        db 0                        ; F000:FFFF: makes the sum of all bytes 0
