; 6. A hypervisor that knows it has SVM.
%define ENABLES_BY_ITSELF
%include "hypervisor.inc"

exercise:
        ; CPUID tells of it, VM_CR.SVMDIS is 0, and the page for the host is there.
        mov eax, HOST_SAVE
        xor edx, edx
        mov ecx, VM_HSAVE_PA
        wrmsr
%ifdef FIXED
  %include "solutions/06-enable.asm"
%endif
        ret
