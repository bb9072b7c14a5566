; deprivilege-64: two rings and two address spaces in the place of one.
;
; Under "monitor": "deprivilege" a 64-bit kernel runs in ring 3, where its programs are. Segments do not
; protect it any more, and paging only tells ring 3 from the others: ring compression (part 1). The monitor
; lies in the same address space, from 0xffff800000000000, whatever the kernel has there: address-space
; compression (part 2). And the fast way into a kernel is a slow one: SYSCALL leads to the monitor (part 3).
;
; On the bare computer, in software and under VT-x the kernel is in ring 0 and all values are right.

COM1    equ 0x3f8
EXIT    equ 0xf4                ; the exit device

CODE    equ 0x08                ; selectors, in the order that SYSCALL …
DATA    equ 0x10
USER_DATA equ 0x18 | 3          ; … and SYSRET want
USER_CODE equ 0x20 | 3
TASK    equ 0x28
CODE32  equ 0x38

PML4    equ 0x10000             ; page tables
PDPT    equ 0x11000
PD      equ 0x12000
PT      equ 0x13000             ; pages of 4 KBytes for the first 2 MBytes
HIGH_PDPT equ 0x14000           ; and one page at HIGH
HIGH_PD equ 0x15000
HIGH_PT equ 0x16000

STACK   equ 0x7c00
USER_STACK equ 0x21000
SECRET  equ 0x22000             ; a page of the kernel's
CONSTANT equ 0x23000            ; one that nobody may write to
FRAME   equ 0x24000             ; where HIGH leads to
HIGH    equ 0xffff800000001000  ; in the monitor's part of the address space
HIGH_ENTRY equ PML4 + 256 * 8

EFER    equ 0xc0000080          ; MSRs
STAR    equ 0xc0000081
LSTAR   equ 0xc0000082
FMASK   equ 0xc0000084
GS_BASE equ 0xc0000101
KERNEL_GS_BASE equ 0xc0000102

SYS_COUNT equ 1                 ; system calls, by RDI
SYS_END equ 2
CALLS   equ 8

P       equ 1                   ; bits of an entry
RW      equ 2
US      equ 4

%define entry(page) PT + (page >> 12) * 8

; Prints a text.
%macro say 1+
        [section .data]
%%text: db %1, 0
        __SECT__
        mov esi, %%text
        call print
%endmacro

; Where a page fault of the kernel's leads to.
%macro on_fault 1
        mov qword [fault_code], -1
        mov qword [recover], %1
%endmacro

%macro write_msr 2
        mov ecx, %1
        mov rax, %2
        mov rdx, rax
        shr rdx, 32
        wrmsr
%endmacro

        org 0x8000
        section .text

; -------------------------------------------------- up to long mode
        bits 16
start:  cli
        xor ax, ax
        mov ds, ax
        lgdt [gdt_pointer]
        mov eax, cr0
        or al, 1
        mov cr0, eax
        jmp CODE32:protected

        bits 32
protected:
        mov ax, DATA
        mov ds, ax
        mov es, ax
        mov ss, ax
        mov esp, STACK
        mov edi, PML4
        xor eax, eax
        mov ecx, 7 * 4096 / 4
        rep stosd
        mov dword [PML4], PDPT | P | RW | US ; the last level decides who a page is for
        mov dword [PDPT], PD | P | RW | US
        mov dword [PD], PT | P | RW | US
        mov dword [HIGH_PDPT], HIGH_PD | P | RW ; nothing leads here yet
        mov dword [HIGH_PD], HIGH_PT | P | RW
        mov dword [HIGH_PT + 8], FRAME | P | RW
        mov edi, PT
        mov eax, P | RW
        mov ecx, 512
.map:   mov [edi], eax
        add eax, 0x1000
        add edi, 8
        loop .map
        mov edi, user
        shr edi, 12
        or byte [PT + edi * 8], US
        or byte [entry(USER_STACK) - 8], US
        and byte [entry(CONSTANT)], ~RW
        mov eax, cr4
        or eax, 1 << 5          ; PAE
        mov cr4, eax
        mov eax, PML4
        mov cr3, eax
        mov ecx, EFER
        rdmsr
        or eax, 1 << 8 | 1      ; LME, and SCE: SYSCALL is enabled
        wrmsr
        mov eax, cr0
        or eax, 1 << 31 | 1 << 16 ; PG, and WP: read-only binds ring 0, too
        mov cr0, eax
        jmp CODE:long_mode

        bits 64
long_mode:
        mov eax, on_page_fault
        mov [idt + 14 * 16], ax
        shr eax, 16
        mov [idt + 14 * 16 + 6], ax
        lidt [idt_pointer]
        mov eax, tss
        mov [gdt + TASK + 2], ax
        shr eax, 16
        mov [gdt + TASK + 4], al
        mov ax, TASK
        ltr ax
        write_msr STAR, (DATA | 3) << 48 | CODE << 32
        write_msr LSTAR, on_system_call
        write_msr FMASK, 0x200
        write_msr GS_BASE, 0    ; the program's
        write_msr KERNEL_GS_BASE, kernel_data
        mov byte [SECRET], 's'

; -------------------------------------------------- 1: two rings in one
rings:
.kernel: mov eax, cs            ; ring aliasing, as in 32 bits, but the ring is another
        say '1 CS of the kernel: '
        call print_selector
        mov eax, user.ring
        call run
        mov eax, ebx
        say '1 CS of the program: '
        call print_selector

        mov eax, user.secret
.program: call run              ; both are in ring 3, and yet the page is not mapped for the program
        say '1 the program reads a page of the kernel', "'", 's: '
        call print_fault
        on_fault .read
        mov al, [SECRET]        ; but it is for the kernel: there are two sets of shadow tables
.read:  say '1 the kernel reads it: '
        call print_fault
        on_fault .written
.write: mov [CONSTANT], al      ; the error code is one of ring 0
.written:
        say '1 the kernel writes to a read-only page: '
        call print_fault

; -------------------------------------------------- 2: two address spaces in one
space:
        mov rbx, HIGH
        on_fault .nothing
.unmapped: mov al, [rbx]        ; by the kernel's tables, nothing is here. By those of the processor, the monitor
.nothing:
        say '2 the kernel reads where it has no page: '
        call print_fault

        mov qword [HIGH_ENTRY], HIGH_PDPT | P | RW
        on_fault .stored
        mov ecx, 8
.store: mov [rbx + rcx * 8], rcx ; a trap for each, as nothing can be mapped here
        loop .store
.stored:
        say '2 it has one there, and writes to it: '
        call print_fault
        xor eax, eax
        mov ecx, 8
.load:  add rax, [rbx + rcx * 8]
        loop .load
        mov rdx, 0
        mov ecx, 8
.frame: add rdx, [FRAME + rcx * 8] ; the same page at another address: no traps
        loop .frame
        mov rbx, rdx
        say '2 the sum of what it reads, there and by its frame: '
        call print_hex
        mov rax, rbx
        say ', '
        call print_hex
        call end_line

        mov eax, user.high
        call run
        say '2 the program reads there: '
        call print_fault

        sgdt [table]
        on_fault .shown
.gdt:   mov rax, [table + 2]
        mov rax, [rax + CODE]   ; the monitor's part is shown to nobody
.shown: say '2 the kernel reads where SGDT says that its GDT is: '
        call print_fault

        mov rbx, HIGH
        mov qword [HIGH_ENTRY], 0
.flush: invlpg [rbx]
        on_fault .gone
        mov al, [rbx]
.gone:  say '2 the page is taken away: '
        call print_fault

; -------------------------------------------------- 3: system calls
calls:
        mov eax, user.calls
        call run
        say '3 system calls by SYSCALL: '
        mov al, [count]
        add al, '0'
        call put
        call end_line

        say 'Goodbye.', 10
        mov al, 0
        out EXIT, al
        hlt

; -------------------------------------------------- to the program and back
; EAX: where it begins. Comes back when it ends, or has met a page fault. EBX is what it leaves.
run:
        mov qword [fault_code], -1
        mov [continue], rsp
        push USER_DATA
        push USER_STACK
        push 0x202
        push USER_CODE
        push rax
.enter: iretq

stop:   mov rsp, [continue]
        ret

; RCX = the program's RIP, R11 = its flags. The stack is still the program's.
on_system_call:
        swapgs                  ; traps, too
        mov [gs:8], rsp
        mov rsp, [gs:0]
        cmp edi, SYS_END
        je .end
        inc byte [count]
        mov rsp, [gs:8]
        swapgs
.return: o64 sysret             ; traps
.end:   swapgs
        jmp stop

on_page_fault:
        push rax
        mov rax, cr2
        mov [fault_address], rax
        mov rax, [rsp + 8]
        mov [fault_code], rax
        pop rax
        test byte [rsp + 16], 3 ; whose CS was it? The monitor has pushed the one that the kernel expects
        jnz stop
        add rsp, 8
        push qword [recover]
        pop qword [rsp]
        iretq

; -------------------------------------------------- what is printed
print_fault:
        mov rax, [fault_code]
        test rax, rax
        js .none
        say '#PF, error code '
        add al, '0'
        call put
        say ', CR2 '
        mov rax, [fault_address]
        call print_hex
        jmp end_line
.none:  say 'no fault', 10
        ret

; Prints AX in hexadecimal, and the end of the line.
print_selector:
        shl rax, 48
        mov ecx, 4
        call print_hex.next
end_line:
        mov al, 10
put:    mov dx, COM1
        out dx, al
        ret

; Prints RAX in hexadecimal.
print_hex:
        mov ecx, 16
.next:  rol rax, 4
        push rax
        and eax, 15
        mov al, [digits + rax]
        call put
        pop rax
        loop .next
        ret

; Prints the zero-terminated text at RSI. RAX, RBX and RCX stay.
print:  push rax
.next:  lodsb
        test al, al
        jz .done
        call put
        jmp .next
.done:  pop rax
        ret

; -------------------------------------------------- ring 3
        align 4096
user:
.ring:  mov ebx, cs
        jmp .end
.secret: mov al, [SECRET]       ; it does not come back
.high:  mov rax, HIGH
        mov al, [rax]
.calls: mov ebx, CALLS
.next:  mov edi, SYS_COUNT
        syscall                 ; traps: its target would be in ring 0, which is the monitor's
        dec ebx
        jnz .next
.end:   mov edi, SYS_END
        syscall

        section .data align=4096
kernel_data:
        dq STACK - 0x200        ; [gs:0], the stack for system calls
        dq 0                    ; [gs:8], the program's
fault_code: dq -1
fault_address: dq 0
recover: dq 0
continue: dq 0
tss:    dd 0
        dq STACK - 0x400        ; RSP0
        times 104 - ($ - tss) db 0
gdt_pointer:
        dw gdt_end - gdt - 1
        dq gdt
idt_pointer:
        dw 15 * 16 - 1
        dq idt
table:  dw 0
        dq 0
count:  db 0
digits: db '0123456789abcdef'
        align 8
idt:    times 14 * 2 dq 0
        dq 0x00008e0000000000 | CODE << 16 ; #PF
        dq 0

        section .tables follows=.data align=4096
gdt:    dq 0
        dq 0x00af9b000000ffff   ; CODE. Descriptors are accessed already: nobody has to write that
        dq 0x00cf93000000ffff   ; DATA
        dq 0x00cff3000000ffff   ; USER_DATA
        dq 0x00affb000000ffff   ; USER_CODE
        dq 0x0000890000000067   ; TASK
        dq 0
        dq 0x00cf9b000000ffff   ; CODE32
gdt_end:
