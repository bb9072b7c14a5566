; A kernel in 64-bit long mode.
;
; F5 debugs it: it is loaded to 0x7c00 and entered in real mode, from where it climbs. Step Over (F10) goes line by line.
; [if monitor]
; It asks its monitor to end it, so it runs under any "monitor" but "none".
; [else]
; It asks nobody: it runs on the bare computer (in Run and Debug: "... on the bare computer") as under any monitor.
; [end]

BASE        equ 0x7c00              ; where it is loaded; its stack grows down from there
COM1        equ 0x3f8               ; the first serial port
PML4        equ 0x10000             ; three pages for the page tables
PDPT        equ 0x11000
PD          equ 0x12000
EFER        equ 0xc0000080
CODE        equ 0x08                ; selectors: offsets into the GDT
DATA        equ 0x10
; [if ring3]
USER_CODE   equ 0x18 | 3            ; | 3: requested privilege level
USER_DATA   equ 0x20 | 3
TASK        equ 0x28
USER_STACK  equ 0x6000
SYSTEM      equ 0x80                ; the vector of system calls
; [end]
; [if interrupts]
TIMER       equ 0x20                ; the vector of IRQ 0, after we move it
TICKS       equ 3                   ; how many to wait for
; [end]

; The offset of a label of this file, as a number whose parts can be taken.
%define address(label) (BASE + label - $$)

        org BASE

; ------------------------------------------------------------------ real mode, 16 bits
        bits 16
start:
        cli                         ; no interrupt before there is somebody to serve it
        xor ax, ax
        mov ds, ax
        mov es, ax
        mov ss, ax
        mov sp, BASE

        ; Page tables at 64 KBytes, just beyond what a segment from 0 reaches.
        mov ax, PML4 >> 4
        mov es, ax
        xor di, di
        xor eax, eax
        mov cx, 3 * 4096 / 4
        rep stosd
        ; 7: present, writable, and ring 3 may use it
        mov dword [es:0], PDPT | 7
        mov dword [es:PDPT - PML4], PD | 7
        mov dword [es:PD - PML4], 0x87 ; a page of 2 MBytes: the first ones, identity-mapped

        mov eax, cr4
        or eax, 1 << 5              ; PAE: entries of 8 bytes
        mov cr4, eax
        mov eax, PML4
        mov cr3, eax
        mov ecx, EFER
        rdmsr
        or eax, 1 << 8              ; LME: long-mode enable
        wrmsr
        lgdt [gdt_pointer]
        mov eax, cr0
        or eax, 1 << 31 | 1         ; paging and protection, and with them long mode
        mov cr0, eax
        jmp CODE:long_mode

; ------------------------------------------------------------------ long mode, 64 bits
        bits 64
        default rel
long_mode:
        mov ax, DATA
        mov ds, ax
        mov es, ax
        mov ss, ax
        mov rsp, BASE

        lea rsi, [hello]
        call print
; [if interrupts ring3]

        lidt [idt_pointer]
; [end]
; [if interrupts]
        call start_timer
        sti
.wait:  hlt                         ; sleep until an interrupt has come
        cmp byte [ticks], TICKS
        jb .wait
        cli
        lea rsi, [ticked]
        call print
; [end]
; [if ring3]

        ; Into ring 3: IRETQ takes what an interrupt would have left on the stack.
        mov ax, TASK                ; the TSS tells which stack system calls get
        ltr ax
        push USER_DATA              ; SS
        push USER_STACK             ; RSP
        push 2                      ; RFLAGS: interrupts off; bit 1 is always set
        push USER_CODE              ; CS
        push user                   ; RIP
        iretq

; What the program in ring 3 comes back to.
done:
; [end]

; [if monitor]
        mov eax, 2                  ; hypercall 2 ends the guest
        vmcall                      ; a VM exit: Step Into (F11) shows what the monitor does
; [else]
        mov dx, 0x604               ; the power-management port
        mov ax, 0x2000              ; "soft off"
        out dx, ax
; [end]
.never: hlt
        jmp .never

; Prints the text at RSI, which ends with 0.
print:
        mov dx, COM1
.next:  lodsb                       ; AL = the next character
        test al, al
        jz .done
        out dx, al                  ; under a monitor, a VM exit
        jmp .next
.done:  ret
; [if interrupts]

; Moves the interrupts of devices out of the way of exceptions, and starts the timer at about 100 ticks a second.
start_timer:
        mov al, 0x11                ; ICW1: initialization begins, ICW4 will follow
        out 0x20, al
        mov al, TIMER               ; ICW2: the vector of IRQ 0
        out 0x21, al
        mov al, 4                   ; ICW3: the other controller is at IRQ 2
        out 0x21, al
        mov al, 1                   ; ICW4: 8086 mode
        out 0x21, al
        mov al, 0xfe                ; mask all but IRQ 0
        out 0x21, al
        mov al, 0x34                ; channel 0, both bytes, rate generator
        out 0x43, al
        mov al, 11932 & 0xff        ; 1193182 Hz / 100
        out 0x40, al
        mov al, 11932 >> 8
        out 0x40, al
        ret

; IRQ 0: the timer.
tick:
        push rax
        inc byte [ticks]
        mov al, 0x20                ; tell the interrupt controller that it is served
        out 0x20, al
        pop rax
        iretq
; [end]
; [if ring3]

; INT 0x80: EAX = 0 prints the text at RSI, anything else ends the program.
system_call:
        test eax, eax
        jnz done
        push rax
        push rdx
        call print
        pop rdx
        pop rax
        iretq

; ------------------------------------------------------------------ ring 3
user:
        lea rsi, [from_user]
        xor eax, eax
        int SYSTEM                  ; Step Into (F11) follows it into the kernel
        mov eax, 1
        int SYSTEM
; [end]

hello:  db "Hello from long mode.", 10, 0
; [if interrupts]
ticked: db "The timer has ticked.", 10, 0
ticks:  db 0
; [end]
; [if ring3]
from_user: db "Hello from ring 3.", 10, 0
; [end]

        align 8
gdt:    dq 0                        ; the null descriptor
        dq 0x00209a0000000000       ; CODE: 64 bits, ring 0
        dq 0x0000920000000000       ; DATA
; [if ring3]
        dq 0x0020fa0000000000       ; USER_CODE: the same for ring 3
        dq 0x0000f20000000000       ; USER_DATA
        dw tss.end - tss - 1, address(tss), 0x8900, 0 ; TASK, which has 16 bytes
        dq 0
; [end]
.end:
gdt_pointer:
        dw gdt.end - gdt - 1
        dd gdt
; [if interrupts ring3]

; A gate of the IDT: where to go, and what it is.
%macro gate 2
        dw address(%1) & 0xffff, CODE, %2 << 8, address(%1) >> 16
        dq 0
%endmacro

        align 8
idt:
; [if interrupts]
        times TIMER * 16 db 0
        gate tick, 0x8e             ; an interrupt gate
; [end]
; [if ring3]
        times idt + SYSTEM * 16 - $ db 0
        gate system_call, 0xee      ; the same, which ring 3 may use
; [end]
.end:
idt_pointer:
        dw idt.end - idt - 1
        dq idt
; [end]
; [if ring3]

        align 8
tss:    dd 0
        dq BASE                     ; the stack of ring 0
        times 104 - ($ - tss) db 0
.end:
; [end]
