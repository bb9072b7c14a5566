font_8x14:
        times 256 * 14 db 0
