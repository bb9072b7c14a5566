; counter NAME: counts to 5, and never gives the processor away. Run two at a time:
;
;       run counter a &
;       run counter b

COUNTER_ROUNDS equ 5
COUNTER_WORK equ 1500000            ; rounds of a loop between two numbers: longer than a time slice

        PROGRAM counter, 0x700000, 0x100
counter_main:
        mov ebp, esi
        xor edi, edi
.next:  mov ecx, COUNTER_WORK
        loop $                      ; the timer interrupts here
        inc edi
        mov esi, ebp
        call write_text
        mov al, ' '
        call write_char
        mov eax, edi
        call write_number
        mov al, 10
        call write_char
        cmp edi, COUNTER_ROUNDS
        jb .next
        xor ebx, ebx
        SYSTEM_CALL SYS_EXIT
        END_PROGRAM
