        ; Which activity states a guest can be entered in is told by IA32_VMX_MISC, bits 8:6. This processor has HLT
        ; and shutdown alone, so a hypervisor waits itself before it enters such a guest.
        put GUEST_ACTIVITY, ACTIVITY_ACTIVE
