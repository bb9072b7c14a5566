; bios32: the directory of services for protected mode, and the PCI BIOS by it. (Where they lie differs.)
%include "kernel.inc.asm"

HOST    equ 0
ISA     equ 1 << 3
VGA     equ 2 << 3

%macro PCI 5                        ; AL, BX, DI, ECX, text
        TELL %5
        mov eax, 0xa1a2b100 | %1
        mov ebx, 0xb1b20000 | %2
        mov edi, 0xf1f20000 | %3
        mov ecx, %4
        call service
%endmacro
%macro FIND 4                       ; vendor, device, how many to pass over
        TELL %4
        mov eax, 0xa1a2b102
        mov ebx, 0xb1b2b3b4
        mov edx, 0xd1d20000 | %1
        mov ecx, 0xc1c20000 | %2
        mov esi, 0xe1e20000 | %3
        call service
%endmacro
%macro FIND_CLASS 3
        TELL %3
        mov eax, 0xa1a2b103
        mov ebx, 0xb1b2b3b4
        mov ecx, %1
        mov esi, %2
        call service
%endmacro

        bits 32
kernel: mov esi, 0xe0000
.search:
        cmp dword [esi], "_32_"
        je .found
        add esi, 16
        cmp esi, 0x100000
        jb .search
        TELL "none"
        LINE
        FINISH
.found: xor ecx, ecx
        xor eax, eax
.sum:   add al, [esi + ecx]
        inc ecx
        cmp ecx, 16
        jb .sum
        TELL "directory"
        push esi
        HEX eax
        pop esi
        movzx eax, word [esi + 8]
        HEX eax
        LINE
        mov eax, [esi + 4]
        mov [directory], eax
        mov esi, 0xe1e2e3e4
        mov edi, 0xf1f2f3f4

        TELL "unknown"
        mov eax, "$XYZ"
        mov ebx, 0
        mov ecx, 0xc1c2c3c4
        mov edx, 0xd1d2d3d4
        call far [directory]
        mov [found], edx
        call tell_registers
        TELL "$PCI"
        mov eax, "$PCI"
        mov ebx, 0
        call far [directory]
        mov [found], edx
        cmp edx, ecx
        jae .outside
        mov edx, 0xd1d2d3d4
        cmp esp, 0
        call tell_registers
.outside:
        add [found], ebx
        mov eax, [found]
        mov [entry], eax
        call services               ; the flat code segment
        mov eax, [found]            ; one that begins where the service does
        sub eax, 0xf0000
        mov [found], eax
        mov word [found + 4], 0x40
        DESCRIPTOR 0x40, 0xf0000, 0xffff, 0x409b
        call services
        FINISH

services:
        mov ebp, 0x91929394
        mov edx, 0xd1d2d3d4
        mov esi, 0xe1e2e3e4
        TELL "b101"
        mov eax, 0xa1a2b101
        mov ebx, 0xb1b2b3b4
        mov ecx, 0xc1c2c3c4
        cmp esp, 0
        call far [found]
        pushfd
        sub edi, [entry]
        popfd
        call tell_registers
        FIND 0x8086, 0x1237, 0, "b102 host"
        FIND 0x8086, 0x7000, 0, "b102 isa"
        FIND 0x8086, 0x7000, 1, "b102 second isa"
        FIND 0x1234, 0x1111, 0, "b102 vga"
        FIND 0x8086, 0x1111, 0, "b102 nothing"
        FIND_CLASS 0x060000, 0, "b103 host"
        FIND_CLASS 0x030000, 0, "b103 vga"
        FIND_CLASS 0x030000, 1, "b103 second vga"
        FIND_CLASS 0x020000, 0, "b103 network"
        PCI 0x08, HOST, 0x01, 0x55555555, "b108 host 1"
        PCI 0x08, HOST, 0x03, 0x55555555, "b108 host 3"
        PCI 0x09, HOST, 0x02, 0x55555555, "b109 host 2"
        PCI 0x0a, HOST, 0x00, 0x55555555, "b10a host 0"
        PCI 0x0a, VGA, 0x08, 0x55555555, "b10a vga 8"
        PCI 0x0a, 31 << 3, 0, 0x55555555, "b10a nobody"
        PCI 0x0b, VGA, 0x3c, 0xffffff0b, "b10b vga 3c"
        PCI 0x0a, VGA, 0x3c, 0x55555555, "b10a vga 3c"
        PCI 0x0c, VGA, 0x04, 0x5555ffff, "b10c vga 4"
        PCI 0x0a, VGA, 0x04, 0x55555555, "b10a vga 4"
        PCI 0x0d, VGA, 0x04, 0xffff0103, "b10d vga 4"
        PCI 0x0a, VGA, 0x04, 0x55555555, "b10a vga 4"
        PCI 0x04, 0, 0, 0, "b104"
        PCI 0x07, 0, 0, 0, "b107"
        PCI 0x0f, 0, 0, 0, "b10f"
        ret

; Calls it with interrupts off and CF = 0, and tells what it leaves.
service:
        cmp esp, 0
        call far [found]
tell_registers:
        pushfd
        push edi
        push esi
        push edx
        push ecx
        push ebx
        push eax
        mov ebx, esp
        mov ecx, 7
.next:  HEX [ebx]
        add ebx, 4
        loop .next
        LINE
        pop eax
        pop ebx
        pop ecx
        pop edx
        pop esi
        pop edi
        popfd
        ret

entry:  dd 0                        ; its physical address
        align 4
directory: dd 0
        dw 8
        align 4
found:  dd 0
        dw 8
        times 24 * 512 - ($ - $$) db 0
