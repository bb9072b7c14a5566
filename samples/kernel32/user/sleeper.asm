; sleeper: a second of sleep, during which nobody runs, and the processor halts.

        PROGRAM sleeper, 0xc00000, 0x100
sleeper_main:
        mov ebx, TICKS_PER_SECOND
        SYSTEM_CALL SYS_SLEEP
        mov esi, sleeper_text
        call write_text
        xor ebx, ebx
        SYSTEM_CALL SYS_EXIT

sleeper_text: db "That was a second.", 10, 0
        END_PROGRAM
