# switch.S: from one kernel stack to another.

        .text
# void switch_stacks(u64 *save_rsp, u64 load_rsp)
        .globl  switch_stacks
switch_stacks:
        pushq   %rbx
        pushq   %rbp
        pushq   %r12
        pushq   %r13
        pushq   %r14
        pushq   %r15
        movq    %rsp, (%rdi)
        movq    %rsi, %rsp
        popq    %r15
        popq    %r14
        popq    %r13
        popq    %r12
        popq    %rbp
        popq    %rbx
        ret

# A new thread begins here: its function in RBX, its argument in RBP.
        .globl  thread_entry
thread_entry:
        movq    %rbp, %rdi
        sti
        call    *%rbx
        cli
        call    thread_end
