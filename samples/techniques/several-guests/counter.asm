; counter: a guest that never waits.
;
; It counts primes, three times the same ones, and reads the time-stamp counter before and after. On a
; computer of its own each round takes as long as the others. Beside another guest it does not: the
; monitor takes the processor away from it, and gives it back, and the guest notices nothing - unless
; it looks at a clock.

COM1    equ 0x3f8               ; the first serial port
EXIT    equ 0xf4                ; the exit device
STACK   equ 0x7c00
LIMIT   equ 500                 ; primes below this
ROUNDS  equ 3

        org 0x7c00
        bits 16
start:  cli
        xor ax, ax
        mov ds, ax
        mov es, ax
        mov ss, ax
        mov esp, STACK
        xor edi, edi                    ; rounds done

round:  inc edi
        rdtsc
        push eax
        call primes
taken:  rdtsc                           ; break here: whose turn was it in between?
        pop ecx
        sub eax, ecx
        push eax
        mov si, text.round
        call print
        mov eax, edi
        call number
        mov si, text.primes
        call print
        mov eax, ebx
        call number
        mov si, text.cycles
        call print
        pop eax
        call number
        mov al, 10
        call put
        cmp edi, ROUNDS
        jb round

        mov al, 0
        out EXIT, al                    ; this guest ends here; the other one goes on

; EBX = how many primes there are below LIMIT, by trying every divisor.
primes: xor ebx, ebx
        mov esi, 2                      ; the candidate
.next:  mov ecx, 2                      ; the divisor
.try:   cmp ecx, esi
        je .prime
        mov eax, esi
        xor edx, edx
        div ecx
        inc ecx
        test edx, edx
        jnz .try
        jmp .other
.prime: inc ebx
.other: inc esi
        cmp esi, LIMIT
        jb .next
        ret

; Prints AL.
put:    push dx
        mov dx, COM1
        out dx, al
        pop dx
        ret

; Prints the text at SI.
print:  lodsb
        test al, al
        jz .done
        call put
        jmp print
.done:  ret

; Prints EAX in decimal.
number: push ebx
        mov ebx, 10
        xor cx, cx
.divide: xor edx, edx
        div ebx
        push dx
        inc cx
        test eax, eax
        jnz .divide
.digit: pop ax
        add al, '0'
        call put
        loop .digit
        pop ebx
        ret

text:
.round:  db "round ", 0
.primes: db ": ", 0
.cycles: db " primes, cycles: ", 0
