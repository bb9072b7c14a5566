        ; Bit 1 is no flag: it always reads as 1, and the processor insists on it here.
        put GUEST_RFLAGS, 2
