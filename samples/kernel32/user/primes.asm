; primes [N]: the sieve of Eratosthenes, on a heap that begins as 0.

PRIMES_MOST equ 100000

        PROGRAM primes, 0x600000, 0x200
primes_main:
        call read_number            ; ESI = the text behind the name
        jc .usual
        cmp eax, PRIMES_MOST
        jbe .known
.usual: mov eax, 100
.known: mov ebp, eax                ; up to here
        xor ebx, ebx
        SYSTEM_CALL SYS_BRK
        mov edi, eax                ; one byte for each number; 1 = it is no prime
        lea ebx, [edi + ebp + 1]
        SYSTEM_CALL SYS_BRK
        xor esi, esi                ; how many there are
        mov ebx, 2
.next:  cmp ebx, ebp
        ja .end
        cmp byte [edi + ebx], 0     ; the first touch of a page is a page fault
        jne .skip
        inc esi
        mov [primes_last], ebx
        lea edx, [ebx + ebx]
.cross: cmp edx, ebp
        ja .skip
        mov byte [edi + edx], 1
        add edx, ebx
        jmp .cross
.skip:  inc ebx
        jmp .next

.end:   mov eax, esi
        call write_number
        mov esi, primes_up_to
        call write_text
        mov eax, ebp
        call write_number
        mov esi, primes_largest
        call write_text
        mov eax, [primes_last]
        call write_number
        mov al, 10
        call write_char
        xor ebx, ebx
        SYSTEM_CALL SYS_EXIT

primes_last: dd 0
primes_up_to: db " primes up to ", 0
primes_largest: db ", the largest is ", 0
        END_PROGRAM
