; 1. Is there VT-x, and may we use it? (SDM 3C 24.6, 24.7)

probe:
        mov eax, 1
        cpuid
        lea rsi, [rel no_vmx]
        bt ecx, 5                   ; CPUID.1:ECX.VMX
        jnc give_up

        ; The firmware has the last word: once IA32_FEATURE_CONTROL is locked, it stays as it is.
        mov ecx, IA32_FEATURE_CONTROL
        rdmsr
        test eax, 1                 ; bit 0: locked
        jnz .locked
        or eax, 1 | 1 << 2          ; bit 2: VMXON is allowed (outside SMX)
        wrmsr
        jmp .allowed
.locked:
        lea rsi, [rel forbidden]
        test eax, 1 << 2
        jz give_up
.allowed:
        ; Where IA32_VMX_BASIC.55 is set, the TRUE capability MSRs tell more: some controls that once had to be
        ; 1 may be 0.
        mov ecx, IA32_VMX_BASIC
        rdmsr
        mov [rel revision], eax     ; bits 30:0: what the first word of a region must be
        xor ecx, ecx
        bt edx, 55 - 32
        jnc .plain
        mov ecx, 0xc
.plain: mov [rel true_controls], ecx

        ; EPT of four levels, in write-back memory.
        mov ecx, IA32_VMX_EPT_VPID_CAP
        rdmsr
        and eax, 1 << 6 | 1 << 14
        cmp eax, 1 << 6 | 1 << 14
        lea rsi, [rel no_ept]
        jne give_up
        ret

revision:       dd 0
true_controls:  dd 0                ; what to add to the number of a capability MSR
no_vmx:         db `hypervisor: this processor has no VT-x\n`, 0
forbidden:      db `hypervisor: the firmware has forbidden VT-x\n`, 0
no_ept:         db `hypervisor: this processor has no EPT of four levels\n`, 0
