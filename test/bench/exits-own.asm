; A hypervisor of one's own on the bare computer: a 64-bit guest executes CPUID again and again, and
; the handler of its VM exits moves RIP past the instruction and resumes.
; It ends by the exit device (port 0xf4).

PML4            equ 0x10000
VMXON_REGION    equ 0x14000
VMCS_REGION     equ 0x15000
EPT_PML4        equ 0x16000
MSR_BITMAP      equ 0x18000
HOST_STACK      equ 0x1a000
GUEST_STACK     equ 0x1b000
TSS             equ 0x1c000

        org 0x7c00
        bits 16
start:
        cli
        xor ax, ax
        mov ds, ax
        mov ss, ax
        mov sp, 0x7c00

        ; identical page tables for both: 1 GByte in one page; and an EPT that maps it to itself
        cld
        mov ax, PML4 >> 4
        mov es, ax
        xor di, di
        xor eax, eax
        mov cx, 0x3400
        rep stosd
        mov dword [es:0], PML4 + 0x1000 + 3
        mov dword [es:0x1000], 0x83
        mov dword [es:EPT_PML4 - PML4], EPT_PML4 + 0x1000 + 7
        mov dword [es:EPT_PML4 - PML4 + 0x1000], 0xb7   ; RWX, WB, large

        lgdt [gdtr]
        mov eax, cr4
        or eax, 0x2020                  ; PAE, VMXE
        mov cr4, eax
        mov eax, PML4
        mov cr3, eax
        mov ecx, 0xc0000080             ; IA32_EFER
        rdmsr
        or eax, 0x100                   ; LME
        wrmsr
        mov eax, cr0
        or eax, 0x80000021              ; PG, NE, PE
        mov cr0, eax
        jmp 0x08:long_mode

; write FIELD, VALUE: VMWRITE of a constant
%macro write 2
        mov eax, %1
        mov rbx, %2
        vmwrite rax, rbx
        jbe failed
%endmacro

; control FIELD, MSR, WANTED: controls as the capability MSR allows them
%macro control 3
        mov ecx, %2
        rdmsr
        or eax, %3
        and eax, edx
        mov ebx, eax
        mov eax, %1
        vmwrite rax, rbx
        jbe failed
%endmacro

        bits 64
long_mode:
        mov ax, 0x10
        mov ds, ax
        mov es, ax
        mov ss, ax
        mov fs, ax
        mov gs, ax
        mov esp, HOST_STACK
        mov ax, 0x18
        ltr ax

        mov ecx, 0x3a                   ; IA32_FEATURE_CONTROL: locked, VMX outside SMX
        mov eax, 5
        xor edx, edx
        wrmsr
        mov ecx, 0x480                  ; IA32_VMX_BASIC: the revision
        rdmsr
        mov [VMXON_REGION], eax
        mov [VMCS_REGION], eax
        vmxon [vmxon_pointer]
        jbe failed
        vmclear [vmcs_pointer]
        jbe failed
        vmptrld [vmcs_pointer]
        jbe failed

        control 0x4000, 0x48d, 0                        ; pin-based
        control 0x4002, 0x48e, (1 << 31) | (1 << 28)    ; secondary controls, MSR bitmaps
        control 0x401e, 0x48b, (1 << 1) | (1 << 5)      ; EPT, VPID
        control 0x400c, 0x48f, (1 << 9) | (1 << 20) | (1 << 21) ; 64-bit host; save and load EFER
        control 0x4012, 0x490, (1 << 9) | (1 << 15)     ; IA-32e mode guest, load EFER
        write 0x0000, 1                                 ; VPID
        write 0x2004, MSR_BITMAP
        write 0x201a, EPT_PML4 + 0x1e                   ; WB, 4 levels
        write 0x2800, -1                                ; VMCS link pointer

        mov ecx, 0xc0000080
        rdmsr
        mov esi, eax
        write 0x2806, rsi                               ; EFER, of guest and host
        write 0x2c02, rsi
        mov rsi, cr0
        write 0x6800, rsi
        write 0x6c00, rsi
        mov rsi, cr3
        write 0x6802, rsi
        write 0x6c02, rsi
        mov rsi, cr4
        write 0x6804, rsi
        write 0x6c04, rsi

        write 0x0800, 0x10                              ; guest ES … TR
        write 0x0802, 0x08
        write 0x0804, 0x10
        write 0x0806, 0x10
        write 0x0808, 0x10
        write 0x080a, 0x10
        write 0x080e, 0x18
        write 0x4800, 0xffffffff
        write 0x4802, 0xffffffff
        write 0x4804, 0xffffffff
        write 0x4806, 0xffffffff
        write 0x4808, 0xffffffff
        write 0x480a, 0xffffffff
        write 0x480e, 0x67
        write 0x4810, gdtr - gdt - 1
        write 0x4814, 0xc093
        write 0x4816, 0xa09b
        write 0x4818, 0xc093
        write 0x481a, 0xc093
        write 0x481c, 0xc093
        write 0x481e, 0xc093
        write 0x4820, 0x10000
        write 0x4822, 0x8b
        write 0x6814, TSS
        write 0x6816, gdt
        write 0x681a, 0x400
        write 0x681c, GUEST_STACK
        write 0x681e, guest
        write 0x6820, 2

        write 0x0c00, 0x10                              ; host ES … TR
        write 0x0c02, 0x08
        write 0x0c04, 0x10
        write 0x0c06, 0x10
        write 0x0c08, 0x10
        write 0x0c0a, 0x10
        write 0x0c0c, 0x18
        write 0x6c0a, TSS
        write 0x6c0c, gdt
        write 0x6c14, HOST_STACK
        write 0x6c16, handler
        mov ebp, ROUNDS
        vmlaunch
failed:
        mov al, 1
        out 0xf4, al
        jmp $

handler:
        mov edx, 0x681e                 ; guest RIP
        vmread rax, rdx
        add rax, 2
        vmwrite rdx, rax
        vmresume
        jmp failed

guest:
        xor eax, eax
        cpuid
        dec ebp
        jnz guest
        mov al, 0
        out 0xf4, al
        jmp $

        align 8
vmxon_pointer:
        dq VMXON_REGION
vmcs_pointer:
        dq VMCS_REGION
gdt:
        dq 0
        dq 0x00209b0000000000           ; 0x08 64-bit code
        dq 0x00cf93000000ffff           ; 0x10 data
        dq 0x0000890000000067 | ((TSS & 0xffffff) << 16), 0     ; 0x18 TSS
gdtr:
        dw $ - gdt - 1
        dd gdt
