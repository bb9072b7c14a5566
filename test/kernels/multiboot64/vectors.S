# vectors.S: one entry for each vector. Where the processor pushes no error code a 0 stands for it,
# so that every frame (struct frame in kernel.h) is the same.

#include "x86.h"

        .section .rodata.entries, "a"
        .globl  vector_entries
vector_entries:
        .text
        .set    vector, 0
        .rept   48
1:      .if     (vector < 8) || (vector == 9) || (vector == 15) || (vector == 16) || (vector > 17)
        pushq   $0
        .endif
        pushq   $vector
        jmp     all_vectors
        .pushsection .rodata.entries, "a"
        .quad   1b
        .popsection
        .set    vector, vector + 1
        .endr

all_vectors:
        pushq   %rax
        pushq   %rbx
        pushq   %rcx
        pushq   %rdx
        pushq   %rsi
        pushq   %rdi
        pushq   %rbp
        pushq   %r8
        pushq   %r9
        pushq   %r10
        pushq   %r11
        pushq   %r12
        pushq   %r13
        pushq   %r14
        pushq   %r15
        movq    %rsp, %rdi
        cld
        call    interrupt
        popq    %r15
        popq    %r14
        popq    %r13
        popq    %r12
        popq    %r11
        popq    %r10
        popq    %r9
        popq    %r8
        popq    %rbp
        popq    %rdi
        popq    %rsi
        popq    %rdx
        popq    %rcx
        popq    %rbx
        popq    %rax
        addq    $16, %rsp               # vector and error code
        iretq

# int faults(void (*function)(void *), void *argument)
# The stack and where to go on are noted; recover() comes here from the handler of a fault.
        .globl  faults, recover
faults:
        pushq   %rbx
        pushq   %rbp
        pushq   %r12
        pushq   %r13
        pushq   %r14
        pushq   %r15
        subq    $8, %rsp
        movq    %rsp, recovery_stack
        movq    %rdi, %rax
        movq    %rsi, %rdi
        call    *%rax
        xorl    %eax, %eax
1:      movq    $0, recovery_stack
        addq    $8, %rsp
        popq    %r15
        popq    %r14
        popq    %r13
        popq    %r12
        popq    %rbp
        popq    %rbx
        ret
recover:
        movl    $1, %eax
        jmp     1b

        .bss
        .p2align 3
        .globl  recovery_stack
recovery_stack:
        .quad   0
