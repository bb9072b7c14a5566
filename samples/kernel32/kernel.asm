; kernel32: a small operating system of 32 bits.
;
; Paging, processes with address spaces of their own, preemption, system calls, copy-on-write, a file
; system in memory, and a shell on the serial port, on the screen and at the keyboard. Each of the
; files below is about one thing; read them in the order in which they are included here.
;
; Conventions: a function gets its arguments in registers that its comment names. It may change EAX,
; ECX, EDX and the flags; all other registers come back as they were. CF = 1 tells of a failure.

KERNEL_BASE equ 0xc0000000          ; linear = physical + KERNEL_BASE, in every address space
PAGE        equ 4096

; ------------------------------------------------------------------ physical memory
;    0x8000   entry.asm, from real mode up to paging: it runs at the addresses where it lies
;    0x9000   the kernel's code: read-only once paging is on
;    0xd000   the kernel's data
;    0xe000   the programs that become files
;   0x20000   what need not be stored, because it begins as 0
;  0x100000   frames, which frames.asm gives away

ENTRY_AT    equ 0x8000
CODE_AT     equ 0x9000
DATA_AT     equ 0xd000
PROGRAMS_AT equ 0xe000
BSS_AT      equ 0x20000
FRAMES_AT   equ 0x100000
MEMORY_MOST equ 64 << 20            ; the kernel maps no more: 16 large pages

; ------------------------------------------------------------------ linear memory of a process
;    0x100000   the library, the same frames in all processes
;    0x400000   the program: each one of ours lies at another address
;         ...   behind it the heap
;  0xbfff0000   the stack, up to KERNEL_BASE
;  0xc0000000   the kernel: ring 0 only

LIBRARY_AT  equ 0x100000
STACK_LOW   equ KERNEL_BASE - 16 * PAGE

        sectalign off               ; ALIGN moves no section: all have their places
        org ENTRY_AT
        section .kernel start=CODE_AT vstart=KERNEL_BASE+CODE_AT
        section .data start=DATA_AT vstart=KERNEL_BASE+DATA_AT
        section .bss nobits vstart=KERNEL_BASE+BSS_AT

%include "kernel/interface.asm"         ; numbers that kernel and programs share
%include "kernel/entry.asm"             ; out of real mode, up to paging
%include "kernel/segments.asm"          ; GDT and TSS
%include "kernel/interrupts.asm"        ; IDT, the doors into the kernel, and out of it
%include "kernel/devices.asm"           ; interrupt controllers and timer
%include "kernel/frames.asm"            ; physical memory
%include "kernel/paging.asm"            ; address spaces, page faults, copy-on-write
%include "kernel/scheduler.asm"         ; who has the processor
%include "kernel/processes.asm"         ; fork, exec, exit, wait
%include "kernel/console.asm"           ; serial port, keyboard, screen
%include "kernel/files.asm"             ; the file system
%include "kernel/syscalls.asm"          ; what a program may ask for
%include "user/programs.asm"            ; ring 3
