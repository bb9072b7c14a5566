; A 32-bit kernel that its monitor runs in ring 1: what traps, and what should and does not.
        org     0x7c00
        bits    16
start:  cli
        xor     ax, ax
        mov     ds, ax
        mov     ss, ax
        mov     sp, 0x7000
        lgdt    [gdtr]
        mov     eax, cr0
        or      al, 1
        mov     cr0, eax
        jmp     CODE:kernel

        bits    32
kernel: mov     eax, DATA
        mov     ds, eax
        mov     es, eax
        mov     fs, eax
        mov     gs, eax
        mov     ss, eax
        mov     esp, 0x7000
        lidt    [idtr]
traps:  sti
        cli
        mov     ecx, cr0
holes:  smsw    eax
.cs:    mov     ebx, cs
.pushf: pushfd
        pop     edx
.popf:  push    dword 0x202             ; IF: to be set
        popfd
.lar:   lar     esi, ebx
.done:  mov     edi, [counter]
        inc     dword [counter]
fault:  ud2
after:  mov     al, 0
        out     0xf4, al

invalid_opcode:
        add     dword [esp], 2
        iretd

CODE    equ     8
DATA    equ     16
counter dd      41
gdtr:   dw      gdt.end - gdt - 1
        dd      gdt
idtr:   dw      7 * 8 - 1
        dd      idt

        times 0x400 - ($ - $$) db 0     ; a page of its own
gdt:    dq      0, 0x00cf9a000000ffff, 0x00cf92000000ffff
.end:
idt:    times 6 dq 0
        dw      invalid_opcode, CODE, 0x8e00, 0
