; programs: ring 3. Each program is a section of its own: it lies in the kernel's image, where it is
; stored, and believes it lies where a process will have it. At the start it becomes a file.
;
; No two programs have the same address, so that an address alone says what a debugger has before it.
; They would not need that: an address space is a process's own.

        section .data
first_files:                        ; FirstFile, FirstFile, …

; PROGRAM name, address, room in the image, and at its end END_PROGRAM.
%assign image_at PROGRAMS_AT
%macro PROGRAM 3
%assign program_at image_at
%assign program_room %3
%assign image_at image_at + program_room
%define program_name %1
        section .%1 start=program_at vstart=%2
program_begin_%1:
        dd PROGRAM_MAGIC
        dd %2
        dd %1_main
        dd program_end_%1 - program_begin_%1
%endmacro

%macro END_PROGRAM 0
program_end_%[program_name]:
        times program_room - ($ - $$) db 0 ; a negative count, if it has not enough room
        section .data
        FIRST_FILE program_name, KERNEL_BASE + program_at, program_end_%[program_name] - program_begin_%[program_name]
%endmacro

; FIRST_FILE name, address, size
%macro FIRST_FILE 3
%defstr first_name %1
%%name: db first_name
        times NAME_SIZE - ($ - %%name) db 0
        dd %2, %3
%endmacro

%include "user/library.asm"
%include "user/shell.asm"
%include "user/hello.asm"
%include "user/primes.asm"
%include "user/counter.asm"
%include "user/sleeper.asm"
%include "user/spinner.asm"
%include "user/family.asm"
%include "user/heap.asm"
%include "user/crash.asm"
%include "user/holes.asm"

        section .data
        FIRST_FILE poem, poem, poem_end - poem
        db 0                        ; no more files

poem:   db "Two read one page, and think it is their own;", 10
        db "The first who writes shall have a page alone.", 10
poem_end:
end_of_data:

end_of_image equ image_at           ; a multiple of sectors
%if end_of_image > BSS_AT
    %error the programs do not fit below BSS_AT
%endif

        section .bss
        alignb PAGE
end_of_bss:
