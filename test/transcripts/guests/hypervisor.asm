; A hypervisor of one's own on the bare computer: it makes a VMCS, enters a guest in long mode, answers
; CPUID and ends at VMCALL. Macros from outside make one mistake each: WRONG_CR4, WRONG_PIN, NO_VMCS,
; GUEST_FAULTS; EPT=entry gives the guest an EPT whose third 2-MByte page has that entry.

PML4    equ 0x10000
EPT4    equ 0x14000
VMXON_REGION equ 0x20000
VMCS_REGION  equ 0x21000

%macro field 2                      ; encoding, value
        mov eax, %1
        mov rdx, %2
        vmwrite rax, rdx
%endmacro
%macro controls 3                   ; encoding, capability MSR, wanted bits
        mov ecx, %2
        rdmsr
        or eax, %3
        and edx, eax
        mov eax, %1
        vmwrite rax, rdx
%endmacro

        org 0x7c00
        bits 16
start:  cli
        xor ax, ax
        mov ds, ax
        mov es, ax
        mov ss, ax
        mov sp, 0x7c00
        mov eax, cr0
        lgdt [gdtr]
        or al, 1
        mov cr0, eax
        jmp 8:protected
        bits 32
protected:
        mov ax, 16
        mov ds, ax
        mov es, ax
        mov ss, ax
        mov edi, PML4
        xor eax, eax
        mov ecx, 0x8000 / 4
        rep stosd
        mov dword [PML4], PML4 + 0x1003
        mov dword [PML4 + 0x1000], PML4 + 0x2003
        mov dword [PML4 + 0x2000], 0x83
        mov dword [PML4 + 0x2008], 0x200083
        mov dword [PML4 + 0x2010], 0x400083
        mov eax, cr4
        or eax, (1 << 5) | (1 << 13)
        mov cr4, eax
        mov eax, PML4
        mov cr3, eax
        mov ecx, 0xc0000080
        rdmsr
        or ah, 1
        wrmsr
        mov eax, cr0
        or eax, (1 << 31) | (1 << 5)
        mov cr0, eax
        jmp 24:long

        bits 64
long:   mov esp, 0x7c00
        mov ecx, 0x3a
        rdmsr
        or eax, 5
        wrmsr
        mov ecx, 0x480
        rdmsr
        mov [VMXON_REGION], eax
        mov [VMCS_REGION], eax
        vmxon [vmxon_pointer]
        vmclear [vmcs_pointer]
%ifndef NO_VMCS
        vmptrld [vmcs_pointer]
        call fill
%endif
launch: vmlaunch
failed: mov al, '!'
        out 0xe9, al
        cli
        hlt

; What every VM exit comes to.
on_exit:
        push rcx
        push rdx
        mov ecx, 0x4402             ; exit reason
        vmread rdx, rcx
        cmp edx, 10
        jne other
        pop rdx
        pop rcx
        cpuid
        call advance
        vmresume
        jmp failed
other:  cmp edx, 18
        jne $
        mov dx, 0x604
        mov ax, 0x2000
        out dx, ax

; Moves the guest behind the instruction that exited.
advance:
        push rax
        push rcx
        mov ecx, 0x440c             ; length
        vmread rax, rcx
        mov ecx, 0x681e             ; RIP
        push rdx
        vmread rdx, rcx
        add rax, rdx
        pop rdx
        vmwrite rcx, rax
        pop rcx
        pop rax
        ret

guest:  mov eax, 1
        cpuid
behind: xor eax, eax
        cpuid
%ifdef GUEST_FAULTS
        lidt [none]
        ud2
%endif
        mov ebx, 0x400000
touch:  mov rax, [rbx]
        vmcall
        hlt

fill:
%ifdef WRONG_PIN
        field 0x4000, 0
%else
        controls 0x4000, 0x48d, 0
%endif
%ifdef EPT
        controls 0x4002, 0x48e, (1 << 7) | (1 << 31)
        controls 0x401e, 0x48b, 2
        mov dword [EPT4], EPT4 + 0x1007
        mov dword [EPT4 + 0x1000], EPT4 + 0x2007
        mov dword [EPT4 + 0x2000], 0xb7
        mov dword [EPT4 + 0x2008], 0x2000b7
        mov dword [EPT4 + 0x2010], EPT
        field 0x201a, EPT4 + 0x1e
%else
        controls 0x4002, 0x48e, 1 << 7
%endif
        controls 0x400c, 0x48f, 1 << 9
        controls 0x4012, 0x490, 1 << 9
        field 0x2800, -1            ; link pointer
        mov rbx, cr0
        field 0x6800, rbx
        field 0x6c00, rbx
        mov rbx, cr3
        field 0x6802, rbx
        field 0x6c02, rbx
        mov rbx, cr4
        field 0x6c04, rbx
%ifdef WRONG_CR4
        mov ebx, 0x20               ; without VMXE
%endif
        field 0x6804, rbx
%assign n 0
%rep 6                              ; ES, CS, SS, DS, FS, GS of host and guest
  %if n == 1
        field 0x0c00 + 2 * n, 24
        field 0x0800 + 2 * n, 24
        field 0x4814 + 2 * n, 0xa09b
  %else
        field 0x0c00 + 2 * n, 16
        field 0x0800 + 2 * n, 16
        field 0x4814 + 2 * n, 0xc093
  %endif
        field 0x4800 + 2 * n, 0xffffffff
  %assign n n + 1
%endrep
        field 0x0c0c, 32            ; TR
        field 0x080e, 32
        field 0x4820, 0x10000       ; LDTR is unusable
        field 0x4822, 0x8b
        field 0x480e, 103
        field 0x6c0c, gdt
        field 0x6c14, 0x7a00
        field 0x6c16, on_exit
        field 0x6816, gdt
        field 0x4810, gdtr - gdt - 1
        field 0x681a, 0x400
        field 0x681c, 0x7800
        field 0x681e, guest
        field 0x6820, 2
        ret

        align 8
vmxon_pointer: dq VMXON_REGION
vmcs_pointer:  dq VMCS_REGION
gdt:    dq 0, 0x00cf9a000000ffff, 0x00cf92000000ffff, 0x00af9a000000ffff, 0x00008b0000000067, 0
gdtr:   dw gdtr - gdt - 1
        dd gdt
none:   dw 0
        dq 0
