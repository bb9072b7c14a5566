        ; A segment register holds what loading it has made of the descriptor: the accessed bit is 1.
        put GUEST_CS_RIGHTS, 0xa09b
