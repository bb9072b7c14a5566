; 2. A guest whose CR4 is what the guest asks for.
%include "hypervisor.inc"

exercise:
        ; The guest is a kernel in long mode. Of CR4 it needs PAE, and knows of nothing else.
        put GUEST_CR4, CR4_PAE
%ifdef FIXED
  %include "solutions/02-control-register.asm"
%endif
        ret
