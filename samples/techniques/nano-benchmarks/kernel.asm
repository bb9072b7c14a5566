; nano-benchmarks: seven things that kernels do, a hundred times each.
;
; They are those by which Adams and Agesen compared a processor, a binary translator and VT-x in 2006.
; "ringside compare --regions kernel.asm" runs this guest in every way there is, and tells what one pass
; of each costs: what lies between NAME.begin and NAME.end, divided by NAME.count. The cycles are a
; model's, made of published figures; the guest itself measures no time.

EXIT        equ 0xf4                ; the exit device
MASKS       equ 0x21                ; a register of the chip set: the masks of the interrupt controller
PASSES      equ 100

STACK_TOP   equ 0x7000              ; not in a page with code, whose writes a translator has to see
PML4        equ 0x10000
PDPT        equ 0x11000
PD          equ 0x12000
PT          equ 0x13000             ; pages of 4 KBytes for the first 2 MBytes
CODE32      equ 0x08
DATA0       equ 0x10
CODE0       equ 0x18
DATA0_64    equ 0x20
USER_DATA   equ 0x28 | 3
USER_CODE   equ 0x30 | 3
TASK        equ 0x38
USER_STACK  equ 0x30000
MISSING     equ 0x40000             ; a page that is not there
EDITED      equ 0x50000             ; a page whose entry is edited

EFER        equ 0xc0000080
STAR        equ 0xc0000081
LSTAR       equ 0xc0000082
FMASK       equ 0xc0000084

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
        or dword [PT + (user_page >> 12) * 8], 4
        or dword [PT + ((USER_STACK - 1) >> 12) * 8], 4
        mov dword [PT + (MISSING >> 12) * 8], 0
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
        or eax, (1 << 31) | (1 << 16) ; PG and WP
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
        lea rax, [rel tss]
        mov [rel tss_descriptor + 2], ax
        shr rax, 16
        mov [rel tss_descriptor + 4], al
        mov ax, TASK
        ltr ax
        mov ecx, STAR
        xor eax, eax
        mov edx, ((USER_DATA - 8) << 16) | CODE0
        wrmsr
        mov ecx, LSTAR
        lea rax, [rel on_syscall]
        xor edx, edx
        wrmsr
        mov ecx, FMASK
        mov eax, 0x200
        wrmsr
        push rax                    ; whoever gives out memory late has given the stack's now
        pop rax
        xor r8d, r8d                ; page faults, and divisions by zero, that came to their handlers
        xor r9d, r9d

; ------------------------------------------------------------------ a register of a device
input:
.count  equ PASSES
.begin: mov ecx, .count
.pass:  in al, MASKS
        dec ecx
        jnz .pass
.end:

; ------------------------------------------------------------------ the task priority, which kernels change often
cr8_write:
.count  equ PASSES
.begin: mov ecx, .count
        xor eax, eax
.pass:  mov cr8, rax
        dec ecx
        jnz .pass
.end:

; ------------------------------------------------------------------ a subroutine: nothing that anybody would trap
call_return:
.count  equ PASSES
.begin: mov ecx, .count
.pass:  call nothing
        dec ecx
        jnz .pass
.end:

; ------------------------------------------------------------------ a page that is not there
page_fault:
.count  equ PASSES
        mov ebx, MISSING
.begin: mov ecx, .count
.pass:  mov al, [rbx]               ; #PF; its handler goes on behind it
        dec ecx
        jnz .pass
.end:

; ------------------------------------------------------------------ a fault that has nothing to do with memory
divide:
.count  equ PASSES
        xor ebx, ebx
.begin: mov ecx, .count
.pass:  div bl                      ; #DE; the same
        dec ecx
        jnz .pass
.end:

; ------------------------------------------------------------------ an entry of a page table that is in use
table_edit:
.count  equ PASSES
        mov al, [abs EDITED]        ; whoever shadows the table knows its entry now
        mov rbx, PT + (EDITED >> 12) * 8
        mov rax, [rbx]
.begin: mov ecx, .count
.pass:  xor rax, 0x1000             ; another frame
        mov [rbx], rax
        dec ecx
        jnz .pass
.end:

; ------------------------------------------------------------------ and into ring 3
        push USER_DATA              ; SS
        push USER_STACK             ; RSP
        push 2                      ; RFLAGS
        push USER_CODE              ; CS
        lea rax, [rel user_main]
        push rax                    ; RIP
        iretq

nothing:
        ret

; SYSCALL comes here, and goes back at once.
on_syscall:
        o64 sysret

; INT 0x80: ring 3 has done its part. The exit device gets 0 if every fault has come to its handler.
on_interrupt:
        xor eax, eax
        cmp r8d, PASSES
        jne .wrong
        cmp r9d, PASSES
        je .right
.wrong: inc eax
.right: out EXIT, al
        hlt

on_page_fault:
        inc r8d
        add rsp, 8                  ; the error code
        add qword [rsp], 2          ; past MOV
        iretq

on_divide:
        inc r9d
        add qword [rsp], 2          ; past DIV
        iretq

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
idt:            gate on_divide, 0               ; 0: #DE
                times 13 dq 0, 0
                gate on_page_fault, 0           ; 14: #PF
                times 0x80 - 15 dq 0, 0
                gate on_interrupt, 3            ; 0x80: ring 3 may call it
idt_pointer:    dw $ - idt - 1
                dq idt

; ------------------------------------------------------------------ ring 3, on a page of its own
        times 0x9000 - 0x7c00 - ($ - $$) db 0
user_page       equ $ - $$ + 0x7c00
user_main:
system_call:
.count  equ PASSES
.begin: mov ebx, .count             ; SYSCALL uses RCX
.pass:  syscall
        dec ebx
        jnz .pass
.end:   int 0x80
