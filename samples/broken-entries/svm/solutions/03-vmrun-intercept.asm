        ; This intercept is not a choice.
        mov dword [VMCB.INTERCEPT_VECTOR_4], INTERCEPT_VMMCALL | INTERCEPT_VMRUN
