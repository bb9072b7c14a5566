; 8. A guest that begins with all flags clear.
%include "hypervisor.inc"

exercise:
        put GUEST_RFLAGS, 0
%ifdef FIXED
  %include "solutions/08-flags.asm"
%endif
        ret
