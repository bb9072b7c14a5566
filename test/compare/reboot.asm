; reboot: INT 19h starts the disk's first sector again; INT 18h says that there is nothing to start.
%include "report.inc.asm"
%include "ports.inc.asm"

MARK    equ 0x4f0                   ; of the data area, for programs: no firmware clears it

main:   cmp dword [MARK], "back"
        je .again
        mov dword [MARK], "back"
        mov byte [0x7c00], 0        ; it is read anew
        SAY "INT 19h"
        int 0x19
        SAY "no"
        FINISH
.again: SAY "started again"
        mov al, [boot_drive]
        call hex8
        call newline
        mov dword [MARK], 0
        mov word [0x1c * 4], tick
        mov word [0x1c * 4 + 2], 0
        int 0x18
        SAY "INT 18h came back"
        FINISH

; Nobody comes back from INT 18h: this is called by the clock.
tick:   inc byte [cs:ticks]
        cmp byte [cs:ticks], 20
        jae .end
        iret
.end:   push 0
        pop ds
        SAY "waits"
        FINISH
ticks:  db 0
