; 4. What the processor keeps the guest in (SDM 3C chapter 25)

fill_vmcs:
        call fill_controls
        call fill_host
        jmp fill_guest

; ------------------------------------------------------------------ controls: what shall exit, and how
;
; Nobody knows all controls that future processors will have. So one asks for what one wants, and lets the
; capability MSRs add what must be 1 (low half) and take away what may not be (high half).
fill_controls:
        mov ebx, PIN_EXTERNAL_INTERRUPT
        mov ecx, IA32_VMX_PINBASED_CTLS
        call adjust
        put PIN_BASED_CONTROLS, rbx

        mov ebx, PRIMARY_HLT | PRIMARY_IO | PRIMARY_SECONDARY
        mov ecx, IA32_VMX_PROCBASED_CTLS
        call adjust
        put PRIMARY_CONTROLS, rbx

        mov ebx, SECONDARY_EPT | SECONDARY_UNRESTRICTED ; a guest that may be in real mode
        mov ecx, IA32_VMX_PROCBASED_CTLS2
        call adjust_exactly
        put SECONDARY_CONTROLS, rbx

        mov ebx, EXIT_HOST_64 | EXIT_ACKNOWLEDGE ; the exit tells the vector of an interrupt
        mov ecx, IA32_VMX_EXIT_CTLS
        call adjust
        put EXIT_CONTROLS, rbx

        xor ebx, ebx                ; not a guest in long mode
        mov ecx, IA32_VMX_ENTRY_CTLS
        call adjust
        put ENTRY_CONTROLS, rbx

        put EPT_POINTER, EPT_PML4 | 3 << 3 | 6 ; four levels (less 1), tables in write-back memory
        put VMCS_LINK_POINTER, -1   ; there is no shadow VMCS

        ; Bits of CR0 and CR4 that are ours: what the guest reads of them is in the shadow, and a write that
        ; would change it is a VM exit. VMX wants NE and VMXE set, the guest need not know.
        put CR0_MASK, CR0_PE | CR0_NE | CR0_PG
        put CR0_SHADOW, 0
        put CR4_MASK, CR4_VMXE
        put CR4_SHADOW, 0
        ret

; EBX, the controls that are wanted, with those that the capability MSR ECX demands. Gives up where the
; processor does not have one.
adjust:
        add ecx, [rel true_controls]
adjust_exactly:                     ; this MSR has no TRUE one
        rdmsr
        not edx                     ; what may not be 1
        lea rsi, [rel no_control]
        test ebx, edx
        jnz give_up
        or ebx, eax                 ; what must be 1
        ret

no_control:     db `hypervisor: this processor lacks a control\n`, 0

; ------------------------------------------------------------------ host state: what a VM exit loads
;
; A VM exit is a jump into our code with our page tables: to HOST_RIP, on the stack HOST_RSP. General
; registers are not in the VMCS: they still are the guest's then.
fill_host:
        mov rbx, cr0
        put HOST_CR0, rbx
        mov rbx, cr3
        put HOST_CR3, rbx
        mov rbx, cr4
        put HOST_CR4, rbx
        put HOST_ES_SELECTOR, DATA
        put HOST_CS_SELECTOR, CODE64
        put HOST_SS_SELECTOR, DATA
        put HOST_DS_SELECTOR, DATA
        put HOST_FS_SELECTOR, DATA
        put HOST_GS_SELECTOR, DATA
        put HOST_TR_SELECTOR, TASK  ; may not be 0
        put HOST_TR_BASE, tss
        put HOST_GDTR_BASE, gdt
        put HOST_IDTR_BASE, 0       ; we take no interrupts, and make no mistakes
        put HOST_RSP, EXIT_STACK_TOP
        put HOST_RIP, on_exit
        ret

; ------------------------------------------------------------------ guest state: what a VM entry loads
;
; The guest begins in real mode, as a PC does: segments of 64 KBytes at 0, and no paging.
fill_guest:
        put GUEST_CR0, CR0_NE
        put GUEST_CR4, CR4_VMXE
%assign segment 0
%rep 6                              ; ES, CS, SS, DS, FS, GS
        put GUEST_ES_SELECTOR + 2 * segment, 0
        put GUEST_ES_BASE + 2 * segment, 0
        put GUEST_ES_LIMIT + 2 * segment, 0xffff
  %if segment == 1
        put GUEST_ES_RIGHTS + 2 * segment, 0x9b ; present code, accessed
  %else
        put GUEST_ES_RIGHTS + 2 * segment, 0x93 ; present data, accessed
  %endif
  %assign segment segment + 1
%endrep
        put GUEST_ES_RIGHTS + 2 * 6, 1 << 16 ; LDTR: unusable
        put GUEST_ES_LIMIT + 2 * 7, 103
        put GUEST_ES_RIGHTS + 2 * 7, 0x8b ; TR: a busy TSS, though the guest has none
        put GUEST_GDTR_LIMIT, 0
        put GUEST_IDTR_LIMIT, 0x3ff
        put GUEST_RIP, GUEST_ENTRY
        put GUEST_RSP, 0
        put GUEST_RFLAGS, 2         ; bit 1 is always 1
        ret
