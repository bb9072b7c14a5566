        ; Reserved controls are not all 0: the capability MSR tells which must be 1 (low half).
        xor ebx, ebx
        mov ecx, IA32_VMX_PINBASED_CTLS
        call adjust
        put PIN_BASED_CONTROLS, rbx
