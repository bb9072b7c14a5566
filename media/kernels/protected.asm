; A kernel in 32-bit protected mode.
;
; F5 debugs it: it is loaded to 0x7c00 and entered in real mode, from where it climbs. Step Over (F10) goes line by line.
; [if monitor]
; It asks its monitor to end it, so it runs under any "monitor" but "none".
; [else]
; It asks nobody: it runs on the bare computer (in Run and Debug: "... on the bare computer") as under any monitor.
; [end]

BASE        equ 0x7c00              ; where it is loaded; its stack grows down from there
COM1        equ 0x3f8               ; the first serial port
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

; The offset of a label of this file, as a number whose halves can be taken.
%define address(label) (BASE + label - $$)

        org BASE

; ------------------------------------------------------------------ real mode, 16 bits
        bits 16
start:
        cli                         ; no interrupt before there is somebody to serve it
        xor ax, ax
        mov ds, ax
        mov ss, ax
        mov sp, BASE

        lgdt [gdt_pointer]
        mov eax, cr0
        or eax, 1                   ; PE: protection enable
        mov cr0, eax
        jmp CODE:protected          ; from here on CS is a selector

; ------------------------------------------------------------------ protected mode, 32 bits
        bits 32
protected:
        mov ax, DATA
        mov ds, ax
        mov es, ax
        mov ss, ax
        mov esp, BASE

        mov esi, hello
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
        mov esi, ticked
        call print
; [end]
; [if ring3]

        ; Into ring 3: IRET takes what an interrupt would have left on the stack.
        mov ax, TASK                ; the TSS tells which stack system calls get
        ltr ax
        mov ax, USER_DATA
        mov ds, ax
        mov es, ax
        push USER_DATA              ; SS
        push USER_STACK             ; ESP
        push 2                      ; EFLAGS: interrupts off; bit 1 is always set
        push USER_CODE              ; CS
        push user                   ; EIP
        iret

; What the program in ring 3 comes back to.
done:
        mov ax, DATA
        mov ds, ax
        mov es, ax
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

; Prints the text at ESI, which ends with 0.
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
        push eax
        inc byte [ticks]
        mov al, 0x20                ; tell the interrupt controller that it is served
        out 0x20, al
        pop eax
        iret
; [end]
; [if ring3]

; INT 0x80: EAX = 0 prints the text at ESI, anything else ends the program.
system_call:
        test eax, eax
        jnz done
        push eax
        push edx
        call print
        pop edx
        pop eax
        iret

; ------------------------------------------------------------------ ring 3
user:
        mov esi, from_user
        xor eax, eax
        int SYSTEM                  ; Step Into (F11) follows it into the kernel
        mov eax, 1
        int SYSTEM
; [end]

hello:  db "Hello from protected mode.", 10, 0
; [if interrupts]
ticked: db "The timer has ticked.", 10, 0
ticks:  db 0
; [end]
; [if ring3]
from_user: db "Hello from ring 3.", 10, 0
; [end]

        align 8
gdt:    dq 0                        ; the null descriptor
        dq 0x00cf9a000000ffff       ; CODE: 4 GBytes from 0, ring 0
        dq 0x00cf92000000ffff       ; DATA
; [if ring3]
        dq 0x00cffa000000ffff       ; USER_CODE: the same for ring 3
        dq 0x00cff2000000ffff       ; USER_DATA
        dw tss.end - tss - 1, address(tss), 0x8900, 0 ; TASK
; [end]
.end:
gdt_pointer:
        dw gdt.end - gdt - 1
        dd gdt
; [if interrupts ring3]

; A gate of the IDT: where to go, and what it is.
%macro gate 2
        dw address(%1) & 0xffff, CODE, %2 << 8, address(%1) >> 16
%endmacro

        align 8
idt:
; [if interrupts]
        times TIMER * 8 db 0
        gate tick, 0x8e             ; an interrupt gate
; [end]
; [if ring3]
        times idt + SYSTEM * 8 - $ db 0
        gate system_call, 0xee      ; the same, which ring 3 may use
; [end]
.end:
idt_pointer:
        dw idt.end - idt - 1
        dd idt
; [end]
; [if ring3]

        align 8
tss:    dd 0
        dd BASE, DATA               ; the stack of ring 0
        times 104 - ($ - tss) db 0
.end:
; [end]
