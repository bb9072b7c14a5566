; A guest in 64-bit mode that executes CPUID again and again, under the built-in monitor: each makes
; a VM exit, which the monitor handles by about twenty operations.
; It ends by the exit device (port 0xf4).

PML4    equ 0x10000

        org 0x7c00
        bits 16
start:
        cli
        xor ax, ax
        mov ds, ax
        mov es, ax
        mov ss, ax
        mov sp, 0x7c00

        ; one PML4E, one PDPTE, one PDE for the first 2 MBytes
        cld
        mov ax, PML4 >> 4
        mov es, ax
        xor di, di
        xor eax, eax
        mov cx, 3 * 1024
        rep stosd
        mov dword [es:0], PML4 + 0x1000 + 3
        mov dword [es:0x1000], PML4 + 0x2000 + 3
        mov dword [es:0x2000], 0x83

        lgdt [gdtr]
        mov eax, cr4
        or eax, 0x20                    ; PAE
        mov cr4, eax
        mov eax, PML4
        mov cr3, eax
        mov ecx, 0xc0000080             ; IA32_EFER
        rdmsr
        or eax, 0x100                   ; LME
        wrmsr
        mov eax, cr0
        or eax, 0x80000001              ; PG, PE
        mov cr0, eax
        jmp 0x08:long_mode

        bits 64
long_mode:
        mov ebp, ROUNDS
again:
        xor eax, eax
        cpuid
        dec ebp
        jnz again
        mov al, 0
        out 0xf4, al
        jmp $

        align 8
gdt:
        dq 0
        dq 0x00209b0000000000           ; 0x08 64-bit code
gdtr:
        dw $ - gdt - 1
        dd gdt
