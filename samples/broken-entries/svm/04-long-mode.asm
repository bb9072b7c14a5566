; 4. A guest in long mode that gets only what it uses.
%include "hypervisor.inc"

exercise:
        ; It uses SSE, and its pages are large: no PAE, no PSE.
        mov qword [VMCB.CR4], CR4_OSFXSR
%ifdef FIXED
  %include "solutions/04-long-mode.asm"
%endif
        ret
