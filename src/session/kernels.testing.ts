/** Kernels that tests run: the way into a mode, and what they are to do there. */

/** A kernel in protected mode, with its descriptor tables on a page of their own at 0x9000. @param body its code */
export const kernel32 = (body: string, more = ''): string => `
        org     0x7c00
        bits    16
        cli
        xor     ax, ax
        mov     ds, ax
        lgdt    [gdtr]
        mov     eax, cr0
        or      al, 1
        mov     cr0, eax
        jmp     8:protected
        bits    32
protected:
        mov     eax, 16
        mov     ds, eax
        mov     es, eax
        mov     fs, eax
        mov     gs, eax
        mov     ss, eax
        mov     esp, 0x7000
        lidt    [idtr]
begin:
${body}
        mov     al, 0
        out     0xf4, al
skip:   add     dword [esp], 2
        iretd
${more}
gdtr:   dw      6 * 8 - 1
        dd      gdt
idtr:   dw      0x31 * 8 - 1
        dd      idt
        times   0x1400 - ($ - $$) db 0
gdt:    dq      0, 0x00cf9a000000ffff, 0x00cf92000000ffff
        dq      0x00cffa000000ffff, 0x00cff2000000ffff
        dq      0x0000890080000067
idt:    times 6 dq 0
        dw      skip, 8, 0x8e00, 0
        times 0x31 - 7 dq 0
`;

/** The same in 64-bit mode, with page tables from 0x10000 on and `more` behind the code. */
export const kernel64 = (body: string, more = ''): string => `
        org     0x7c00
        bits    16
        cli
        xor     ax, ax
        mov     ds, ax
        lgdt    [gdtr]
        mov     eax, cr0
        or      al, 1
        mov     cr0, eax
        jmp     8:protected
        bits    32
protected:
        mov     eax, 16
        mov     ds, eax
        mov     es, eax
        mov     ss, eax
        mov     esp, 0x7000
        mov     edi, 0x10000
        xor     eax, eax
        mov     ecx, 0x3000 / 4
        rep stosd
        mov     dword [0x10000], 0x11003
        mov     dword [0x11000], 0x12003
        mov     dword [0x12000], 0x83
        mov     eax, 0x20
        mov     cr4, eax
        mov     eax, 0x10000
        mov     cr3, eax
        mov     ecx, 0xc0000080
        rdmsr
        or      ah, 1
        wrmsr
        mov     eax, cr0
        or      eax, 1 << 31
        mov     cr0, eax
        jmp     24:long
        bits    64
long:   xor     eax, eax
        mov     ds, eax
        mov     es, eax
        mov     fs, eax
        mov     gs, eax
        mov     ss, eax
        mov     esp, 0x7000
        lidt    [idtr]
begin:
${body}
        mov     al, 0
        out     0xf4, al
${more}
gdtr:   dw      4 * 8 - 1
        dd      gdt
idtr:   dw      0x0f * 16 - 1
        dq      idt
        times   0x1400 - ($ - $$) db 0
gdt:    dq      0, 0x00cf9a000000ffff, 0x00cf92000000ffff, 0x00af9a000000ffff
idt:    times 0x0f * 2 dq 0
`;
