; The benchmark's guest: a boot sector that climbs to long mode with paging and works ROUNDS times
; through a sieve, memory copies, string search, a CRC, a recursion and a walk over many pages: in ring 0, or
; with USER defined in ring 3, where a monitor lets it run as it is.
; It ends by the exit device (port 0xf4), and for Bochs by its shutdown port (0x8900).

%ifndef ROUNDS
%define ROUNDS 1
%endif

SIEVE   equ 0x20000
LIMIT   equ 8192
BUFFER  equ 0x30000
PAGES   equ 0x200000
STACK   equ 0x7000              ; in another page than the code

        org 0x7c00
        bits 16
        jmp 0:start
start:  cli
        xor ax, ax
        mov ds, ax
        mov es, ax
        mov ss, ax
        mov sp, STACK
        mov al, 2
        out 0x92, al                ; A20
        mov edi, 0x1000             ; page tables: 1 GByte in 2-MByte pages
        xor eax, eax
        mov ecx, 0x3000 / 4
        a32 rep stosd
        mov word [0x1000], 0x2007
        mov word [0x2000], 0x3007
        mov edi, 0x3000
        mov eax, 0x87
.map:   mov [edi], eax
        add eax, 0x200000
        add edi, 8
        cmp edi, 0x4000
        jb .map
        mov eax, cr4
        or al, 0x20
        mov cr4, eax
        mov eax, 0x1000
        mov cr3, eax
        mov ecx, 0xc0000080
        rdmsr
        or ah, 1
        wrmsr
        lgdt [gdtr]
        mov eax, cr0
        or eax, 0x80000001
        mov cr0, eax
        jmp 8:long_mode

        bits 64
long_mode:
        mov ax, 16
        mov ds, ax
        mov es, ax
        mov ss, ax
        mov rsp, STACK
%ifdef USER
        push 0x1b                   ; to ring 3, which may use ports
        push STACK
        push 0x3002
        push 0x23
        push user
        iretq
user:
%endif
        mov r15d, ROUNDS
round:  test r15d, r15d
        jz finish

        ; the sieve of Eratosthenes
        mov edi, SIEVE
        mov al, 1
        mov ecx, LIMIT
        rep stosb
        mov ebx, 2
.next:  cmp byte [SIEVE + rbx], 0
        je .composite
        lea rdx, [rbx + rbx]
.mark:  cmp edx, LIMIT
        jae .composite
        mov byte [SIEVE + rdx], 0
        add edx, ebx
        jmp .mark
.composite:
        inc ebx
        cmp ebx, LIMIT
        jb .next

        ; copy it, and search it byte by byte
        mov esi, SIEVE
        mov edi, BUFFER
        mov ecx, LIMIT / 8
        rep movsq
        xor eax, eax
        mov esi, BUFFER
.count: movzx edx, byte [rsi]
        add eax, edx
        inc rsi
        cmp esi, BUFFER + LIMIT
        jne .count

        ; CRC-32 over it, bit by bit
        mov eax, -1
        mov esi, BUFFER
.crc:   xor al, [rsi]
        mov ecx, 8
.bit:   shr eax, 1
        jnc .zero
        xor eax, 0xedb88320
.zero:  dec ecx
        jnz .bit
        inc rsi
        cmp esi, BUFFER + LIMIT / 4
        jb .crc

        ; recursion
        mov edi, 16
        call fibonacci

        ; one word in each of many pages
        mov ecx, 4096
        mov ebx, PAGES
.page:  mov rdx, [rbx]
        lea rdx, [rdx + rcx]
        mov [rbx], rdx
        add ebx, 4096 + 64
        dec ecx
        jnz .page

        dec r15d
        jmp round

fibonacci:
        cmp edi, 2
        jb .one
        push rdi
        dec edi
        call fibonacci
        pop rdi
        push rax
        sub edi, 2
        call fibonacci
        pop rdx
        add eax, edx
        ret
.one:   mov eax, 1
        ret

finish: xor eax, eax
        out 0xf4, al
        mov esi, shutdown
        mov edx, 0x8900
        mov ecx, 8
        rep outsb
.stop:  hlt
        jmp .stop

shutdown: db "Shutdown"
        align 8
gdt:    dq 0, 0x00af9a000000ffff, 0x00cf92000000ffff, 0x00cff2000000ffff, 0x00affa000000ffff
gdtr:   dw $ - gdt - 1
        dd gdt
        times 510 - ($ - $$) db 0
        dw 0xaa55
