        ; SVME is 1 in the register whenever a guest runs; an intercept of EFER can hide it.
        mov qword [VMCB.EFER], EFER_LME | EFER_LMA | EFER_SVME
