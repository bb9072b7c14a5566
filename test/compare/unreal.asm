; unreal: what of a segment register survives the way back to real mode: limits, the default size of code, bases;
; A20; the way through a 16-bit protected segment.
%include "report.inc.asm"
%include "ports.inc.asm"

main:   cli
        call flat
        ; a doubleword at 1 MByte and more, and just below, with A20 on and off
        mov dword [fs:dword 0x100500], 0x11223344
        mov dword [0x500], 0x55667788
        mov eax, [fs:dword 0x100500]
        SHOW32 eax, "at 1 MByte"
        push 0xffff
        pop es
        mov eax, [es:0x510]
        SHOW32 eax, "FFFF:0510"
        in al, 0x92
        and al, 0xfc
        out 0x92, al
        mov eax, [fs:dword 0x100500]
        mov [value], eax
        mov ebx, [es:0x510]
        in al, 0x92
        or al, 2
        out 0x92, al
        SHOW32 [value], "at 1 MByte, A20 off"
        SHOW32 ebx, "FFFF:0510, A20 off"
        ; loading FS in real mode changes its base, not its limit
        push 0x1000
        pop fs
        mov dword [fs:dword 0x100000], 0x99aabbcc
        push 0
        pop fs
        SHOW32 [fs:dword 0x110000], "base changed, limit kept"
        ; an expand-down segment, and one of 16 bytes, back in real mode
        mov word [descriptor], 0x000f
        call load
        SHOW32 [gs:0x0c], "limit 0f, at 0c"
        mov word [6 * 4], invalid
        mov word [13 * 4], general
        mov word [6 * 4 + 2], 0
        mov word [13 * 4 + 2], 0
        FINISH

load:   lgdt [gdtr]
        mov eax, cr0
        or al, 1
        mov cr0, eax
        jmp 0x10:.sixteen
.sixteen:
        push 8
        pop gs
        and al, 0xfe
        mov cr0, eax
        jmp 0:.real
.real:  ret
invalid:
general:
        iret
value:  dd 0
gdt:    dq 0
descriptor: dw 0xffff, 0x0500, 0x9300, 0
        dq 0x00009b000000ffff
gdtr:   dw 23
        dd gdt
