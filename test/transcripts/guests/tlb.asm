; 32-bit paging, one table for the first 4 MBytes: an entry of it is edited without INVLPG, and with it.
        org 0x7c00
        bits 16
        cli
        xor ax, ax
        mov ds, ax
        lgdt [gdtr]
        mov eax, cr0
        or al, 1
        mov cr0, eax
        jmp 8:protected
        bits 32
protected:
        mov ax, 16
        mov ds, ax
        mov es, ax
        mov ss, ax
        mov esp, 0x7000
        mov edi, 0x11000
        mov eax, 3
.map:   stosd
        add eax, 0x1000
        cmp edi, 0x12000
        jb .map
        mov dword [0x10000], 0x11003
        mov eax, 0x10000
        mov cr3, eax
        mov eax, cr0
        or eax, 0x80010000
        mov cr0, eax
        mov byte [0x40000], 'A'
edit:   mov dword [0x11100], 0x51003
edited: xor eax, eax
        cpuid
        mov bl, [0x40000]
drop:   invlpg [0x40000]
dropped:
        mov bl, [0x40000]
again:  hlt
        align 8
gdt:    dq 0, 0x00cf9a000000ffff, 0x00cf92000000ffff
gdtr:   dw $ - gdt - 1
        dd gdt
