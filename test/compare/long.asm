; long: 64-bit code with paging of four levels: canonical addresses, no-execute, exceptions on stacks of their own,
; SYSCALL and SYSRET, compatibility mode, call gates of 16 bytes, what does not exist any more, what control
; registers and MSRs refuse.
%include "kernel.inc.asm"

PML4    equ 0x20000
PDPT    equ 0x21000
PD      equ 0x22000
PT      equ 0x23000
IDT64   equ 0x24000
DATA    equ 0x50000                 ; linear and physical
FAULTS  equ 0x6c00                  ; the stack of exceptions, IST1
CODE64  equ 0x40                    ; STAR: 40 and 48 of the kernel, 53, 5B and 63 of ring 3
USER32  equ 0x53
USER_SS equ 0x5b
USER64  equ 0x63
GATE    equ 0x80
%ifdef LOCKSTEP                     ; with a stack of the IST, TCG always loads a null selector into SS
IST     equ 0
%else
IST     equ 1
%endif

%macro ENTRY 2                      ; low and high doubleword of what stands for DATA
        mov dword [PT + (DATA >> 12) * 8], %1
        mov dword [PT + (DATA >> 12) * 8 + 4], %2
        invlpg [DATA]
%endmacro
%macro MSR 3                        ; number, low, high
        mov ecx, %1
        mov eax, %2
        mov edx, %3
        wrmsr
%endmacro
%macro TRY64 2+
        TELL %1
        mov qword [resume64], %%after
        mov [resume_rsp], rsp
        %2
        TELL " ok"
%%after:
        LINE
%endmacro
%macro RING3 1
        mov qword [resume64], %%after
        mov [resume_rsp], rsp
        push USER_SS
        push USTACK
        push 0x202
        push USER64
        push %1
        iretq
%%after:
        LINE
%endmacro

kernel: mov edi, PML4
        xor eax, eax
        mov ecx, 0x4000 / 4
        rep stosd
        mov dword [PML4], PDPT + 7
        mov dword [PDPT], PD + 7
        mov dword [PD], PT + 7
        mov dword [PD + 8], 0x83    ; 2 MBytes at 2 MBytes: the first
        mov edi, PT
        mov eax, 7
.fill:  mov [edi], eax
        add edi, 8
        add eax, 0x1000
        cmp eax, 0x200007
        jne .fill
        mov edi, IDT64
        mov eax, vectors64
.gate:  mov [edi], ax
        mov dword [edi + 2], 0x8e000000 | IST << 16 | CODE64
        mov [edi + 6], word 0
        add edi, 16
        add eax, 10
        cmp edi, IDT64 + 0x40 * 16
        jne .gate
        mov byte [IDT64 + 0x30 * 16 + 5], 0xee
        mov byte [DATA], 0xc3
        DESCRIPTOR 0x40, 0, 0xfffff, 0xa09b
        DESCRIPTOR 0x48, 0, 0xfffff, 0xc093
        DESCRIPTOR 0x50, 0, 0xfffff, 0xc0fb
        DESCRIPTOR 0x58, 0, 0xfffff, 0xc0f3
        DESCRIPTOR 0x60, 0, 0xfffff, 0xa0fb
        DESCRIPTOR 0x68, tss64, 0x67, 0x0089
        mov dword [tss64 + 4], KSTACK - 0x800
        mov dword [tss64 + 0x24], FAULTS
        mov word [tss64 + 0x66], 0x68
        mov eax, 0x620              ; PAE, OSFXSR, OSXMMEXCPT
        mov cr4, eax
        mov eax, PML4
        mov cr3, eax
        mov ecx, 0xc0000080
        rdmsr
        or eax, 0x901               ; NXE, LME, SCE
        wrmsr
        mov eax, cr0
        or eax, 0x80010000
        mov cr0, eax
        jmp CODE64:long

        bits 64
%define MODE 64
long:   lidt [idtr64]
        mov eax, 0x68
        ltr ax
        mov eax, 0x48
        mov ss, ax
        mov ds, ax
        mov es, ax
        mov esp, KSTACK
        TELL "long mode"
        mov ecx, 0xc0000080
        rdmsr
        mov eax, eax
        call hex_64
        LINE

        ENTRY DATA + 7, 0
        TRY64 "call", call DATA
        ENTRY DATA + 7, 0x80000000
        TRY64 "call, no-execute", call DATA
        TRY64 "read, no-execute", mov eax, [DATA]
        ENTRY DATA + 5, 0
        TRY64 "write, read only", mov [DATA], eax
        ENTRY DATA + 6, 0
        TRY64 "read, not present", mov rax, [DATA]
        TRY64 "write, not present", mov qword [DATA], 0
        mov r8, 0x200000000000
        TRY64 "read, no PML4 entry", mov al, [r8]
        ENTRY DATA + 7, 0
        TRY64 "2 MBytes", mov rax, [0x200000 + long]
        TELL "  same"
        sub rax, [long]
        call hex_64
        LINE

        ; canonical addresses
        mov r8, 0x0000800000000000
        mov r9, 0xffff7fffffffffff
        TRY64 "read, first of the hole", mov al, [r8]
        TRY64 "read, last of the hole", mov al, [r9]
        TRY64 "write", mov [r8], rax
        TRY64 "LGDT from there", lgdt [r8]
        TRY64 "INVLPG", invlpg [r8]
%ifndef LOCKSTEP                    ; TCG knows no #SS here, jumps first, and loads any address into an MSR
        TRY64 "read across the edge", mov rax, [r8 - 4]
        mov rbp, r8
        TRY64 "read by RBP", mov al, [rbp]
        TELL "push with such an RSP"
        mov qword [resume64], .pushed
        mov [resume_rsp], rsp
        lea rsp, [r8 + 8]
        push rax
.pushed:
        LINE
        TRY64 "jump", jmp r8
        TRY64 "call", call r8
        push r8
        TRY64 "ret", ret
        add rsp, 8
        mov ecx, 0xc0000082
        xor eax, eax
        mov edx, 0x8000
        TRY64 "LSTAR", wrmsr
        mov ecx, 0xc0000100
        TRY64 "FS base", wrmsr
        mov rax, cr0
        bts rax, 32
        TRY64 "CR0, upper half", mov cr0, rax
%endif

        ; what is not there any more
        TRY64 "PUSHA", {db 0x60}
        TRY64 "AAM", {db 0xd4, 10}
        TRY64 "INTO", {db 0xce}
        TRY64 "PUSH ES", {db 0x06}
        TRY64 "SALC", {db 0xd6}
        TRY64 "LOCK on a register", {db 0xf0, 0x01, 0xc0}
        TRY64 "task gate or TSS", jmp dword far [to_tss]
        TRY64 "32-bit call gate", call dword far [to_old_gate]

        ; control registers and MSRs, of which TCG checks little
%ifndef LOCKSTEP
        mov eax, 16
        TRY64 "CR8 = 16", mov cr8, rax
        mov ecx, 0xc0000080
        rdmsr
        and ah, ~1
        TRY64 "EFER.LME = 0 while paging", wrmsr
        mov ecx, 0xc0000080
        rdmsr
        bts eax, 2
        TRY64 "EFER, reserved bit", wrmsr
%endif
        TRY64 "movaps, not aligned", movaps xmm0, [DATA + 8]
        TRY64 "cmpxchg16b, not aligned", cmpxchg16b [DATA + 8]
        xor eax, eax
        TRY64 "null SS in ring 0", mov ss, ax
        mov eax, 0x48
        mov ss, ax
        xor eax, eax
        mov ds, ax
        TRY64 "null DS, and a read", mov eax, [DATA]
        mov eax, 0x48
        mov ds, ax

        ; a call gate of 16 bytes, to code of the same ring
        mov word [gdt + GATE], through_gate
        mov dword [gdt + GATE + 2], 0x8c000000 | CODE64
        mov word [gdt + GATE + 6], 0
        mov qword [gdt + GATE + 8], 0
        TRY64 "call gate", call dword far [to_gate]
        mov byte [gdt + GATE + 13], 1 ; a type where there must be none
        TRY64 "call gate, upper type", call dword far [to_gate]
        mov byte [gdt + GATE + 13], 0

        ; ring 3
        TELL "ring 3: hlt"
        RING3 .hlt
        TELL "ring 3: read of the kernel's page"
        ENTRY DATA + 3, 0
        RING3 .read
        TELL "ring 3: in"
        RING3 .in
        TELL "ring 3: int 30h"
        RING3 .int
%ifndef LOCKSTEP                    ; TCG takes the vector 16 times for the error code
        TELL "ring 3: int 31h"
        RING3 .int31
%endif
        MSR 0xc0000081, 0, 0x00500040 ; STAR
        MSR 0xc0000082, .system, 0  ; LSTAR
        MSR 0xc0000083, .compatible, 0 ; CSTAR
        MSR 0xc0000084, 0x600, 0    ; SFMASK: IF and DF
        TELL "syscall, sysret"
        RING3 .call
        TELL "ring 3: sysret"
        RING3 .sysret
        TELL "swapgs"
        MSR 0xc0000101, 0x1111, 0
        MSR 0xc0000102, 0x2222, 0
        swapgs
        mov ecx, 0xc0000101
        rdmsr
        mov eax, eax
        call hex_64
        LINE
        TELL "ring 3: swapgs"
        RING3 .swapgs

        ; compatibility mode: 32-bit code of ring 0, and back
        TELL "compatibility mode"
        jmp dword far [to_old]
.back:  mov eax, 0x48
        mov ss, ax
        call hex_64_of_rdx
        LINE
        FINISH

.hlt:   hlt
.read:  mov eax, [DATA]
.in:    in al, 0x60
.int:   int 0x30
.int31: int 0x31
.sysret:
        o64 sysret
.swapgs:
        swapgs
.call:  mov ebx, 0x77
        std
        syscall
.after: cld
        mov r12, rcx
        int 0x30
.system:
        mov rax, rcx
        sub rax, .after
        call hex_64                 ; 0: RCX is the address behind
        mov rax, r11
        call hex_64
        pushfq
        pop rax
        call hex_64
        mov eax, cs
        call hex_64
        mov eax, ss
        call hex_64
        o64 sysret
.compatible:
        ud2

through_gate:
        mov eax, cs
        call hex_64
        retfq

        bits 32
old:    mov ax, 0x10
        mov ss, ax
        mov edx, cs
        shl edx, 16
        inc eax                     ; 40h: a prefix in 64-bit code
        mov dx, ax
        jmp CODE64:long.back

        bits 64
hex_64_of_rdx:
        mov eax, edx
        call hex_64
        ret

; What comes first for each vector: its number on the stack, above a possible error code.
vectors64:
%assign vector 0
%rep 0x40
        push strict dword vector
        jmp strict near exception64
%assign vector vector + 1
%endrep

exception64:
        cld
        mov rsi, rsp
        TELL " !"
        lodsq
        mov rbx, rax
        call hex_64
        cmp bl, 0x20
        jae .plain
        bt dword [with_code], ebx
        jnc .plain
        lodsq
        call hex_64
.plain: cmp bl, 14
        jne .place
        TELL " at"
        mov rax, cr2
        call hex_64
.place: TELL " from"
        mov cl, 5                   ; RIP, CS, RFLAGS, RSP, SS
.next:  lodsq
        cmp cl, 3
        jne .tell
        btr rax, 16                 ; QEMU never sets RF
.tell:  call hex_64
        dec cl
        jnz .next
        mov eax, 0x48               ; TCG loads a null selector with each stack of the IST
        mov ss, ax
        mov rsp, [resume_rsp]
        jmp [resume64]

tell_64:
        xchg rsi, [rsp]
        push rax
.next:  lodsb
        test al, al
        jz .done
        call put_64
        jmp .next
.done:  pop rax
        xchg rsi, [rsp]
        ret
line_64:
        push rax
        mov al, 10
        call put_64
        pop rax
        ret
; RAX, 16 digits after a space.
hex_64:
%ifdef LOCKSTEP
        ret
%endif
        push rcx
        push rax
        mov al, ' '
        call put_64
        mov cl, 16
.digit: rol qword [rsp], 4
        mov al, [rsp]
        and al, 15
        add al, '0'
        cmp al, '9'
        jbe .put
        add al, 'A' - '9' - 1
.put:   call put_64
        dec cl
        jnz .digit
        pop rax
        pop rcx
        ret
put_64: push rdx
        push rax
        mov dx, 0x3fd
.wait:  in al, dx
        test al, 0x20
        jz .wait
        mov al, [rsp]
        mov dx, 0x3f8
        out dx, al
        pop rax
        pop rdx
        ret

        align 8
resume64:       dq 0
resume_rsp:     dq 0
to_tss:         dd 0
                dw 0x68
to_old_gate:    dd 0
                dw 0x88
to_gate:        dd 0
                dw GATE
to_old:         dd old
                dw 8
idtr64:         dw 0x40 * 16 - 1
                dq IDT64
        align 16
tss64:  times 0x68 db 0
