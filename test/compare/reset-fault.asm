; reset-fault: the third fault ends the run.
%include "report.inc.asm"

main:   cli
        SAY "third fault"
        lidt [none]
        int3
        SAY "it did not come"
        FINISH
none:   dw 0
        dd 0
