# switch.S: from one kernel stack to another.

        .text
# void switch_stacks(u32 *save_esp, u32 load_esp)
# The registers that a C function must keep lie on the stack that is left.
        .globl  switch_stacks
switch_stacks:
        movl    4(%esp), %eax
        movl    8(%esp), %edx
        pushl   %ebp
        pushl   %ebx
        pushl   %esi
        pushl   %edi
        movl    %esp, (%eax)
        movl    %edx, %esp
        popl    %edi
        popl    %esi
        popl    %ebx
        popl    %ebp
        ret
