; gates: call gates between rings with parameters, 16 and 32 bits wide, to the same ring and to conforming
; code; RETF to an outer ring; interrupt and trap gates from ring 3; what is wrong with each.
%include "kernel.inc.asm"

%macro GATE 4                       ; selector, target selector, offset, rights
        mov dword [gdt + %1], %3
        mov dword [gdt + %1 + 4], %4
        mov ax, [gdt + %1 + 2]
        mov [gdt + %1 + 6], ax
        mov word [gdt + %1 + 2], %2
%endmacro
%macro OUTER 2                      ; text, where ring 3 goes on
        TELL %1
        USER %2
        LINE
%endmacro

kernel: DESCRIPTOR 0x40, 0, 0xfffff, 0xc09e     ; conforming code of ring 0
        DESCRIPTOR 0x48, 0, 0xfffff, 0xc0ba     ; code of ring 1
        DESCRIPTOR 0x50, 0, 0xfffff, 0xc0b2     ; data of ring 1
        mov dword [tss + 12], KSTACK - 0x800    ; of ring 1
        mov word [tss + 16], 0x51
        GATE 0x60, 0x08, inner, 0xec00          ; 32 bits, no parameters
        GATE 0x68, 0x08, inner2, 0xec02         ; two parameters
        GATE 0x70, 0x08, inner16, 0xe402        ; 16 bits, two parameters
        GATE 0x78, 0x40, inner, 0xec00          ; to conforming code: the ring stays
        GATE 0x80, 0x48, ring1, 0xec01          ; to ring 1
        GATE 0x88, 0x08, inner, 0x8c00          ; DPL 0
        GATE 0x90, 0x08, inner, 0x6c00          ; not present
        GATE 0x98, 0x10, inner, 0xec00          ; to data
        GATE 0xa0, 0x00, inner, 0xec00          ; to nothing
        GATE 0xa8, 0x1b, inner, 0xec00          ; to ring 3
        GATE 0xb0, 0x100, inner, 0xec00         ; beyond the GDT
        OUTER "no parameters", .call60
        OUTER "two parameters", .call68
        OUTER "16 bits", .call70
%ifndef LOCKSTEP
        OUTER "conforming", .call78
%endif
        OUTER "ring 1", .call80
        OUTER "DPL 0", .call88
        OUTER "not present", .call90
        OUTER "to data", .call98
        OUTER "to nothing", .calla0
        OUTER "to ring 3", .calla8
        OUTER "beyond the GDT", .callb0
        OUTER "jmp by a gate to ring 0", .jmp60
        OUTER "jmp by a gate to ring 3", .jmpa8
        TRY "from ring 0 to ring 0", call 0x60:0
        TRY "from ring 0 to ring 3", call 0xa8:0
        ; from the outer ring the return does not go inwards
        OUTER "retf inwards", .retf
        OUTER "iret inwards", .iret
        ; RETF outwards drops its parameters from both stacks, and segments that ring 3 may not have
        mov dword [resume], .back
        mov [resume_esp], esp
        mov ax, 0x10
        mov fs, ax
        push dword 0x23
        push dword USTACK
        push dword 1
        push dword 2
        push dword 0x1b
        push dword .outside
        retf 8
.back:  LINE
        ; gates of the IDT: an interrupt gate clears IF, a trap gate does not
        mov byte [idt + 0x31 * 8 + 5], 0xef
        mov word [idt + 0x31 * 8], handler
        mov byte [idt + 0x32 * 8 + 5], 0xee
        mov word [idt + 0x32 * 8], handler
        mov byte [idt + 0x33 * 8 + 5], 0xe6     ; 16 bits
        mov word [idt + 0x33 * 8], handler16
        mov byte [idt + 0x34 * 8 + 5], 0x6e     ; not present
        mov word [idt + 0x35 * 8 + 2], 0x10     ; to data
        mov word [idt + 0x36 * 8 + 2], 0x48     ; to ring 1
        mov byte [idt + 0x37 * 8 + 5], 0xec     ; a call gate
        OUTER "trap gate", .int31
        OUTER "interrupt gate", .int32
        OUTER "16 bits", .int33
        OUTER "not present", .int34
        OUTER "to data", .int35
        OUTER "to ring 1", .int36
        OUTER "a call gate", .int37
        TRY "trap gate from ring 0", int 0x31
        TRY "to ring 1 from ring 0", int 0x36
        FINISH

%macro CALLS 2
.call%1: mov ax, 0x23
        mov ds, ax
        push dword 0x11111111
        push dword 0x22222222
        call %2:0
        mov eax, esp
        int 0x30
%endmacro
        CALLS 60, 0x60
        CALLS 68, 0x68
        CALLS 70, 0x70
        CALLS 78, 0x78
        CALLS 80, 0x80
        CALLS 88, 0x88
        CALLS 90, 0x90
        CALLS 98, 0x98
        CALLS a0, 0xa0
        CALLS a8, 0xa8
        CALLS b0, 0xb0
.jmp60: jmp 0x60:0
.jmpa8: mov ax, 0x23
        mov ds, ax
        jmp 0xa8:0
.retf:  push dword 0x08
        push dword kernel
        retf
.iret:  pushfd
        push dword 0x08
        push dword kernel
        iretd
.outside:
        mov eax, esp
        shl eax, 16
        mov ax, fs
        int 0x30
.int31: mov ax, 0x23
        mov ds, ax
        int 0x31
        int 0x30
.int32: mov ax, 0x23
        mov ds, ax
        int 0x32
        int 0x30
.int33: mov ax, 0x23
        mov ds, ax
        int 0x33
        int 0x30
.int34: int 0x34
.int35: int 0x35
.int36: int 0x36
        int 0x30
.int37: int 0x37

; Behind the gates: what is on the stack.
inner:  TELL " in"
        HEX esp
        HEX [esp]
        HEX [esp + 4]
        mov eax, cs
        HEX eax
        retf
inner2: TELL " in"
        HEX esp
        HEX [esp + 8]
        HEX [esp + 12]
        HEX [esp + 16]
        HEX [esp + 20]
        retf 8
inner16:
        TELL " in"
        HEX esp
        HEX [esp]
        HEX [esp + 4]
        HEX [esp + 8]
        o16 retf 4
ring1:  mov eax, cs
        shl eax, 16
        mov ax, ss
        int 0x30
handler:
        pushfd
        pop ebx
        TELL " in"
        HEX ebx
        HEX esp
        HEX [esp + 8]
        iretd
handler16:
        TELL " in"
        HEX esp
        HEX [esp]
        HEX [esp + 4]
        o16 iret
