# boot.S: loads the program, sector by sector, as old BIOSes want it: by cylinder, head and sector.

        .code16
        .section .boot, "ax"
        .globl  start
start:
        ljmp    $0, $1f                 # some BIOSes start it at 07c0:0000
1:      cli
        xorw    %ax, %ax
        movw    %ax, %ds
        movw    %ax, %es
        movw    %ax, %fs
        movw    %ax, %gs
        movw    %ax, %ss
        movl    $0x7c00, %esp
        sti
        cld
        movb    %dl, boot_drive

        movb    $8, %ah                 # how many heads, and sectors of a track
        int     $0x13
        jc      failed
        movzbw  %dh, %ax
        incw    %ax
        movw    %ax, heads
        andw    $0x3f, %cx
        movw    %cx, sectors
        xorw    %ax, %ax
        movw    %ax, %es                # AH=08h has changed ES

        movw    $1, %si                 # sector of the disk, from 0
        movw    $0x7e00, %bx
next:   movw    %si, %ax
        xorw    %dx, %dx
        divw    sectors
        movw    %dx, %cx
        incw    %cx                     # sectors of a track count from 1
        xorw    %dx, %dx
        divw    heads
        movb    %al, %ch                # the cylinder; so near the beginning it has 8 bits
        movb    %dl, %dh
        movb    boot_drive, %dl
        movw    $0x0201, %ax
        int     $0x13
        jc      failed
        addw    $512, %bx
        incw    %si
        cmpw    $program_sectors, %si
        jbe     next

        movw    $bss_start, %di
        movw    $bss_end, %cx
        subw    %di, %cx
        xorb    %al, %al
        rep stosb
        calll   main                    # code of gcc -m16 returns by a 32-bit RET

failed: movw    $0x0e46, %ax            # an F
        int     $0x10
1:      hlt
        jmp     1b

        .globl  boot_drive
boot_drive:
        .byte   0
heads:  .word   0
sectors:
        .word   0
