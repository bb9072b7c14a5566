; 2. Into VMX operation (SDM 3C 24.7, 31.3)

enable:
        ; In VMX operation some bits of CR0 and CR4 are fixed: FIXED0 has those that must be 1, FIXED1 those
        ; that may be. CR4.VMXE is one of them, and must be set before VMXON.
        mov rax, cr0
        mov ecx, IA32_VMX_CR0_FIXED0
        call fix
        mov cr0, rax
        mov rax, cr4
        or eax, CR4_VMXE
        mov ecx, IA32_VMX_CR4_FIXED0
        call fix
        mov cr4, rax

        ; Both regions begin with the processor's revision identifier, so that no processor takes the VMCS
        ; of another model for its own.
        mov eax, [rel revision]
        mov [VMXON_REGION], eax
        mov [VMCS_REGION], eax
        vmxon [rel vmxon_pointer]
        jbe vmx_failed
        vmclear [rel vmcs_pointer]  ; its launch state is "clear": VMLAUNCH will want that
        jbe vmx_failed
        vmptrld [rel vmcs_pointer]  ; now it is current: VMREAD, VMWRITE and VMLAUNCH mean this one
        jbe vmx_failed
        ret

; RAX with the bits that the MSRs ECX (FIXED0) and ECX + 1 (FIXED1) demand. They are below bit 32.
fix:
        mov ebx, eax
        rdmsr
        or ebx, eax
        inc ecx
        rdmsr
        and eax, ebx
        ret

; A VMX instruction has failed: CF, or ZF with a number in the VMCS.
vmx_failed:
        lea rsi, [rel no_current]
        jc give_up
        lea rsi, [rel instruction_failed]
        call print
        mov eax, INSTRUCTION_ERROR
        vmread rax, rax
        call print_number
        lea rsi, [rel line_end]
        jmp give_up

        align 8
vmxon_pointer:  dq VMXON_REGION
vmcs_pointer:   dq VMCS_REGION
no_current:     db `hypervisor: a VMX instruction failed without a current VMCS\n`, 0
instruction_failed: db `hypervisor: VM-instruction error `, 0
line_end:       db `\n`, 0
