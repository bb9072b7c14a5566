        ; Having it is not enough: the instructions exist once EFER.SVME is 1, on each processor.
        mov ecx, EFER
        rdmsr
        or eax, EFER_SVME
        wrmsr
