# entry.S: the kernel's first instructions, at their physical addresses still. Pages of 4 MBytes
# map the first 64 MBytes at 3 GBytes, too; with them the kernel is where it was linked for.

#include "x86.h"

#define KERNEL_BASE 0xc0000000

        .text
        .globl entry
entry:
        movl    %cr4, %eax
        orl     $CR4_PSE, %eax
        movl    %eax, %cr4
        movl    $(kernel_directory - KERNEL_BASE), %eax
        movl    %eax, %cr3
        movl    %cr0, %eax
        orl     $(CR0_PG | CR0_WP), %eax
        movl    %eax, %cr0

        movl    $boot_stack_top, %esp
        movl    $main, %eax             # an indirect jump: a direct one would stay down here
        xorl    %ebp, %ebp
        call    *%eax
1:      hlt
        jmp     1b

# Entry n maps 4 MBytes from n * 4 MBytes on.
        .data
        .p2align 12
        .globl kernel_directory
kernel_directory:
        .long   PTE_P | PTE_W | PTE_PS  # for the instructions above; the kernel removes it
        .fill   0x300 - 1, 4, 0
        .set    frame, 0
        .rept   16
        .long   frame | PTE_P | PTE_W | PTE_PS
        .set    frame, frame + 0x400000
        .endr
        .fill   0x3fb - 0x310, 4, 0
        .long   0xfec00000 | PTE_P | PTE_W | PTE_PCD | PTE_PS  # the two kinds of APIC
        .fill   0x400 - 0x3fc, 4, 0

        .bss
        .p2align 12
        .skip   4096
boot_stack_top:
