; 6. A hypervisor that wants no exits by MSRs, and so has bitmaps of zeros.
%include "hypervisor.inc"

exercise:
        mov ebx, PRIMARY_SECONDARY | PRIMARY_MSR_BITMAPS
        mov ecx, IA32_VMX_PROCBASED_CTLS
        call adjust
        put PRIMARY_CONTROLS, rbx
        put MSR_BITMAP, EXIT_STACK_TOP + 0x800 ; behind the stack there is nothing
%ifdef FIXED
  %include "solutions/06-msr-bitmap.asm"
%endif
        ret
