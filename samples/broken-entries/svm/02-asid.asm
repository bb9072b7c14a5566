; 2. A hypervisor with one guest.
%include "hypervisor.inc"

exercise:
        ; There is no other to tell it from.
        mov dword [VMCB.GUEST_ASID], 0
%ifdef FIXED
  %include "solutions/02-asid.asm"
%endif
        ret
