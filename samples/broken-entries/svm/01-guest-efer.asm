; 1. A guest that has no use for SVM.
%include "hypervisor.inc"

exercise:
        ; It is in long mode, and that is all.
        mov qword [VMCB.EFER], EFER_LME | EFER_LMA
%ifdef FIXED
  %include "solutions/01-guest-efer.asm"
%endif
        ret
