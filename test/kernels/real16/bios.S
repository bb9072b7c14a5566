# bios.S: services of the BIOS for C, and a handler of the user's timer interrupt.

        .code16
        .text
# void bios(int vector, struct registers *registers)
# The instruction INT has its vector in its second byte, so it is written before it is executed.
        .globl  bios
bios:
        pushl   %ebp
        pushl   %ebx
        pushl   %esi
        pushl   %edi
        movl    20(%esp), %eax
        movb    %al, interrupt + 1
        movl    24(%esp), %ebp
        movl    (%ebp), %eax
        movl    4(%ebp), %ebx
        movl    8(%ebp), %ecx
        movl    12(%ebp), %edx
        movl    16(%ebp), %esi
        movl    20(%ebp), %edi
        movw    24(%ebp), %es
        pushl   %ebp
        movl    28(%ebp), %ebp
        jmp     interrupt               # lets the processor see what was written
interrupt:
        int     $0
        movl    %ebp, saved_ebp
        popl    %ebp
        pushfl
        movl    %eax, (%ebp)
        movl    %ebx, 4(%ebp)
        movl    %ecx, 8(%ebp)
        movl    %edx, 12(%ebp)
        movl    %esi, 16(%ebp)
        movl    %edi, 20(%ebp)
        movw    %es, 24(%ebp)
        movl    saved_ebp, %eax
        movl    %eax, 28(%ebp)
        popl    32(%ebp)
        xorw    %ax, %ax
        movw    %ax, %es
        cld
        popl    %edi
        popl    %esi
        popl    %ebx
        popl    %ebp
        retl

# INT 1Ch comes at each tick of the BIOS's clock.
        .globl  user_timer, user_ticks
user_timer:
        incl    %cs:user_ticks
        iretw

        .p2align 2
user_ticks:
        .long   0
saved_ebp:
        .long   0
