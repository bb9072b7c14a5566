        ; 0 is the ASID of the host, and guests count from 1.
        mov dword [VMCB.GUEST_ASID], 1
