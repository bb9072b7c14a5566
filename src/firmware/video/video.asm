; video: the ROM of the graphics adapter.

        org 0
        bits 16
        db 0x55, 0xaa, 64
        retf

%include "fonts/font-8x16.asm"
%include "fonts/font-8x14.asm"
%include "fonts/font-8x8.asm"
        times 0x8000 - ($ - $$) db 0
