        ; Long mode is built on PAE, whatever the size of its pages.
        mov qword [VMCB.CR4], CR4_OSFXSR | CR4_PAE
