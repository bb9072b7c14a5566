font_8x8:
        times 256 * 8 db 0
