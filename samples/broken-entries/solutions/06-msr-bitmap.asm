        ; The four bitmaps are one page, and the address is that of a page.
        put MSR_BITMAP, EXIT_STACK_TOP + 0x1000
