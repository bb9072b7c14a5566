; 3. A guest that will never execute VMRUN.
%include "hypervisor.inc"

exercise:
        ; VMMCALL is all that it executes, so that is all that needs an intercept.
        mov dword [VMCB.INTERCEPT_VECTOR_4], INTERCEPT_VMMCALL
%ifdef FIXED
  %include "solutions/03-vmrun-intercept.asm"
%endif
        ret
