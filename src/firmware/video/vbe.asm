; vbe: AH = 4Fh, VESA BIOS extensions. To come.

vbe_services:
        ret

; A mode of INT 10h function 00h is not one of VBE's.
vbe_off:
        ret
