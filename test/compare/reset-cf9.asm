; reset-cf9: a reset by port CF9h ends the run.
%include "report.inc.asm"
%include "ports.inc.asm"

main:   cli
        SAY "reset"
        OUT8 0xcf9, 6
        mov ecx, 1000000
.wait:  in al, 0x61
        a32 loop .wait
        SAY "it did not come"
        FINISH
