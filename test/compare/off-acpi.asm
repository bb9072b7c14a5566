; off-acpi: S5 by the PM1 control register, which the FADT names, switches the computer off.
%include "report.inc.asm"
%include "ports.inc.asm"

main:   cli
        mov ebx, 0xe0000
.find:  call peek
        cmp eax, "RSD "
        je .found
        add ebx, 16
        cmp ebx, 0x100000
        jb .find
        SAY "no RSDP"
        FINISH
.found: add ebx, 16
        call peek
        mov ebx, eax
        add ebx, 36
.next:  call peek
        push ebx
        mov ebx, eax
        call peek
        cmp eax, "FACP"
        je .fadt
        pop ebx
        add ebx, 4
        jmp .next
.fadt:  add ebx, 64
        call peek
        mov dx, ax
        SAY "off"
        mov ax, 0x2000              ; SLP_EN with SLP_TYP 0, what \_S5 has on both
        out dx, ax
        mov ecx, 1000000
.wait:  in al, 0x61
        a32 loop .wait
        SAY "it is still on"
        FINISH
