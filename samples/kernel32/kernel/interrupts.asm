; interrupts: all doors into the kernel, and the one out of it.
;
; Exceptions, interrupts of devices and system calls come in alike. The processor pushes where it was;
; a door of its own for each vector pushes which it was; then all go through `enter_kernel`, which
; saves the registers and calls the vector's handler. What lies on the stack then is a Frame.

VECTORS     equ 0x30                ; 32 exceptions, 16 interrupts of devices
FIRST_IRQ   equ 0x20
SYSTEM_VECTOR equ 0x80

GATE_INTERRUPT equ 0x8e             ; present, ring 0; interrupts are off behind it
GATE_SYSTEM equ 0xef               ; present, ring 3 may use it; a trap gate leaves IF as it is

        struc Frame
.registers:                         ; PUSHAD:
.edi:       resd 1
.esi:       resd 1
.ebp:       resd 1
            resd 1                  ; ESP in here, which POPAD skips
.ebx:       resd 1
.edx:       resd 1
.ecx:       resd 1
.eax:       resd 1
.ds:        resd 1                  ; enter_kernel:
.es:        resd 1
.vector:    resd 1                  ; the door:
.error:     resd 1                  ; the processor, or the door for it:
.eip:       resd 1                  ; the processor:
.cs:        resd 1
.eflags:    resd 1
.esp:       resd 1                  ; these two only if it came from ring 3
.ss:        resd 1
.end:
        endstruc

        section .kernel

; ------------------------------------------------------------------ doors
; DOOR vector, name: pushes an error code, if the processor does not, and the vector.
%macro DOOR 2
%2:
    %if %1 != 8 && (%1 < 10 || %1 > 14) && %1 != 17
        push 0
    %endif
        push %1
        jmp enter_kernel
%endmacro

        DOOR 0, divide_error
        DOOR 1, debug_exception
        DOOR 2, non_maskable_interrupt
        DOOR 3, breakpoint
        DOOR 4, overflow
        DOOR 5, bound_range_exceeded
        DOOR 6, invalid_opcode
        DOOR 7, device_not_available
        DOOR 8, double_fault
        DOOR 9, coprocessor_overrun
        DOOR 10, invalid_tss
        DOOR 11, segment_not_present
        DOOR 12, stack_fault
        DOOR 13, general_protection
        DOOR 14, page_fault
        DOOR 16, x87_error
        DOOR 17, alignment_check
        DOOR 18, machine_check
        DOOR 19, simd_error
        DOOR 0x20, timer_interrupt
        DOOR 0x21, keyboard_interrupt
        DOOR 0x24, serial_interrupt
        DOOR 0x27, spurious_interrupt ; what an 8259 sends when the request went away too soon
        DOOR SYSTEM_VECTOR, system_call

; ------------------------------------------------------------------ in and out
enter_kernel:
        push es
        push ds
        pushad
        mov eax, KERNEL_DATA
        mov ds, eax
        mov es, eax
        cld
        mov ebp, esp                ; EBP = the Frame, all the way down
        mov eax, [ebp + Frame.vector]
        cmp eax, SYSTEM_VECTOR
        je .call
        call [handlers + eax * 4]
        jmp leave_kernel
.call:  call on_system_call

; The way back. Before it leads to ring 3, it is looked whether the process may go on: a process is
; preempted here and nowhere else, never in the middle of the kernel.
leave_kernel:
        cli
        mov eax, [ebp + Frame.cs]
        and eax, 3
        cmp eax, 3
        jne .leave
        call die_if_killed
        cmp byte [reschedule], 0
        je .leave
        call schedule
        jmp leave_kernel
.leave: popad
        pop ds
        pop es
        add esp, 8                  ; vector and error code
        iretd                       ; EIP, CS, EFLAGS; to ring 3 also ESP, SS

; ------------------------------------------------------------------ exceptions
; A program that makes a mistake is ended. A kernel that makes one ends everything.
on_exception:
        mov eax, [ebp + Frame.vector]
        mov esi, [exception_names + eax * 4]
        mov eax, [ebp + Frame.cs]
        and eax, 3
        cmp eax, 3
        jne panic

        call tell_culprit

; Ends the process that runs, behind a text that says why.
kill_current:
        mov esi, at_text
        call print
        mov eax, [ebp + Frame.eip]
        call print_hex
        mov esi, killed_text
        call print
        mov ebx, KILLED
        jmp exit_process

; Prints the name of the process that runs, and ESI.
tell_culprit:
        push esi
        mov esi, [current]
        lea esi, [esi + Process.name]
        call print
        mov esi, colon_text
        call print
        pop esi
        jmp print

; Tells of ESI, and ends with the exit port: status 1 of QEMU and of Ringside.
panic:
        push esi
        mov esi, panic_text
        call print
        pop esi
        call print
        mov esi, at_text
        call print
        mov eax, [ebp + Frame.eip]
        call print_hex
        mov al, 10
        call print_char
        mov al, 0
        out 0xf4, al
        cli
        hlt

; ------------------------------------------------------------------ the IDT
set_up_interrupts:
        xor ecx, ecx
.next:  mov eax, [doors + ecx * 4]
        test eax, eax
        jz .none
        mov dl, GATE_INTERRUPT
        call set_gate
.none:  inc ecx
        cmp ecx, VECTORS
        jb .next
        mov eax, system_call
        mov ecx, SYSTEM_VECTOR
        mov dl, GATE_SYSTEM
        call set_gate
        lidt [idt_pointer]
        ret

; Vector ECX leads to EAX; DL is the kind of gate.
set_gate:
        mov [idt + ecx * 8], ax
        mov word [idt + ecx * 8 + 2], KERNEL_CODE
        mov byte [idt + ecx * 8 + 4], 0
        mov [idt + ecx * 8 + 5], dl
        shr eax, 16
        mov [idt + ecx * 8 + 6], ax
        ret

        section .data
        align 4
doors:      dd divide_error, debug_exception, non_maskable_interrupt, breakpoint, overflow
            dd bound_range_exceeded, invalid_opcode, device_not_available, double_fault
            dd coprocessor_overrun, invalid_tss, segment_not_present, stack_fault
            dd general_protection, page_fault, 0, x87_error, alignment_check, machine_check, simd_error
            times FIRST_IRQ - 20 dd 0
            dd timer_interrupt, keyboard_interrupt, 0, 0, serial_interrupt, 0, 0, spurious_interrupt
            times 8 dd 0

handlers:   times 14 dd on_exception
            dd on_page_fault
            times FIRST_IRQ - 15 dd on_exception
            dd on_timer, on_keyboard, 0, 0, on_serial, 0, 0, on_spurious
            times 8 dd 0

exception_names:
            dd .de, .db, .nmi, .bp, .of, .br, .ud, .nm, .df, .other, .ts, .np, .ss, .gp, .pf, .other
            dd .mf, .ac, .mc, .xm
.de:        db "#DE, divide error", 0
.db:        db "#DB, debug exception", 0
.nmi:       db "NMI", 0
.bp:        db "#BP, breakpoint", 0
.of:        db "#OF, overflow", 0
.br:        db "#BR, bound range exceeded", 0
.ud:        db "#UD, invalid opcode", 0
.nm:        db "#NM, device not available", 0
.df:        db "#DF, double fault", 0
.ts:        db "#TS, invalid TSS", 0
.np:        db "#NP, segment not present", 0
.ss:        db "#SS, stack fault", 0
.gp:        db "#GP, general protection", 0
.pf:        db "#PF, page fault", 0
.mf:        db "#MF, x87 error", 0
.ac:        db "#AC, alignment check", 0
.mc:        db "#MC, machine check", 0
.xm:        db "#XM, SIMD error", 0
.other:     db "an exception", 0

colon_text: db ": ", 0
at_text:    db ", EIP ", 0
killed_text: db ", killed", 10, 0
panic_text: db "kernel panic: ", 0

        align 8
idt_pointer:
            dw IDT_GATES * 8 - 1
            dd idt
IDT_GATES   equ SYSTEM_VECTOR + 1

        section .bss
        alignb 8
idt:        resq IDT_GATES
