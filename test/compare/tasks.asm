; tasks: hardware task switches by JMP, CALL, IRET and task gates; 32 and 16 bits; busy and nested bits, the
; link, CR0.TS, the T bit, faults in the new task, a double fault that has a task of its own.
%include "kernel.inc.asm"

%macro TASK 3                       ; TSS, where it goes on, stack
        mov dword [%1 + 0x20], %2
        mov dword [%1 + 0x24], 2
        mov dword [%1 + 0x38], %3
        mov dword [%1 + 0x48], 0x10
        mov dword [%1 + 0x4c], 0x08
        mov dword [%1 + 0x50], 0x10
        mov dword [%1 + 0x54], 0x10
        mov dword [%1 + 0x58], 0x10
        mov dword [%1 + 0x5c], 0x10
        mov word [%1 + 0x66], 0x68
%endmacro
%macro STATE 0                      ; rights of both, the link, EFLAGS, CR0
        movzx ebx, byte [gdt + 0x28 + 5]
        HEX ebx
        movzx ebx, byte [gdt + 0x40 + 5]
        HEX ebx
        movzx ebx, word [other]
        HEX ebx
        pushfd
        pop ebx
        HEX ebx
        mov ebx, cr0
        and ebx, 0xf
        HEX ebx
        clts
%endmacro

kernel: cld
        mov edi, other
        mov ecx, 0x200 / 4
        xor eax, eax
        rep stosd
        DESCRIPTOR 0x40, other, 0x67, 0x0089
        DESCRIPTOR 0x48, third, 0x67, 0x0089
        DESCRIPTOR 0x50, small, 0x2b, 0x0081
        DESCRIPTOR 0x58, third, 0x66, 0x0089    ; too small
        DESCRIPTOR 0x60, third, 0x67, 0x0009    ; not present
        mov dword [gdt + 0x68], 0x40 << 16      ; a task gate
        mov dword [gdt + 0x6c], 0x8500
        mov dword [idt + 0x31 * 8], 0x40 << 16
        mov dword [idt + 0x31 * 8 + 4], 0xe500
        TASK other, worker, 0x5000
        TELL "call"
        mov esi, 0x1234
        call 0x40:0
        STATE
        LINE
        TELL "call again: it goes on behind its IRET"
        call 0x40:0
        STATE
        LINE
        TELL "by a gate"
        call 0x68:0
        STATE
        LINE
        TELL "by an interrupt"
        int 0x31
        STATE
        LINE
        TELL "from ring 3 by an interrupt"
        USER .user
        LINE
        clts
        ; JMP leaves no link
        mov dword [other + 0x20], jumper
        mov word [other], 0
        TELL "jmp"
        jmp 0x40:0
        STATE
        LINE
        ; what is wrong
        TRY "jmp to the busy one", jmp 0x28:0
        TRY "call to the busy one", call 0x28:0
        TRY "too small", jmp 0x58:0
        TRY "not present", jmp 0x60:0
        ; 16 bits
        mov word [small + 14], worker16
        mov word [small + 16], 2
        mov word [small + 26], 0x5000
        mov word [small + 34], 0x10
        mov word [small + 36], 0x08
        mov word [small + 38], 0x10
        mov word [small + 40], 0x10
        TELL "16 bits"
        mov ebx, 0xbbbb1111
        call 0x50:0
        HEX esi
        movzx ebx, word [small]
        HEX ebx
        movzx ebx, word [small + 24]
        HEX ebx
        LINE
        clts
%ifndef LOCKSTEP
        ; the T bit
        TASK third, traced, 0x4800
        mov word [third + 0x64], 1
        TRY "T bit", call 0x48:0
%endif
        FINISH
.user:  int 0x31
        mov eax, 0x77
        int 0x30

worker: TELL " in"
        mov eax, cr3
        HEX esi
        movzx ebx, word [other]
        HEX ebx
        pushfd
        pop ebx
        HEX ebx
        str bx
        movzx ebx, bx
        HEX ebx
        mov esi, 0x4321
        iretd
        jmp worker
jumper: TELL " in"
        STATE
        jmp 0x28:0
worker16:
        mov esi, 0x55556666
        mov ebx, esi
        iretd
traced: TELL " in"
        hlt
        align 16
other:  times 0x80 db 0
third:  times 0x80 db 0
small:  times 0x80 db 0
