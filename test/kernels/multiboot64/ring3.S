# ring3.S: into ring 3 by SYSRET, out of it by SYSCALL.

#include "x86.h"

        .text
# int run_program(u64 entry, u64 stack, u64 argument)
        .globl  run_program, leave_program, system_call_entry
run_program:
        pushq   %rbx
        pushq   %rbp
        pushq   %r12
        pushq   %r13
        pushq   %r14
        pushq   %r15
        movq    %rsp, kernel_stack      # system calls and interrupts begin below this
        movq    %rdi, %rcx
        movq    %rsi, %r8
        movq    %rdx, %rbp
        movq    %rsp, %rdi
        pushq   %rcx
        pushq   %r8
        andq    $~15, %rdi
        subq    $64, %rdi
        call    set_kernel_stack
        popq    %r8
        popq    %rcx
        movq    %rbp, %rdi
        movq    $FLAGS_IF, %r11
        swapgs                          # GS is the program's from here, the kernel's base waits
        movq    %r8, %rsp
        sysretq

# void leave_program(int status): as if run_program returned.
leave_program:
        movl    %edi, %eax
        movq    kernel_stack, %rsp
        popq    %r15
        popq    %r14
        popq    %r13
        popq    %r12
        popq    %rbp
        popq    %rbx
        ret

# SYSCALL comes here on the stack of ring 3, with interrupts off (IA32_FMASK). Number in RAX,
# arguments in RDI, RSI and RDX.
system_call_entry:
        swapgs
        movq    %rsp, %gs:8
        movq    %gs:0, %rsp
        pushq   %rcx                    # where to go on
        pushq   %r11                    # the flags
        pushq   %r8
        pushq   %r9
        pushq   %r10
        pushq   %rdi
        pushq   %rsi
        pushq   %rdx
        movq    %rax, %rcx
        cld
        call    system_call
        popq    %rdx
        popq    %rsi
        popq    %rdi
        popq    %r10
        popq    %r9
        popq    %r8
        popq    %r11
        popq    %rcx
        movq    %gs:8, %rsp
        swapgs
        sysretq

        .bss
        .p2align 3
kernel_stack:
        .quad   0
