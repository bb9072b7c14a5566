; 9. A hypervisor with one place at which it enters its guest.
%define ENTERS_BY_ITSELF
%include "hypervisor.inc"

exercise:
        ; Every VM exit will come back to this instruction, so why not the first VM entry, too?
%ifdef FIXED
  %include "solutions/09-resume.asm"
%endif
        vmresume
        ret
