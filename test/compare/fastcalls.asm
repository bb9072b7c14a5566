; fastcalls: SYSENTER and SYSEXIT in protected mode, where they go, what they load, and when they may not.
%include "kernel.inc.asm"

%macro MSR 3
        mov ecx, %1
        mov eax, %2
        mov edx, %3
        wrmsr
%endmacro

kernel: MSR 0x174, 0, 0
        TRY "sysenter without CS", sysenter
        TRY "sysexit without CS", sysexit
        DESCRIPTOR 0x40, 0, 0xfffff, 0xc09b
        DESCRIPTOR 0x48, 0, 0xfffff, 0xc093
        DESCRIPTOR 0x50, 0, 0xfffff, 0xc0fb
        DESCRIPTOR 0x58, 0, 0xfffff, 0xc0f3
        MSR 0x174, 0x40, 0
        MSR 0x175, 0x6800, 0
        MSR 0x176, .enter, 0
        TELL "from ring 3"
        USER .user
        LINE
        TRY "from ring 0", {sysenter}
        TELL "sysexit in ring 3"
        USER .sysexit
        LINE
        TRY "syscall without EFER.SCE", syscall
        FINISH
.user:  mov eax, 0x23
        mov ds, ax
        mov ebx, 0x1234
        sysenter
        ud2
.sysexit:
        sysexit
.enter: mov ax, 0x10
        mov ds, ax
        pushfd
        pop ebx
        HEX ebx
        HEX esp
        mov eax, cs
        HEX eax
        mov eax, ss
        HEX eax
        mov ecx, 0x5f00
        mov edx, .out
        sysexit
.out:   mov eax, cs
        shl eax, 16
        mov ax, ss
        int 0x30
