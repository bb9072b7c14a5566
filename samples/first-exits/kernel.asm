; first-exits: a kernel that makes one VM exit of every common kind.
;
; Press F5. The guest boots in real mode, climbs to protected and to long mode, sets up paging, an
; interrupt table and a timer, says what it does over the serial port, and powers the machine off.
;
; Under VT-x a guest runs directly on the processor until it does something that its monitor (the
; VMM) wants to decide. Such a moment is a VM exit. Every place marked EXIT below is one:
;   Step Over (F10)  crosses the exit: you stop at the next instruction of the guest.
;   Step Into (F11)  enters the VMM: you see its handler at work, operation by operation.

COM1        equ 0x3f8               ; the first serial port
STACK_TOP   equ 0x7c00              ; the stack grows down from where we were loaded
PML4        equ 0x10000             ; four pages for the page tables
PDPT        equ 0x11000
PD          equ 0x12000
CODE32      equ 0x08                ; selectors: offsets into the GDT
DATA        equ 0x10
CODE64      equ 0x18
TIMER       equ 0x20                ; the vector of IRQ 0, after we move it
EFER        equ 0xc0000080

        org 0x7c00

; ------------------------------------------------------------------ real mode, 16 bits
        bits 16
start:
        cli
        xor ax, ax
        mov ds, ax
        mov es, ax
        mov ss, ax
        mov sp, STACK_TOP

        mov si, hello
.next:  lodsb                       ; AL = the next character
        test al, al
        jz .done
        mov dx, COM1
        out dx, al                  ; EXIT (I/O instruction): the VMM emulates the serial port
        jmp .next
.done:

        lgdt [gdt_pointer]
        mov eax, cr0
        or eax, 1                   ; PE: protection enable
        mov cr0, eax                ; EXIT (control-register access): the guest changes its mode
        jmp CODE32:protected

; ------------------------------------------------------------------ protected mode, 32 bits
        bits 32
protected:
        mov ax, DATA
        mov ds, ax
        mov es, ax
        mov ss, ax
        mov esp, STACK_TOP

        ; Identity-map the first gigabyte with pages of 2 MBytes.
        mov edi, PML4
        xor eax, eax
        mov ecx, 3 * 4096 / 4
        rep stosd                   ; Step Over does all of it at once
        mov dword [PML4], PDPT | 3  ; present, writable
        mov dword [PDPT], PD | 3
        mov edi, PD
        mov eax, 0x83               ; present, writable, a page of 2 MBytes
        mov ecx, 512
.map:   mov [edi], eax
        add eax, 0x200000
        add edi, 8
        loop .map

        mov eax, cr4
        or eax, 1 << 5              ; PAE: long mode needs 8-byte page-table entries
        mov cr4, eax
        mov eax, PML4
        mov cr3, eax                ; EXIT (control-register access)
        mov ecx, EFER
        rdmsr                       ; EXIT (RDMSR)
        or eax, 1 << 8              ; LME: long-mode enable
        wrmsr                       ; EXIT (WRMSR)
        mov eax, cr0
        or eax, 1 << 31             ; PG: paging, and with it long mode
        mov cr0, eax                ; EXIT (control-register access)
        jmp CODE64:long_mode

; ------------------------------------------------------------------ long mode, 64 bits
        bits 64
long_mode:
        mov ax, DATA
        mov ds, ax
        mov es, ax
        mov ss, ax
        mov rsp, STACK_TOP
        lea rsi, [rel in_long_mode]
        call print

        call set_up_interrupts
        call count_ticks
        call ask_the_processor
        call change_address_space
        call touch_the_void
        call call_the_monitor

        lea rsi, [rel goodbye]
        call print
        mov dx, 0x604               ; the power-management port
        mov ax, 0x2000              ; "soft off"
        out dx, ax                  ; EXIT (I/O instruction), the last one
.never: hlt
        jmp .never

; Prints the zero-terminated text at RSI. Each character is one VM exit: see how the VM Exits view
; grows. (Paravirtual consoles exist to save them.)
print:
        mov dx, COM1
.next:  lodsb
        test al, al
        jz .done
        out dx, al                  ; EXIT (I/O instruction)
        jmp .next
.done:  ret

; The 8259 interrupt controllers send IRQ 0 to 7 to vectors 8 to 15, where exceptions live. We move
; them to 0x20. All of these ports belong to devices that the VMM emulates.
set_up_interrupts:
        lidt [rel idt_pointer]
        mov al, 0x11                ; ICW1: begin, cascaded, ICW4 follows
        out 0x20, al
        out 0xa0, al
        mov al, TIMER               ; ICW2: the vectors
        out 0x21, al
        mov al, TIMER + 8
        out 0xa1, al
        mov al, 4                   ; ICW3: the second controller is at input 2
        out 0x21, al
        mov al, 2
        out 0xa1, al
        mov al, 1                   ; ICW4: 8086 mode
        out 0x21, al
        out 0xa1, al
        mov al, 0xfe                ; let only the timer through
        out 0x21, al
        mov al, 0xff
        out 0xa1, al

        mov al, 0x34                ; 8254 timer: channel 0, both bytes, rate generator
        out 0x43, al
        mov ax, 11932               ; 1,193,182 Hz / 11,932 = 100 interrupts in a second
        out 0x40, al
        mov al, ah
        out 0x40, al
        ret

; Sleeps until the timer has come three times. HLT gives the processor back to the VMM, which
; injects the timer interrupt when it falls due.
count_ticks:
        sti
.wait:  hlt                         ; EXIT (HLT)
        cmp qword [rel ticks], 3
        jb .wait
        cli
        lea rsi, [rel three_ticks]
        jmp print

; The handler of the timer interrupt: vector 0x20 of the IDT.
on_timer:
        push rax
        inc qword [rel ticks]
        mov al, 0x20
        out 0x20, al                ; end of interrupt. EXIT (I/O instruction)
        pop rax
        iretq

; CPUID always exits: the VMM decides what processor the guest sees.
ask_the_processor:
        mov eax, 1
        xor ecx, ecx
        cpuid                       ; EXIT (CPUID): bit 31 of ECX says "there is a hypervisor"
        test ecx, ecx
        jns .bare
        lea rsi, [rel virtual]
        jmp print
.bare:  lea rsi, [rel physical]
        jmp print

; CR3 holds the address of the page tables; INVLPG drops one page from the TLB.
change_address_space:
        mov rax, cr3                ; EXIT (control-register access)
        mov cr3, rax                ; EXIT (control-register access)
        invlpg [rel ticks]          ; EXIT (INVLPG)
        mov dx, COM1 + 5
        in al, dx                   ; EXIT (I/O instruction): the line-status register
        ret

; Our page tables map a whole gigabyte, but the machine has 64 MBytes of RAM. The guest's own walk
; succeeds; then the processor looks for guest-physical 0x10000000 in the EPT and finds nothing.
touch_the_void:
        mov rbx, 0x10000000
        mov eax, [rbx]              ; EXIT (EPT violation): nobody answers, all bits read as 1
        cmp eax, -1
        jne .odd
        lea rsi, [rel void]
        call print
.odd:   ret

; VMCALL asks the VMM for a service: here, number 1, to print one character.
call_the_monitor:
        mov eax, 1
        mov ebx, '!'
        vmcall                      ; EXIT (VMCALL)
        mov eax, 1
        mov ebx, 10
        vmcall                      ; EXIT (VMCALL)
        ret

; ------------------------------------------------------------------ data
hello:          db "Hello from real mode.", 10, 0
in_long_mode:   db "Now in long mode.", 10, 0
three_ticks:    db "The timer has come three times.", 10, 0
virtual:        db "CPUID says: there is a hypervisor.", 10, 0
physical:       db "CPUID says: this is a bare processor.", 10, 0
void:           db "Nobody lives at 0x10000000.", 10, 0
goodbye:        db "Goodbye.", 10, 0

        align 8
ticks:          dq 0

        align 8
gdt:            dq 0                            ; the null descriptor
                dq 0x00cf9a000000ffff           ; 0x08: ring 0 code, 32 bits
                dq 0x00cf92000000ffff           ; 0x10: ring 0 data
                dq 0x00af9a000000ffff           ; 0x18: ring 0 code, 64 bits
gdt_pointer:    dw $ - gdt - 1
                dd gdt

; An interrupt gate of long mode: where to go, in 16 bytes.
%macro gate 1
        dw (%1 - $$ + 0x7c00) & 0xffff          ; offset, bits 15:0
        dw CODE64                               ; code segment
        db 0, 0x8e                              ; present, ring 0, interrupt gate
        dw 0                                    ; offset, bits 31:16: we are below 64 KBytes
        dd 0, 0                                 ; offset, bits 63:32
%endmacro

        align 16
idt:            times TIMER dq 0, 0             ; vectors 0 to 31: an exception here would be fatal
                gate on_timer                   ; vector 32
idt_pointer:    dw $ - idt - 1
                dq idt
