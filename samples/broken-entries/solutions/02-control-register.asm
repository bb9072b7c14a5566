        ; VMXE has to be 1 in VMX operation, in the guest, too. A mask and a read shadow can hide it from the guest.
        put CR4_MASK, CR4_VMXE
        put CR4_SHADOW, CR4_PAE
        put GUEST_CR4, CR4_PAE | CR4_VMXE
