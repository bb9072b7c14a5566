; Up to long mode, with the first GByte mapped to itself. Nothing here has to do with SVM.

        bits 16
start:
        cli
        xor ax, ax
        mov ds, ax
        mov es, ax
        mov ss, ax
        mov sp, STACK_TOP
        lgdt [gdt_pointer]
        mov eax, cr0
        or al, CR0_PE
        mov cr0, eax
        jmp CODE32:protected

        bits 32
protected:
        mov ax, DATA
        mov ds, ax
        mov es, ax
        mov ss, ax
        mov fs, ax
        mov gs, ax
        mov edi, PML4               ; page tables, VMCBs and maps begin as zeros
        xor eax, eax
        mov ecx, (TABLES_END - PML4) / 4
        rep stosd
        mov dword [PML4], PDPT | 3  ; present, writable
        mov dword [PDPT], PD | 3
        mov edi, PD
        mov eax, 0x83               ; present, writable, a page of 2 MBytes
        mov ecx, 512
.map:   mov [edi], eax
        add eax, 0x200000
        add edi, 8
        loop .map
        mov eax, cr4
        or eax, CR4_PAE
        mov cr4, eax
        mov eax, PML4
        mov cr3, eax
        mov ecx, EFER
        rdmsr
        or eax, EFER_LME
        wrmsr
        mov eax, cr0
        or eax, CR0_PG
        mov cr0, eax
        jmp CODE64:.long_mode
        bits 64
.long_mode:
        mov rsp, STACK_TOP
        mov ax, TASK                ; ours, as the guest has one of its own: VMLOAD will bring it back
        ltr ax
        jmp main

CODE32          equ 0x08
DATA            equ 0x10
CODE64          equ 0x18
TASK            equ 0x20
        align 8
gdt:    dq 0
        dq 0x00cf9a000000ffff       ; 0x08: code, 32 bits
        dq 0x00cf92000000ffff       ; 0x10: data
        dq 0x00af9a000000ffff       ; 0x18: code, 64 bits
        dw 103, tss                 ; 0x20: a TSS; we lie below 64 KBytes, so 16 bits of its base suffice
        db 0, 0x89, 0, 0
        dq 0
gdt_pointer:
        dw gdt_pointer - gdt - 1
        dd gdt
        align 8
tss:    times 104 db 0
