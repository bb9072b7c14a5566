; Ways to go wrong in real mode.
bits 16
org 0x7c00

start:
    lidt [none]
    jmp triple

triple:
    ud2                     ; 10

forever:
    jmp forever             ; 13

nowhere:
    jmp 0xffff:0xfff0       ; 16

spare:
    nop                     ; 19

missing:
    lidt [vectors]          ; 22
    mov word [0x75 * 4], ignore
    mov word [0x75 * 4 + 2], 0
    mov eax, cr0
    and al, ~(1 << 5)       ; NE
    mov cr0, eax
    mov si, icws
    mov cx, (vectors - icws) / 2
    cld
.next:
    lodsw
    movzx dx, ah
    out dx, al
    loop .next
    fninit
    push word 0x37b         ; dividing by zero is not masked
    mov bp, sp
    fldcw [bp]
    fld1
    fldz
    fdivp
    sti
    fwait                   ; waits for IRQ 13: CR0.NE = 0
    emms                    ; 45: MMX while IGNNE# is asserted is not implemented

ignore:
    out 0xf0, al            ; IGNNE#
    iret

icws: db 0x11, 0x20, 0x08, 0x21, 4, 0x21, 1, 0x21, ~(1 << 2), 0x21
      db 0x11, 0xa0, 0x70, 0xa1, 2, 0xa1, 1, 0xa1, ~(1 << 5), 0xa1
vectors:
      dw 0x3ff
      dd 0
none: dw 0
      dd 0
