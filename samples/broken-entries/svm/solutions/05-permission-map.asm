        ; PA is the physical address; the whole map lies below what the processor has of such.
        mov qword [VMCB.IOPM_BASE_PA], IOPM
