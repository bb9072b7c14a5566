font_8x16:
        times 256 * 16 db 0
