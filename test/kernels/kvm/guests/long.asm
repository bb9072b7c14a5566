; long.asm: 64-bit mode with page faults, ring 3, SYSCALL, SSE and memory-mapped devices.
%include "guest.inc"
%include "long.inc"
bits 64
main:   say `64-bit mode\n`
        lidt [idt_pointer]
        mov ax, TASK
        ltr ax
        mov ecx, 0xc0000080
        rdmsr
        tell `IA32_EFER: `, rax
        call faults
        call device
        call floating
        call clocks
        mov eax, 0x40000100     ; a leaf that client.c has made
        cpuid
        tell `leaf of our own: `, rbx
        jmp rings

; A page that is not there, is asked for and mapped by the handler, written, and taken away again.
faults: gate 14, page_fault
        mov qword [0x13000], 0
        mov qword [DIRECTORY + 8 * 5], 0x13007  ; 0A00000H: a table of 4-KByte pages
        mov rax, cr3
        mov cr3, rax
        mov dword [0xa00010], 0x1111
        tell `at its frame: `, qword [0x20010]
        and byte [0x13000], ~2
        invlpg [0xa00000]
        mov rax, cr0
        or eax, 0x10000                         ; WP
        mov cr0, rax
        mov dword [0xa00010], 0x2222
        tell `at its frame: `, qword [0x20010]
        mov rax, [0x13000]
        tell `accessed, dirty: `, rax
        ret
page_fault:
        mov rbx, [rsp]
        push rsi
        tell `page fault, error code `, rbx
        mov rax, cr2
        tell `  at `, rax
        mov qword [0x13000], 0x20007
        pop rsi
        add rsp, 8
        iretq

; Accesses of every width, and those whose operands KVM must find out by itself.
device: mov rbx, DEVICE
        mov byte [rbx], 0x11
        mov word [rbx + 2], 0x2222
        mov dword [rbx + 4], 0x33333333
        mov rax, 0x4444444455555555
        mov [rbx + 8], rax
        movzx eax, byte [rbx]
        tell `device, byte: `, rax
        movsx eax, word [rbx + 2]
        tell `device, word: `, rax
        mov eax, [rbx + 4]
        tell `device, doubleword: `, rax
        mov rax, [rbx + 8]
        tell `device, quadword: `, rax
        add dword [rbx + 16], 5
        mov eax, [rbx + 16]
        tell `device, added: `, rax
        mov rsi, rbx
        mov edi, 0x21000
        mov ecx, 4
        rep movsd
        tell `device, moved: `, qword [0x21004]
        ret

floating:
        mov eax, 10
        cvtsi2sd xmm0, eax
        sqrtsd xmm0, xmm0
        movapd xmm15, xmm0
        mov dx, ASK
        xor eax, eax
        out dx, al              ; out of the guest and in again
        mulsd xmm15, xmm0
        cvtsd2si eax, xmm15
        tell `square of a root: `, rax
        fninit
        fldpi
        fldpi
        fmulp
        fistp dword [0x21000]
        tell `square of pi: `, qword [0x21000]
        ret

; Time goes forward, in the guest and beside it.
clocks: rdtsc
        shl rdx, 32
        lea rbx, [rdx + rax]
        mov dx, ASK
        out dx, al
        rdtsc
        shl rdx, 32
        add rax, rdx
        cmp rax, rbx
        seta al
        movzx eax, al
        tell `time goes forward: `, rax
        ret

rings:  mov ecx, 0xc0000081     ; IA32_STAR
        mov edx, (USER_DATA - 8) << 16 | CODE64
        xor eax, eax
        wrmsr
        mov ecx, 0xc0000082     ; IA32_LSTAR
        mov eax, called
        xor edx, edx
        wrmsr
        mov ecx, 0xc0000084     ; IA32_FMASK
        mov eax, 0x200
        wrmsr
        gate 0x80, interrupted
        gate 13, protection
        push USER_DATA
        push 0x6000
        push 2
        push USER_CODE
        push user
        iretq
user:   mov eax, 1
        syscall
        int 0x80
        hlt
        ud2
called: mov rbx, rcx
        mov rbp, r11
        mov ax, cs
        movzx eax, ax
        tell `SYSCALL, CS: `, rax
        mov rcx, rbx
        mov r11, rbp
        o64 sysret
interrupted:
        mov rax, [rsp + 8]
        tell `INT 80H from CS: `, rax
        iretq
protection:
        tell `#GP in ring `, qword [rsp + 16]
        done
