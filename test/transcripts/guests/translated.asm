; A kernel in protected mode whose code is translated; its stack has a page of its own.
        org     0x7c00
        bits    16
start:  cli
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
        mov     ecx, 2
pass:   pushfd
        cli
        popfd
        call    add
        loop    pass
told:   sgdt    [0x6000]
        str     ax
done:   mov     al, 0
        out     0xf4, al
add:    inc     ebx
        ret
gdtr:   dw      3 * 8 - 1
        dd      gdt
gdt:    dq      0, 0x00cf9a000000ffff, 0x00cf92000000ffff
