; pci: INT 1Ah function B1h, and the functions on the bus. (EDI of B101h, and what else is on the bus, differ.)
%include "report.inc.asm"

%macro PCI 5                        ; AL, BX, DI, ECX, text
        KNOWN
        mov ax, 0xb100 | %1
        mov bx, %2
        mov di, %3
        mov ecx, %4
        CALL 0x1a, %5
%endmacro
; Vendor, device, how many to pass over
%macro FIND 4
        KNOWN
        mov ax, 0xb102
        mov dx, %1
        mov cx, %2
        mov si, %3
        CALL 0x1a, %4
%endmacro
%macro FIND_CLASS 3
        KNOWN
        mov ax, 0xb103
        mov ecx, %1
        mov si, %2
        CALL 0x1a, %3
%endmacro

HOST    equ 0
ISA     equ 1 << 3
IDE     equ 1 << 3 | 1
VGA     equ 2 << 3
NOBODY  equ 31 << 3

main:   PCI 0x01, 0, 0, 0, "b101"
        FIND 0x8086, 0x1237, 0, "b102 host"
        FIND 0x8086, 0x7000, 0, "b102 isa"
        FIND 0x8086, 0x7010, 0, "b102 ide"
        FIND 0x8086, 0x7010, 1, "b102 second ide"
        FIND 0x1234, 0x1111, 0, "b102 vga"
        FIND 0x8086, 0x1111, 0, "b102 nothing"
        FIND 0xffff, 0xffff, 0, "b102 ffff"
        FIND_CLASS 0x060000, 0, "b103 host"
        FIND_CLASS 0x060100, 0, "b103 isa"
        FIND_CLASS 0x030000, 0, "b103 vga"
        FIND_CLASS 0x030000, 1, "b103 second vga"
        FIND_CLASS 0x020000, 0, "b103 network"
        FIND_CLASS 0xffffff, 0, "b103 ffffff"
        PCI 0x08, HOST, 0x00, 0x55555555, "b108 host 0"
        PCI 0x08, HOST, 0x03, 0x55555555, "b108 host 3"
        PCI 0x09, HOST, 0x02, 0x55555555, "b109 host 2"
        PCI 0x0a, HOST, 0x00, 0x55555555, "b10a host 0"
        PCI 0x0a, HOST, 0x04, 0x55555555, "b10a host 4"
        PCI 0x0a, HOST, 0x08, 0x55555555, "b10a host 8"
        PCI 0x0a, HOST, 0x0c, 0x55555555, "b10a host c"
        PCI 0x0a, ISA, 0x04, 0x55555555, "b10a isa 4"
        PCI 0x0a, ISA, 0x08, 0x55555555, "b10a isa 8"
        PCI 0x0a, ISA, 0x0c, 0x55555555, "b10a isa c"
        PCI 0x0a, IDE, 0x04, 0x55555555, "b10a ide 4"
        PCI 0x0a, IDE, 0x0c, 0x55555555, "b10a ide c"
        PCI 0x0a, IDE, 0x10, 0x55555555, "b10a ide 10"
        PCI 0x0a, IDE, 0x40, 0x55555555, "b10a ide 40"
        PCI 0x0a, VGA, 0x04, 0x55555555, "b10a vga 4"
        PCI 0x0a, VGA, 0x08, 0x55555555, "b10a vga 8"
        PCI 0x0a, VGA, 0x0c, 0x55555555, "b10a vga c"
        PCI 0x0a, VGA, 0x14, 0x55555555, "b10a vga 14"
        PCI 0x0a, VGA, 0x3c, 0x55555555, "b10a vga 3c"
        PCI 0x08, NOBODY, 0, 0x55555555, "b108 nobody"
        PCI 0x09, NOBODY, 0, 0x55555555, "b109 nobody"
        PCI 0x0a, NOBODY, 0, 0x55555555, "b10a nobody"
        PCI 0x0a, 0x0100, 0, 0x55555555, "b10a bus 1"
        PCI 0x0b, VGA, 0x3c, 0xffffff0b, "b10b vga 3c"
        PCI 0x0a, VGA, 0x3c, 0x55555555, "b10a vga 3c"
        PCI 0x0c, VGA, 0x04, 0xffff, "b10c vga 4"
        PCI 0x0a, VGA, 0x04, 0x55555555, "b10a vga 4"
        PCI 0x0d, VGA, 0x04, 0xffff0103, "b10d vga 4"
        PCI 0x0a, VGA, 0x04, 0x55555555, "b10a vga 4"
        PCI 0x0d, VGA, 0x00, 0, "b10d vga 0"
        PCI 0x0a, VGA, 0x00, 0x55555555, "b10a vga 0"
        PCI 0x0c, ISA, 0x04, 0xffff, "b10c isa 4"
        PCI 0x0a, ISA, 0x04, 0x55555555, "b10a isa 4"
        PCI 0x0d, ISA, 0x0c, 0xffffffff, "b10d isa c"
        PCI 0x0a, ISA, 0x0c, 0x55555555, "b10a isa c"
        PCI 0x00, 0, 0, 0, "b100"
        PCI 0x04, 0, 0, 0, "b104"
        PCI 0x07, 0, 0, 0, "b107"
        PCI 0x0f, 0, 0, 0, "b10f"
        PCI 0x81, 0, 0, 0, "b181"

        ; The ports themselves
        SAY "ports"
        mov dx, 0xcf8
        mov eax, 0xffffffff
        out dx, eax
        in eax, dx
        and eax, 0x80fffffc         ; QEMU keeps the bits that are reserved
        call hex32
        call newline
        mov eax, 0x80000000
        out dx, eax
        mov dx, 0xcfb
        mov al, 1
        out dx, al
        mov dx, 0xcf8
        in eax, dx
        call hex32
        call newline
        mov dx, 0xcf9
        mov al, 2
        out dx, al
        in al, dx
        call hex8
        call newline
        mov dx, 0xcfe
        in ax, dx
        call hex16
        call newline
        mov dx, 0xcf8
        mov eax, 0x00000000
        out dx, eax
        mov dx, 0xcfc
        in eax, dx
        call hex32
        call newline
        FINISH
        times 12 * 512 - ($ - $$) db 0
