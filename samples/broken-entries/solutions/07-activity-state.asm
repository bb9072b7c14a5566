        ; That instruction was HLT: whoever does it for the guest ends the blocking. And as soon as there is
        ; an interrupt for the guest, or anything else to go on for, it is active.
        put GUEST_INTERRUPTIBILITY, 0
        put GUEST_ACTIVITY, ACTIVITY_ACTIVE
