; 5. A guest whose memory goes through an EPT of four levels.
%include "hypervisor.inc"

exercise:
        put SECONDARY_CONTROLS, SECONDARY_EPT
        ; Bits 2:0: write-back memory; bits 5:3: four levels; above them: where the first table lies.
        put EPT_POINTER, EPT_PML4 | 4 << 3 | 6
%ifdef FIXED
  %include "solutions/05-ept-pointer.asm"
%endif
        ret
