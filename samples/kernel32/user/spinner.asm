; spinner: never ends, and asks for nothing. Only the timer gets the processor back from it.

        PROGRAM spinner, 0xd00000, 0x100
spinner_main:
        jmp spinner_main
        END_PROGRAM
