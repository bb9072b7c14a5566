        ; 0 is an address. "None" is said by all ones.
        put VMCS_LINK_POINTER, -1
