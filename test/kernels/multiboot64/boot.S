# boot.S: the headers by which loaders find the kernel, and the way from 32-bit protected mode, in
# which they start it, to long mode with 4 levels of page tables.

#include "x86.h"

#define KERNEL_BASE 0xffffffff80000000
#define PAGE_ALIGNED_MODULES 1
#define MEMORY_MAP 2

        .section .multiboot, "a"
# Multiboot 1
        .p2align 3
        .long   0x1badb002, PAGE_ALIGNED_MODULES | MEMORY_MAP
        .long   -(0x1badb002 + (PAGE_ALIGNED_MODULES | MEMORY_MAP))

# Multiboot 2: for i386, no tags but the last.
        .p2align 3
multiboot2:
        .long   0xe85250d6, 0, multiboot2_end - multiboot2
        .long   -(0xe85250d6 + multiboot2_end - multiboot2)
        .word   0, 0
        .long   8
multiboot2_end:

        .section .boot, "awx"
        .code32
        .globl  entry
entry:
        movl    $boot_stack_low, %esp
        movl    %eax, %esi              # the loader's magic number
        movl    %ebx, %edi              # and its information

# CPUID exists where bit 21 of EFLAGS can be changed.
        pushfl
        popl    %eax
        movl    %eax, %ecx
        xorl    $(1 << 21), %eax
        pushl   %eax
        popfl
        pushfl
        popl    %eax
        cmpl    %eax, %ecx
        je      no_long_mode
        movl    $0x80000000, %eax
        cpuid
        cmpl    $0x80000001, %eax
        jb      no_long_mode
        movl    $0x80000001, %eax
        cpuid
        testl   $(1 << 29), %edx
        jz      no_long_mode

# The first GByte in pages of 2 MBytes, at 0 and at the kernel's base.
        movl    $(PTE_P | PTE_W | PTE_PS), %eax
        xorl    %ecx, %ecx
1:      movl    %eax, directory(, %ecx, 8)
        movl    $0, directory + 4(, %ecx, 8)
        addl    $0x200000, %eax
        incl    %ecx
        cmpl    $512, %ecx
        jb      1b
        movl    $(pointers_low + PTE_P + PTE_W), level4
        movl    $(pointers_high + PTE_P + PTE_W), level4 + 511 * 8
        movl    $(directory + PTE_P + PTE_W), pointers_low
        movl    $(directory + PTE_P + PTE_W), pointers_high + 510 * 8

        movl    %cr4, %eax
        orl     $(CR4_PAE | CR4_OSFXSR | CR4_OSXMMEXCPT), %eax
        movl    %eax, %cr4
        movl    $level4, %eax
        movl    %eax, %cr3
        movl    $MSR_EFER, %ecx
        rdmsr
        orl     $(EFER_LME | EFER_NXE | EFER_SCE), %eax
        wrmsr
        movl    %cr0, %eax
        andl    $~CR0_EM, %eax
        orl     $(CR0_PG | CR0_WP | CR0_MP), %eax
        movl    %eax, %cr0              # compatibility mode from here
        lgdt    boot_gdt_pointer
        ljmp    $KERNEL_CODE, $long_mode

no_long_mode:
        movl    $0x4f364f34, 0xb8004    # "46" on red: 64 bits are missing
1:      hlt
        jmp     1b

        .code64
long_mode:
        xorl    %eax, %eax
        movl    %eax, %ds
        movl    %eax, %es
        movl    %eax, %fs
        movl    %eax, %gs
        movl    %eax, %ss
        movq    $boot_stack_top, %rsp
        xorl    %ebp, %ebp
        fninit
        xchgl   %edi, %esi              # main(magic, information)
        movq    $main, %rax
        call    *%rax
1:      hlt
        jmp     1b

        .p2align 3
boot_gdt:
        .quad   0
        .quad   0x00af9a000000ffff      # 64-bit code
boot_gdt_pointer:
        .word   . - boot_gdt - 1
        .long   boot_gdt

        .p2align 12
level4: .skip   4096
pointers_low:
        .skip   4096
pointers_high:
        .skip   4096
directory:
        .skip   4096
        .skip   64
boot_stack_low:

        .bss
        .p2align 12
        .skip   16384
boot_stack_top:
