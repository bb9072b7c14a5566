; 3. A guest whose code segment comes out of its GDT.
%include "hypervisor.inc"

exercise:
        ; The descriptor is 00af9a000000ffff: bits 55:40 without the limit are the access rights.
        put GUEST_CS_RIGHTS, 0xa09a
%ifdef FIXED
  %include "solutions/03-code-segment.asm"
%endif
        ret
