; reset-kbc: a reset by the keyboard controller ends the run.
%include "report.inc.asm"
%include "ports.inc.asm"

main:   cli
        SAY "reset"
        OUT8 0x64, 0xfe
        mov ecx, 1000000
.wait:  in al, 0x61
        a32 loop .wait
        SAY "it did not come"
        FINISH
