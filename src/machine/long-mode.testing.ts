/**
 * The source of a program in long mode, with pages of 4 KBytes for the first 2 MBytes, an IDT
 * whose handlers print, and a TSS.
 *
 * @param body what ring 0 does
 * @param pages what 32-bit code changes in the page tables at 0x13000 before paging is on
 * @param user what ring 3 does, at the label `user`; the body goes there by `to_user`
 */
export const LONG = (body: string, pages = '', user = ''): string => `
        org 0x7c00
        bits 16
        cli
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
        mov edi, 0x10000
        xor eax, eax
        mov ecx, 0x1000
        rep stosd
        mov dword [0x10000], 0x11007
        mov dword [0x11000], 0x12007
        mov dword [0x12000], 0x13007
        mov edi, 0x13000
        mov eax, 7
.map:   mov [edi], eax
        add eax, 0x1000
        add edi, 8
        cmp edi, 0x14000
        jb .map
        ${pages}
        mov eax, 0x20
        mov cr4, eax
        mov eax, 0x10000
        mov cr3, eax
        mov ecx, 0xc0000080
        rdmsr
        or eax, 0x901
        wrmsr
        mov eax, 0x80010001
        mov cr0, eax
        jmp 24:long
        bits 64
long:   mov ax, 16
        mov ss, ax
        mov ds, ax
        mov es, ax
        mov rsp, 0x7000
        lidt [idtr]
        mov eax, tss
        mov [tssd + 2], ax
        shr eax, 16
        mov [tssd + 4], al
        mov ax, 0x30
        ltr ax
        ${body}
        cli
        hlt
to_user:                            ; RBX = where
        push 0x23
        push 0x6000
        push 0x202
        push 0x2b
        push rbx
        iretq
fault:  mov al, 'P'                 ; #PF: its error code as a letter from 'a' on
        out 0xe9, al
        pop rax
        add al, 'a'
        out 0xe9, al
        cli
        hlt
protection:
        mov al, 'G'
        out 0xe9, al
        cli
        hlt
alignment:
        mov al, 'A'
        out 0xe9, al
        cmp qword [rsp], 0          ; its error code
        jne $
        cli
        hlt
double: mov al, 'D'
        out 0xe9, al
        mov rax, rsp
        shr rax, 12
        add al, '0'
        out 0xe9, al
        cli
        hlt
trap:   mov al, 'T'
        out 0xe9, al
        iretq
        align 8
gdt:    dq 0, 0x00cf9a000000ffff, 0x00cf92000000ffff, 0x00af9a000000ffff
        dq 0x00cff2000000ffff, 0x00affa000000ffff
tssd:   dq 0x0000890000000067, 0
        dq 0, 0                     ; 0x40: room for a call gate
gdtr:   dw $ - gdt - 1
        dd gdt
        align 8
tss:    dd 0
        dq 0x7000, 0, 0, 0
        dq 0x5000, 0, 0, 0, 0, 0, 0  ; IST1
        dd 0, 104 << 16
%macro gate 2
        dw %1
        dw 24
        db %2, 0xee
        dw 0, 0, 0, 0, 0
%endmacro
        align 16
idt:    dq 0, 0
        gate trap, 0                ; 1: #DB
        times 6 dq 0, 0
        gate double, 1              ; 8: #DF, on the stack of IST1
        times 4 dq 0, 0
        gate protection, 0          ; 13: #GP
        gate fault, 0               ; 14: #PF
        times 2 dq 0, 0
        gate alignment, 0           ; 17: #AC
idtr:   dw $ - idt - 1
        dq idt
        align 4096
user:   ${user}
`;
