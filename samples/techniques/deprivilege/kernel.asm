; deprivilege: what a kernel finds when its ring is not its own.
;
; Under "monitor": "deprivilege" the processor runs this kernel in ring 1. What needs privilege traps to the
; monitor, which does it for the kernel: part 1. But x86 has instructions that depend on privilege and do not trap;
; these show the kernel where it really is, or silently do nothing: parts 2 and 3. Then interrupts (part 4),
; and a program in ring 3 (part 5). On the bare computer, in software and under VT-x all values are right.
;
; The descriptor tables have a page of their own: the monitor traces writes to it.

COM1    equ 0x3f8
EXIT    equ 0xf4                ; the exit device

CODE    equ 0x08                ; selectors
DATA    equ 0x10
USER_CODE equ 0x18 | 3
USER_DATA equ 0x20 | 3
TASK    equ 0x28
LOCAL   equ 0x30
PROBE   equ 0x38
LDT_PROBE equ 0x00 | 4          ; the first of the local table

PD      equ 0x10000             ; page directory and page table
PT      equ 0x11000
STACK   equ 0x7c00
USER_STACK equ 0x21000
LETTERS equ 0x22000

TIMER   equ 0x20                ; vectors
FLAGS   equ 0x30
SYSTEM  equ 0x80

P       equ 1                   ; bits of an entry
RW      equ 2
US      equ 4
IF      equ 1 << 9
IOPL    equ 3 << 12

; Prints a text, and after it what the routines print_… make of EAX.
%macro say 1+
        [section .data]
%%text: db %1, 0
        __SECT__
        mov esi, %%text
        call print
%endmacro

; What POPF loads: the flags with some set and some cleared.
%macro change_flags 2
        pushfd
        or dword [esp], %1
        and dword [esp], ~(%2)
        popfd
%endmacro

%macro gate 2
        mov edi, idt + %1 * 8
        mov eax, %2
        call set_gate
%endmacro

        org 0x8000
        section .text

; -------------------------------------------------- to protected mode and paging
        bits 16
start:  cli
        xor ax, ax
        mov ds, ax
        lgdt [gdt_pointer]
        mov eax, cr0
        or al, 1
        mov cr0, eax
        jmp CODE:protected

        bits 32
protected:
        mov ax, DATA            ; from here on the processor itself may run the kernel
        mov ds, ax
        mov es, ax
        mov ss, ax
        mov esp, STACK
        mov edi, PD
        xor eax, eax
        mov ecx, 1024
        rep stosd
        mov dword [PD], PT | P | RW | US
        mov eax, P | RW         ; 4 MBytes, linear = physical, for the kernel alone
        mov ecx, 1024
.map:   stosd
        add eax, 0x1000
        loop .map
        mov edi, user           ; but for the program and its stack
        shr edi, 12
        or byte [PT + edi * 4], US
        or byte [PT + ((USER_STACK - 1) >> 12) * 4], US
        mov eax, PD
        mov cr3, eax
        mov eax, cr0
        or eax, 1 << 31 | 1 << 16 ; PG, and WP
        mov cr0, eax

        gate 13, on_general_protection
        gate 14, on_page_fault
        gate TIMER, on_timer
        gate FLAGS, on_flags
        gate SYSTEM, on_system_call
        or byte [idt + SYSTEM * 8 + 5], 3 << 5 ; DPL 3: programs may use it
        lidt [idt_pointer]
        mov edi, gdt + TASK
        mov eax, tss
        call set_base
        mov edi, gdt + LOCAL
        mov eax, ldt
        call set_base
        mov ax, TASK
        ltr ax
        mov byte [LETTERS], 'a'
        mov byte [LETTERS + 1], 'b'
        mov byte [LETTERS + 2], 'c'
        mov byte [LETTERS + 3], 'd'

; -------------------------------------------------- 1: what traps is right, and nobody notices
traps:
.cli:   cli                     ; break here: Step Into
        int FLAGS
        say '1 CLI and STI: IF is '
        call print_if
.sti:   sti
        int FLAGS
        cli
        say ', '
        call print_if
        call end_line

.cr:    mov eax, cr3
        mov cr3, eax
        mov ebx, eax
        mov eax, cr0
        say '1 MOV from CR0, CR3: '
        call print_hex
        mov eax, ebx
        say ', '
        call print_last

.lgdt:  mov esi, gdt            ; another table, with a segment more
        mov edi, second_gdt
        mov ecx, PROBE / 4
        rep movsd
        mov edi, second_gdt + PROBE
        mov eax, LETTERS
        call set_base           ; a write to a traced page, as long as the first table is in use
        lgdt [second_pointer]
        mov ax, PROBE
        mov fs, ax
        mov al, [fs:0]
        say '1 LGDT, then FS: '
        call put
.edit:  mov edi, second_gdt + PROBE
        mov eax, LETTERS + 1
        call set_base
        mov al, [fs:0]          ; the register still holds the old descriptor
        say ', descriptor edited: '
        call put
        mov ax, PROBE
        mov fs, ax
        mov al, [fs:0]
        say ', FS loaded again: '
        call put
        call end_line
        lgdt [gdt_pointer]

.lldt:  mov edi, ldt
        mov eax, LETTERS + 3
        call set_base
        mov ax, LOCAL
        lldt ax
        mov ax, LDT_PROBE
        mov fs, ax
        mov al, [fs:0]
        say '1 LLDT, then FS: '
        call put
        call end_line

.ds:    mov ax, DATA
        mov ds, ax
        mov eax, ds
        say '1 MOV to DS and back: '
        call print_selector
        call end_line

.jump:  jmp CODE:.far           ; does not trap, and is right nevertheless
.far:   push CODE
        push .back
.return: retf                   ; traps: RPL 0 is not for ring 1
.back:  say '1 far JMP and RET: there and back', 10

; -------------------------------------------------- 2: it sees where it is
; Ring aliasing: the RPL of CS and SS is the ring in which the processor really is.
ring:
.mov:   mov eax, cs
        mov ebx, ss
        say '2 MOV from CS, SS: '
        call print_selector
        mov eax, ebx
        say ', '
        call print_selector
        call end_line

.push:  push cs
        pop eax
        say '2 PUSH CS: '
        call print_selector
        call end_line

.call:  call CODE:.called
        say '2 far CALL, CS on the stack: '
        call print_selector
        call end_line
        jmp hidden
.called: mov eax, [esp + 4]
        retf

; The hidden part of a segment register: FS is as it was loaded, though its descriptor is another by now. The
; monitor has to keep a descriptor like the old one, whose selector the kernel can see.
hidden:
.edit:  mov edi, ldt
        mov eax, LETTERS + 2
        call set_base
.read:  mov eax, fs
        mov bl, [fs:0]
        say '2 FS, descriptor edited: '
        call print_selector
        say ', '
        mov al, bl
        call put
        call end_line

; Registers of the machine: everybody may read them, and they are the monitor's.
machine:
.sgdt:  sgdt [table]
        mov eax, [table + 2]
        sub eax, gdt
        say '2 SGDT: '
        call print_same
.sidt:  sidt [table]
        mov eax, [table + 2]
        sub eax, idt
        say '2 SIDT: '
        call print_same
.sldt:  sldt eax
        say '2 SLDT: '
        call print_selector
        call end_line
.str:   str eax
        say '2 STR: '
        call print_selector
        call end_line
.smsw:  smsw eax                ; MOV from CR0 has told the truth
        say '2 SMSW: '
        call print_last

; Descriptors: those that the processor looks at are the monitor's, with the kernel's segments in ring 1.
descriptors:
        mov ecx, DATA
.lar:   lar eax, ecx
        and eax, 0x00f0ff00     ; the rest is undefined
        say '2 LAR, DATA: '
        call print_last
        mov ecx, DATA | 1       ; RPL 1 is not for DPL 0
        say '2 LSL, DATA with RPL 1: '
.lsl:   lsl eax, ecx
        call print_allowed
        say '2 VERR, DATA with RPL 1: '
.verr:  verr cx
        call print_allowed
        say '2 VERW, DATA with RPL 1: '
.verw:  verw cx
        call print_allowed

; What the processor has: a monitor would hide VMX, and say that it is there.
processor:
        mov eax, 1
.cpuid: cpuid
        mov ebx, ecx
        say '2 CPUID: hypervisor '
        bt ebx, 31
        call print_carry
        say ', VMX '
        bt ebx, 5
        call print_last_carry

; -------------------------------------------------- 3: flags
; IF and IOPL of the processor are the monitor's. INT traps: the flags on its stack are the kernel's own.
flag_bits:
        cli
.pushf: pushfd
        pop eax
        say '3 CLI, then PUSHF: IF is '
        call print_if
        call end_line

        sti
.popf:  change_flags 0, IF      ; POPF leaves IF as it is if the ring does not allow it, and raises nothing
        int FLAGS
        cli
        say '3 POPF clears IF: '
        call print_if
        call end_line

.iopl:  change_flags IOPL, 0
        int FLAGS
        shr eax, 12
        and eax, 3
        add al, '0'
        say '3 POPF sets IOPL to 3: '
        call put
        call end_line
        change_flags 0, IOPL

        push IF | 2
        push cs                 ; with the ring that it really is: IRET can be done without a trap
        push .returned
.iret:  iretd
.returned:
        int FLAGS
        cli
        say '3 IRET sets IF, with CS by PUSH: '
        call print_if
        call end_line

        push IF | 2
        push CODE               ; RPL 0: it traps
        push .again
        iretd
.again: int FLAGS
        cli
        say '3 IRET sets IF, with CS by number: '
        call print_if
        call end_line

; -------------------------------------------------- 4: interrupts
; The processor's IF is always 1. Whether the kernel gets an interrupt is for its virtual IF to say.
interrupts:
        mov al, 0x11            ; the interrupt controller: vectors from 0x20, timer alone
        out 0x20, al
        mov al, TIMER
        out 0x21, al
        mov al, 4
        out 0x21, al
        mov al, 1
        out 0x21, al
        mov al, 0xfe
        out 0x21, al
        mov al, 0x34            ; channel 0, rate generator
        out 0x43, al
        mov al, 64
        out 0x40, al
        mov al, 0
        out 0x40, al

.on:    sti
        call wait_for_tick
        say '4 after STI: '
        call print_tick
.off:   cli
        call wait_for_tick
        say '4 after CLI: '
        call print_tick

        mov ebx, [ticks]
        sti
.hlt:   hlt                     ; the monitor waits in the guest's place
        cli
        sub ebx, [ticks]
        say '4 HLT: '
        call print_tick

        sti
        change_flags 0, IF      ; a critical section that is none
.section:
        call wait_for_tick
        cli
        say '4 after POPF that clears IF: '
        call print_tick

        sti
.save:  pushfd                  ; what every kernel does: save IF, disable interrupts …
        cli
        nop                     ; the critical section
.restore:
        popfd                   ; … and restore IF
        call wait_for_tick
        say '4 after PUSHF, CLI, POPF: '
        call print_tick
        test ebx, ebx
        jnz .alive
        say '  the timer is lost', 10
.alive: sti
        call wait_for_tick
        say '4 after STI: '
        call print_tick
        cli

; -------------------------------------------------- 5: a program
; Rings 1 and 3 are different ones, to paging, too: a 32-bit program is as far away from its kernel as ever.
program:
        push USER_DATA
        push USER_STACK
        push IF | 2
        push USER_CODE
        push user
.enter: iretd                   ; traps: code of ring 3 is not present in the kernel's shadow GDT

finish: say 'Goodbye.', 10
        mov al, 0
        out EXIT, al
        hlt

; -------------------------------------------------- the doors into the kernel
on_flags:
        mov eax, [esp + 8]
        iretd

on_timer:
        push eax
        inc dword [ticks]
        mov al, 0x20            ; end of interrupt
        out 0x20, al
        pop eax
        iretd

; EAX: a selector to print, or 0 to end.
on_system_call:
        mov dx, DATA
        mov ds, dx
        mov es, dx
        test eax, eax
        jz finish
        say '5 CS of the program: '
        call print_selector
        call end_line
        call user_data
        iretd

on_general_protection:
        mov ax, DATA
        mov ds, ax
        mov es, ax
        say '5 CLI of the program: #GP', 10
        add esp, 4              ; error code
        mov dword [esp], user.fault
        call user_data
        iretd

on_page_fault:
        mov ax, DATA
        mov ds, ax
        mov es, ax
        say '5 a page of the kernel: #PF, error code '
        pop eax
        call print_last
        mov dword [esp], user.end
        call user_data
        iretd

user_data:
        mov ax, USER_DATA
        mov ds, ax
        mov es, ax
        ret

; -------------------------------------------------- what is printed
; Waits for a tick, but not for ever. EBX is 0 if there was none.
wait_for_tick:
        mov ebx, [ticks]
        mov ecx, 50000
.next:  cmp ebx, [ticks]
        loope .next
        sub ebx, [ticks]
        ret

; Whether EBX says so.
print_tick:
        test ebx, ebx
        jz .none
        say 'the timer ticks', 10
        ret
.none:  say 'no tick', 10
        ret

; Whether EAX is 0.
print_same:
        test eax, eax
        jnz .other
        say 'the kernel', "'", 's own', 10
        ret
.other: say 'not the kernel', "'", 's', 10
        ret

; Whether ZF is set.
print_allowed:
        mov esi, .yes
        jz print
        mov esi, .no
        jmp print
.yes:   db 'yes', 10, 0
.no:    db 'no', 10, 0

print_if:
        bt eax, 9
print_carry:
        mov al, '0'
        adc al, 0
        jmp put

print_last_carry:
        call print_carry
        jmp end_line

; Prints AX in hexadecimal.
print_selector:
        shl eax, 16
        mov ecx, 4
        jmp print_hex.next

; Prints EAX in hexadecimal.
print_hex:
        mov ecx, 8
.next:  rol eax, 4
        push eax
        and eax, 15
        mov al, [digits + eax]
        call put
        pop eax
        loop .next
        ret

print_last:
        call print_hex
end_line:
        mov al, 10
put:    mov dx, COM1
        out dx, al
        ret

; Prints the zero-terminated text at ESI. EAX, EBX and ECX stay.
print:  push eax
.next:  lodsb
        test al, al
        jz .done
        call put
        jmp .next
.done:  pop eax
        ret

; -------------------------------------------------- tables
; EAX: the base (below 16 MBytes) for the descriptor at EDI
set_base:
        mov [edi + 2], ax
        shr eax, 16
        mov [edi + 4], al
        ret

; EAX: the handler for the gate at EDI
set_gate:
        mov [edi], ax
        mov word [edi + 2], CODE
        mov word [edi + 4], 0x8e00
        ret

; -------------------------------------------------- ring 3
        align 4096
user:   mov eax, cs             ; no ring aliasing: it is where it believes to be
        int SYSTEM
.cli:   cli
.fault: mov eax, [ticks]
.end:   xor eax, eax
        int SYSTEM

        section .data align=4096
digits: db '0123456789abcdef'
        align 4
ticks:  dd 0
table:  dw 0
        dd 0
tss:    dd 0, STACK, DATA       ; of it only ring 0's stack is used
        times 104 - ($ - tss) db 0
gdt_pointer:
        dw TABLE - 1
        dd gdt
second_pointer:
        dw PROBE + 8 - 1
        dd second_gdt
idt_pointer:
        dw 129 * 8 - 1
        dd idt
        align 8
idt:    times 129 dq 0

        section .tables follows=.data align=4096
gdt:    dq 0
        dq 0x00cf9b000000ffff   ; CODE. Descriptors are accessed already: nobody has to write that
        dq 0x00cf93000000ffff   ; DATA
        dq 0x00cffb000000ffff   ; USER_CODE
        dq 0x00cff3000000ffff   ; USER_DATA
        dq 0x0000890000000067   ; TASK
        dq 0x0000820000000007   ; LOCAL
TABLE   equ $ - gdt
second_gdt:
        times PROBE db 0
        dq 0x0040930000000003   ; PROBE
ldt:    dq 0x0040930000000003
