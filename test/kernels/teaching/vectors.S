# vectors.S: one entry for each vector. Where the processor pushes no error code a 0 stands for it,
# so that every frame (struct frame in kernel.h) is the same.

#include "x86.h"

        .section .rodata.entries, "a"
        .globl  vector_entries
vector_entries:
        .text
        .set    vector, 0
        .rept   65
1:      .if     (vector < 8) || (vector == 9) || (vector == 15) || (vector == 16) || (vector > 17)
        pushl   $0
        .endif
        pushl   $vector
        jmp     all_vectors
        .pushsection .rodata.entries, "a"
        .long   1b
        .popsection
        .set    vector, vector + 1
        .endr

all_vectors:
        pushl   %ds
        pushl   %es
        pushl   %fs
        pushl   %gs
        pushal
        movw    $KERNEL_DATA, %ax
        movw    %ax, %ds
        movw    %ax, %es
        cld
        pushl   %esp
        call    trap
        addl    $4, %esp

# A new process begins here, with a frame that was never interrupted.
        .globl  trap_return
trap_return:
        popal
        popl    %gs
        popl    %fs
        popl    %es
        popl    %ds
        addl    $8, %esp                # vector and error code
        iret
