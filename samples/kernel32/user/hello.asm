; hello: the smallest program that has something to say.

        PROGRAM hello, 0x500000, 0x100
hello_main:
        mov esi, hello_text
        call write_text
        SYSTEM_CALL SYS_GETPID
        call write_number
        mov esi, hello_end
        call write_text
        xor ebx, ebx
        SYSTEM_CALL SYS_EXIT

hello_text: db "Hello from ring 3, process ", 0
hello_end:  db ".", 10, 0
        END_PROGRAM
