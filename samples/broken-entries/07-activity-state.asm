; 7. The guest has executed STI and HLT, and sleeps.
%include "hypervisor.inc"

exercise:
        put GUEST_RFLAGS, RFLAGS_IF | 2
        ; What the VM exit by HLT has left: STI holds off interrupts for one instruction.
        put GUEST_INTERRUPTIBILITY, BLOCKING_BY_STI
        put GUEST_ACTIVITY, ACTIVITY_HLT
%ifdef FIXED
  %include "solutions/07-activity-state.asm"
%endif
        ret
