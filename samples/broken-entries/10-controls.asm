; 10. A hypervisor that asks for nothing.
%include "hypervisor.inc"

exercise:
        ; No external-interrupt exiting, no NMI exiting, no virtual NMIs, no timer: nothing by the pins.
        put PIN_BASED_CONTROLS, 0
%ifdef FIXED
  %include "solutions/10-controls.asm"
%endif
        ret
