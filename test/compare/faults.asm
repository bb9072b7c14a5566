; faults: exceptions of protected mode with their error codes, from ring 0 and from ring 3.
%include "kernel.inc.asm"

kernel: DESCRIPTOR 0x40, 0, 0xfffff, 0xc013     ; data, not present
        DESCRIPTOR 0x48, 0, 0xfffff, 0xc090     ; read only
        DESCRIPTOR 0x50, 0, 0xfffff, 0xc098     ; execute only
        DESCRIPTOR 0x58, 0, 0xfffff, 0xc019     ; code, not present
        DESCRIPTOR 0x60, 0, 0xfffff, 0x0082     ; an LDT
        DESCRIPTOR 0x68, 0, 0xfffff, 0xc09f     ; conforming code
        xor ecx, ecx
        TRY "div", div ecx
        TRY "int3", int3
        mov eax, 0x7fffffff
        add eax, 1
        TRY "into", into
        mov eax, 5
        TRY "bound", bound eax, [.bounds]
        TRY "ud2", ud2
        TRY "int 20", int 0x20
        TRY "int 50, beyond the limit of the IDT", int 0x50
        mov eax, cr0
        or eax, 8
        mov cr0, eax
        TRY "fpu with TS", fninit
        clts
        mov eax, cr0
        or eax, 4
        mov cr0, eax
        TRY "fpu with EM", fninit
        mov eax, cr0
        and eax, ~4
        mov cr0, eax
        mov ax, 0x10
        mov ds, ax
        ; loading segment registers
%macro LOAD 1
        mov eax, %1
        TRY "DS", mov ds, ax
        mov ax, 0x10
        mov ds, ax
        mov eax, %1
        TRY "SS", mov ss, ax
        mov ax, 0x10
        mov ss, ax
%endmacro
%assign sel 0x40
%rep 6
        LOAD sel
        LOAD sel | 3
%assign sel sel + 8
%endrep
%ifndef LOCKSTEP
        LOAD 0
        LOAD 3
%endif
        LOAD 0x100
        LOAD 0x44
        ; far jumps
%assign sel 0x40
%rep 6
        TRY "jmp", jmp sel:.here
%assign sel sel + 8
%endrep
        TRY "jmp 0", jmp 0:.here
        TRY "jmp 1b", jmp 0x1b:.here
        TRY "lldt 40", lldt [.selectors]
        TRY "lldt 60", lldt [.selectors + 2]
        TRY "ltr 10", ltr [.selectors + 4]
        TRY "ltr 28, busy", ltr [.selectors + 6]
%ifndef LOCKSTEP
        TRY "write to read only", {mov dword [cs:.bounds], 0}
%endif
        ; what ring 3 must not do
        TELL "hlt"
        USER .hlt
        LINE
        TELL "cli"
        USER .cli
        LINE
        TELL "in"
        USER .in
        LINE
        TELL "mov cr0"
        USER .cr0
        LINE
        TELL "mov dr0"
        USER .dr0
        LINE
        TELL "lgdt"
        USER .lgdt
        LINE
        TELL "int 8"
        USER .int8
        LINE
        TELL "int 30"
        USER .int30
        LINE
        TELL "ds 10"
        USER .ds10
        LINE
        TELL "rdmsr"
        USER .rdmsr
        LINE
        TELL "sidt, smsw, str, sldt"
        USER .stores
        LINE
        TELL "popf"
        USER .popf
        LINE
        ; alignment
        mov eax, cr0
        or eax, 1 << 18
        mov cr0, eax
        TELL "aligned"
        USER .aligned
        LINE
%ifndef LOCKSTEP
        TELL "not aligned"
        USER .unaligned
        LINE
%endif
%ifndef LOCKSTEP
        ; the stack of ring 0 cannot be used, by no exception either: the third fault ends it
        mov word [tss + 8], 0x48
        TELL "int 30 with a stack that cannot be written"
        USER .int30
%endif
        FINISH
.here:  TELL " here"
        jmp [resume]
.hlt:   hlt
.cli:   cli
.in:    in al, 0x21
.cr0:   mov eax, cr0
.dr0:   mov eax, dr0
.lgdt:  lgdt [gdtr]
.int8:  int 8
.int30: mov eax, 0x12345678
        int 0x30
.ds10:  mov ax, 0x10
        mov ds, ax
.rdmsr: mov ecx, 0x10
        rdmsr
.stores:
        mov ax, 0x23
        mov ds, ax
        sidt [0x5000]
        smsw ax
        shl eax, 16
        str ax
        int 0x30
.popf:  push dword 0x3202
        popfd
        pushfd
        pop eax
        int 0x30
.aligned:
        mov ax, 0x23
        mov ds, ax
        push dword 0x40202
        popfd
        mov eax, [0x5000]
        int 0x30
.unaligned:
        mov ax, 0x23
        mov ds, ax
        push dword 0x40202
        popfd
        mov eax, [0x5001]
        int 0x30
.selectors: dw 0x40, 0x60, 0x10, 0x28
.bounds: dd 1, 4
