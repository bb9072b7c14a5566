; 4. What the processor keeps the guest in (APM 2 15.5, 15.9 to 15.11, appendix B)
;
; A VMCB is a page of memory, and filled by MOV. There is nothing in it for the host: that is where it is when
; it executes VMRUN, and comes back to there. All that is not written here stays 0.

fill_vmcb:
        call fill_maps
        call fill_controls
        jmp fill_guest

; ------------------------------------------------------------------ maps: one bit for each port, two for each MSR
;
; A bit that is 1 is an exit. Here all are: the guest gets no port and no MSR but from us.
fill_maps:
        mov edi, IOPM
        mov rax, -1
        mov ecx, (NPT_PML4 - IOPM) / 8 ; both: MSRPM follows IOPM
        rep stosq
        ret

; ------------------------------------------------------------------ controls: what shall exit, and how
fill_controls:
        mov dword [VMCB.INTERCEPT_VECTOR_3], INTERCEPT_INTR | INTERCEPT_CPUID | INTERCEPT_HLT \
                | INTERCEPT_IOIO_PROT | INTERCEPT_MSR_PROT | INTERCEPT_SHUTDOWN
        mov dword [VMCB.INTERCEPT_VECTOR_4], INTERCEPT_VMMCALL | INTERCEPT_VMRUN ; the latter must be
        mov qword [VMCB.IOPM_BASE_PA], IOPM
        mov qword [VMCB.MSRPM_BASE_PA], MSRPM
        mov dword [VMCB.GUEST_ASID], 1 ; the TLB tells guests apart by it; 0 are we
        mov qword [VMCB.NESTED_CONTROL], NP_ENABLE
        mov qword [VMCB.N_CR3], NPT_PML4
        mov rax, 0x0007040600070406 ; memory types: as after RESET
        mov [VMCB.G_PAT], rax

        ; RFLAGS.IF of the guest is for virtual interrupts only; physical ones go by ours. And whatever task
        ; priority the guest has in CR8, it shall get its ticks.
        mov dword [VMCB.VIRTUAL_INTERRUPT], V_INTR_MASKING | V_IGN_TPR
        ret

; ------------------------------------------------------------------ guest state
;
; The guest begins in real mode, as a PC does: segments of 64 KBytes at 0, and no paging. FS, GS, LDTR and TR
; are not loaded by VMRUN, but by the VMLOAD before it.
fill_guest:
        mov qword [VMCB.CR0], CR0_ET
        mov qword [VMCB.EFER], EFER_SVME ; it must be 1, though the guest has no SVM
%assign segment 0
%rep 6                              ; ES, CS, SS, DS, FS, GS
  %if segment == 1
        mov word [VMCB.ES + 16 * segment + ATTRIB], 0x9b ; present code, accessed
  %else
        mov word [VMCB.ES + 16 * segment + ATTRIB], 0x93 ; present data, accessed
  %endif
        mov dword [VMCB.ES + 16 * segment + LIMIT], 0xffff
  %assign segment segment + 1
%endrep
        mov word [VMCB.TR + ATTRIB], 0x8b ; a busy TSS, though the guest has none
        mov dword [VMCB.TR + LIMIT], 103
        mov dword [VMCB.IDTR + LIMIT], 0x3ff
        mov qword [VMCB.RIP], GUEST_ENTRY
        mov qword [VMCB.RFLAGS], 2  ; bit 1 is always 1
        mov dword [VMCB.DR6], 0xffff0ff0 ; as after RESET
        mov qword [VMCB.DR7], 0x400
        ret
