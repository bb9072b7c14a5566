; cmos: the bytes beside the clock that a battery keeps. Whoever built the machine tells there
; what it has.

CMOS_INDEX      equ 0x70
CMOS_DATA       equ 0x71

CMOS_FLOPPIES   equ 0x10            ; types of A: (7:4) and B:, 0 = there is none
CMOS_BASE       equ 0x15            ; word: KBytes below 1 MByte
CMOS_EXTENDED   equ 0x30            ; word: KBytes above 1 MByte, at most 65535
CMOS_ABOVE_16M  equ 0x34            ; word: units of 64 KBytes above 16 MBytes
CMOS_ABOVE_4G   equ 0x5b            ; three bytes: units of 64 KBytes above 4 GBytes
CMOS_BOOT_ORDER equ 0x3d            ; two places of 4 bits: 1 = floppy, 2 = hard disk, 3 = CD
CMOS_BOOT_THIRD equ 0x38            ; the third place in bits 7:4

; AL = register number. Returns AL = its value.
read_cmos:
        out CMOS_INDEX, al
        in al, CMOS_DATA
        ret

; AL = register number, AH = its new value.
write_cmos:
        out CMOS_INDEX, al
        xchg al, ah
        out CMOS_DATA, al
        xchg al, ah
        ret

; AL = number of the first of two registers. Returns AX = their value.
read_cmos_word:
        push cx
        mov cl, al
        call read_cmos
        mov ch, al
        mov al, cl
        inc al
        call read_cmos
        mov ah, al
        mov al, ch
        pop cx
        ret
