; rings: into ring 3 and back again.
;
; x86 has four privilege levels, of which kernels use two: ring 0 for themselves, ring 3 for
; programs. This kernel starts a program in ring 3, serves its system calls (by SYSCALL and by an
; interrupt), stops it politely at an instruction that it may not execute, and mends a page fault.
;
; Watch the status bar: "ring 0" turns into "ring 3" at IRETQ and SYSRET, and back at SYSCALL, INT
; and every exception. None of these transitions is a VM exit: the guest does them by itself.

COM1        equ 0x3f8
STACK_TOP   equ 0x7c00
PML4        equ 0x10000
PDPT        equ 0x11000
PD          equ 0x12000
PT          equ 0x13000             ; pages of 4 KBytes for the first 2 MBytes
CODE32      equ 0x08
DATA0       equ 0x10                ; SYSCALL wants ring 0 data right behind ring 0 code …
CODE0       equ 0x18
DATA0_64    equ 0x20
USER_DATA   equ 0x28 | 3            ; … and SYSRET ring 3 code behind ring 3 data
USER_CODE   equ 0x30 | 3
TASK        equ 0x38
USER_STACK  equ 0x30000
LAZY_PAGE   equ 0x40000             ; a page that does not exist until somebody touches it

EFER        equ 0xc0000080
STAR        equ 0xc0000081
LSTAR       equ 0xc0000082
FMASK       equ 0xc0000084

SYS_PRINT   equ 1                   ; RDI = text
SYS_EXIT    equ 2

        org 0x7c00

; ------------------------------------------------------------------ up to long mode
        bits 16
start:
        cli
        xor ax, ax
        mov ds, ax
        mov es, ax
        mov ss, ax
        mov sp, STACK_TOP
        lgdt [gdt_pointer]
        mov eax, cr0
        or eax, 1
        mov cr0, eax
        jmp CODE32:protected

        bits 32
protected:
        mov ax, DATA0
        mov ds, ax
        mov es, ax
        mov ss, ax
        mov esp, STACK_TOP
        mov edi, PML4
        xor eax, eax
        mov ecx, 4 * 4096 / 4
        rep stosd
        mov dword [PML4], PDPT | 7  ; present, writable, user: the last level decides
        mov dword [PDPT], PD | 7
        mov dword [PD], PT | 7
        mov edi, PT
        mov eax, 3                  ; present, writable, ring 0 only
        mov ecx, 512
.map:   mov [edi], eax
        add eax, 0x1000
        add edi, 8
        loop .map
        ; Ring 3 gets the page with its code and the page with its stack. One page is taken away.
        or dword [PT + (user_page >> 12) * 8], 4
        or dword [PT + ((USER_STACK - 1) >> 12) * 8], 4
        mov dword [PT + (LAZY_PAGE >> 12) * 8], 0
        mov eax, cr4
        or eax, 1 << 5              ; PAE
        mov cr4, eax
        mov eax, PML4
        mov cr3, eax
        mov ecx, EFER
        rdmsr
        or eax, (1 << 8) | 1        ; LME, and SCE: SYSCALL is enabled
        wrmsr
        mov eax, cr0
        or eax, (1 << 31) | (1 << 16) ; PG, and WP: read-only binds ring 0 too
        mov cr0, eax
        jmp CODE0:long_mode

        bits 64
long_mode:
        mov ax, DATA0_64
        mov ss, ax
        mov ds, ax
        mov es, ax
        mov rsp, STACK_TOP
        lidt [rel idt_pointer]

        ; The task-state segment tells the processor which stack to use when it comes back from
        ; ring 3. Its descriptor needs the address of the TSS in pieces.
        lea rax, [rel tss]
        mov [rel tss_descriptor + 2], ax
        shr rax, 16
        mov [rel tss_descriptor + 4], al
        mov ax, TASK
        ltr ax

        ; SYSCALL loads CS and SS from STAR, RIP from LSTAR, and clears the flags in FMASK.
        mov ecx, STAR
        xor eax, eax
        mov edx, ((USER_DATA - 8) << 16) | CODE0
        wrmsr
        mov ecx, LSTAR
        lea rax, [rel on_syscall]
        xor edx, edx
        wrmsr
        mov ecx, FMASK
        mov eax, 0x200              ; IF: no interrupts in the kernel
        wrmsr

        lea rsi, [rel entering]
        call print

        ; To ring 3: IRETQ takes everything from the stack, as if returning from an interrupt.
        push USER_DATA              ; SS
        push USER_STACK             ; RSP
        push 0x202                  ; RFLAGS with IF
        push USER_CODE              ; CS
        lea rax, [rel user_main]
        push rax                    ; RIP
        iretq

; ------------------------------------------------------------------ the kernel's doors

; SYSCALL comes here, still on the user's stack: RCX = the user's RIP, R11 = its flags.
on_syscall:
        mov [rel user_rsp], rsp
        mov rsp, STACK_TOP
        push rcx
        push r11
        call system_call
        pop r11
        pop rcx
        mov rsp, [rel user_rsp]
        o64 sysret                  ; back to ring 3

; INT 0x80 comes here, on the stack that the TSS names.
on_interrupt:
        call system_call
        iretq

; RAX = number of the call, RDI = its argument.
system_call:
        cmp eax, SYS_PRINT
        jne .other
        mov rsi, rdi
        jmp print
.other: cmp eax, SYS_EXIT
        je power_off
        mov rax, -1
        ret

; #GP: ring 3 tried something that only ring 0 may. Say so, and go on behind it.
on_protection:
        push rsi
        push rdx
        push rax
        lea rsi, [rel forbidden]
        call print
        pop rax
        pop rdx
        pop rsi
        add rsp, 8                  ; the error code
        inc qword [rsp]             ; the return address: HLT is one byte long
        iretq

; #PF: CR2 is the address. The lazy page gets its frame; the instruction then runs again.
on_page_fault:
        push rax
        push rsi
        push rdx
        mov rax, cr2
        shr rax, 12
        cmp rax, LAZY_PAGE >> 12
        jne power_off               ; anything else is a bug
        lea rsi, [rel mended]
        call print
        mov dword [abs PT + (LAZY_PAGE >> 12) * 8], LAZY_PAGE | 7
        invlpg [abs LAZY_PAGE]
        pop rdx
        pop rsi
        pop rax
        add rsp, 8                  ; the error code
        iretq

power_off:
        lea rsi, [rel goodbye]
        call print
        mov dx, 0x604
        mov ax, 0x2000
        out dx, ax
.never: hlt
        jmp .never

; Prints the zero-terminated text at RSI.
print:
        mov dx, COM1
.next:  lodsb
        test al, al
        jz .done
        out dx, al
        jmp .next
.done:  ret

entering:       db "Ring 0: entering ring 3.", 10, 0
forbidden:      db "Ring 0: #GP, that instruction is not for you. Going on behind it.", 10, 0
mended:         db "Ring 0: #PF, the page was missing. Now it is there.", 10, 0
goodbye:        db "Ring 0: goodbye.", 10, 0

        align 8
user_rsp:       dq 0

        align 8
gdt:            dq 0
                dq 0x00cf9a000000ffff           ; 0x08: ring 0 code, 32 bits
                dq 0x00cf92000000ffff           ; 0x10: ring 0 data
                dq 0x00af9a000000ffff           ; 0x18: ring 0 code, 64 bits
                dq 0x00cf92000000ffff           ; 0x20: ring 0 data
                dq 0x00cff2000000ffff           ; 0x28: ring 3 data
                dq 0x00affa000000ffff           ; 0x30: ring 3 code, 64 bits
tss_descriptor: dw 103, 0                       ; 0x38: the TSS, 16 bytes long
                db 0, 0x89, 0, 0
                dd 0, 0
gdt_pointer:    dw $ - gdt - 1
                dd gdt

        align 8
tss:            dd 0
                dq STACK_TOP                    ; RSP0: the stack for ring 0
                times 104 - 12 db 0

; %1 = handler, %2 = the ring that may use the gate by INT
%macro gate 2
        dw (%1 - $$ + 0x7c00) & 0xffff
        dw CODE0
        db 0, 0x8e | (%2 << 5)
        dw 0
        dd 0, 0
%endmacro

        align 16
idt:            times 13 dq 0, 0
                gate on_protection, 0           ; 13: #GP
                gate on_page_fault, 0           ; 14: #PF
                times 0x80 - 15 dq 0, 0
                gate on_interrupt, 3            ; 0x80: ring 3 may call it
idt_pointer:    dw $ - idt - 1
                dq idt

; ------------------------------------------------------------------ ring 3
; On a page of its own. "align 4096" would not do: it aligns the start of the section, too, which is 0x7c00.
        times 0x9000 - 0x7c00 - ($ - $$) db 0
user_page       equ $ - $$ + 0x7c00
user_main:
        mov eax, SYS_PRINT
        lea rdi, [rel by_syscall]
        syscall                     ; ring 3 → ring 0, fast

        mov eax, SYS_PRINT
        lea rdi, [rel by_interrupt]
        int 0x80                    ; ring 3 → ring 0, through the IDT

        hlt                         ; privileged: #GP

        mov rbx, LAZY_PAGE
        mov qword [rbx], 42         ; not mapped: #PF, mended, tried again

        mov eax, SYS_PRINT
        lea rdi, [rel all_done]
        syscall
        mov eax, SYS_EXIT
        syscall

by_syscall:     db "Ring 3: hello by SYSCALL.", 10, 0
by_interrupt:   db "Ring 3: hello by INT 0x80.", 10, 0
all_done:       db "Ring 3: both mended, I am done.", 10, 0
