; 4. A hypervisor with one VMCS.
%include "hypervisor.inc"

exercise:
        ; There is no other VMCS that this one could link to.
        put VMCS_LINK_POINTER, 0
%ifdef FIXED
  %include "solutions/04-link-pointer.asm"
%endif
        ret
