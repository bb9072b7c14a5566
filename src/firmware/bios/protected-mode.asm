; protected-mode: INT 15h, AH = 89h: switch to protected mode. From then on no service of ours can be
; called.
;
; BL = vector of IRQ 0, BH = vector of IRQ 8, ES:SI -> a descriptor table, in which the caller has
; filled in all but the last one: 08h: the table itself, 10h: the interrupt descriptor table, 18h, 20h,
; 28h, 30h: what DS, ES, SS and CS will be, 38h: ours. Returns behind the INT, by the caller's CS and SS,
; with AH = 0 and CF = 0, A20 on, and all interrupt requests masked.

OWN_CODE        equ 0x38

switch_to_protected_mode:
        in al, SYSTEM_CONTROL
        and al, ~1 & 0xff
        or al, A20_ON
        out SYSTEM_CONTROL, al
        call place_interrupts
        mov al, ~(1 << 2) & 0xff    ; the second controller stays
        out PIC1_DATA, al
        mov al, 0xff
        out PIC2_DATA, al
        mov si, [bp + caller.si]
        mov bx, cs
        mov di, OWN_CODE
        mov dl, 0x9b                ; code
        call put_descriptor
        mov word [bp + caller.ds], 0x18
        mov word [bp + caller.es], 0x20
        mov word [bp + caller.cs], 0x30
        mov byte [bp + caller.ah], 0
        TELL_SUCCESS
        lgdt [es:si + 0x08]
        lidt [es:si + 0x10]
        mov eax, cr0
        or al, 1
        mov cr0, eax
        jmp OWN_CODE:.protected
.protected:
        mov ax, 0x28
        mov ss, ax                  ; the same bytes, if the caller has done its part
        ret
