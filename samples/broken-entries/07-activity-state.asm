; 7. The guest is the second processor of its computer.
%include "hypervisor.inc"

exercise:
        ; It is to wait until the first one wakes it by a start-up interrupt (SIPI).
        put GUEST_ACTIVITY, ACTIVITY_WAIT_FOR_SIPI
%ifdef FIXED
  %include "solutions/07-activity-state.asm"
%endif
        ret
