        ; Bits 5:3 hold the number of levels less 1.
        put EPT_POINTER, EPT_PML4 | 3 << 3 | 6
