# boot.S: the first instructions from the disk. From real mode with the BIOS's segments to 32-bit
# protected mode with flat ones, then on in C (loader.c).

#include "x86.h"

        .section .text.start, "ax"
        .code16
        .globl start
start:
        cli
        cld
        xorw    %ax, %ax
        movw    %ax, %ds
        movw    %ax, %es
        movw    %ax, %ss

# Address line 20 is opened by the keyboard controller, as on the first PC/AT.
        call    controller_ready
        movb    $0xd1, %al              # the next byte is for the output port
        outb    %al, $0x64
        call    controller_ready
        movb    $0xdf, %al              # A20 open, no reset
        outb    %al, $0x60
        call    controller_ready

        lgdt    gdt_pointer
        movl    %cr0, %eax
        orl     $CR0_PE, %eax
        movl    %eax, %cr0
        ljmp    $KERNEL_CODE, $protected

controller_ready:
        inb     $0x64, %al
        testb   $2, %al                 # it has not read the last byte yet
        jnz     controller_ready
        ret

        .code32
protected:
        movw    $KERNEL_DATA, %ax
        movw    %ax, %ds
        movw    %ax, %es
        movw    %ax, %ss
        xorw    %ax, %ax
        movw    %ax, %fs
        movw    %ax, %gs
        movl    $start, %esp            # the stack grows down from the boot sector
        call    load_kernel

# Only a kernel that cannot be loaded comes back. An F on the screen says so.
        movw    $0x4f46, 0xb8000
1:      hlt
        jmp     1b

        .p2align 2
gdt:    .quad   0
        .quad   0x00cf9a000000ffff      # code: base 0, 4 GBytes, 32 bits
        .quad   0x00cf92000000ffff      # data
gdt_pointer:
        .word   gdt_pointer - gdt - 1
        .long   gdt
