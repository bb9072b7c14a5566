; 6. A timer for the guest (APM 2 15.17, 15.21)
;
; The computer's timer belongs to the hypervisor: with V_INTR_MASKING its interrupt is an exit by our RFLAGS.IF,
; which is 1, whatever the guest's. The exit does not take the interrupt: it waits until STGI, and then our own
; handler has it, as in every kernel. The guest gets a tick of its own as a virtual interrupt, which waits in
; the VMCB until the guest can take it.

PIT_RATE        equ 1193            ; 1000 times a second

; IRQ 0 with vector TIMER, and nothing else; interrupts on.
start_timer:
        lidt [rel host_idt_pointer]
        mov al, 0x11                ; both 8259s: begin, four words follow
        out 0x20, al
        mov al, TIMER
        out 0x21, al
        mov al, 4
        out 0x21, al
        mov al, 1
        out 0x21, al
        mov al, 0xfe                ; IRQ 0 alone
        out 0x21, al
        mov al, 0x34                ; channel 0, rate generator
        out 0x43, al
        mov al, PIT_RATE & 0xff
        out 0x40, al
        mov al, PIT_RATE >> 8
        out 0x40, al
        sti
        ret

; The timer's interrupt, in the host.
host_timer:
        push rax
        mov al, 0x20                ; end of interrupt
        out 0x20, al
        inc dword [rel ticks]
        pop rax
        iretq

; An interrupt has ended the guest's turn. It was taken behind STGI, and there is nothing left to do.
handle_interrupt:
        ret

; Before each VMRUN: a tick that waits becomes a virtual interrupt, unless the last one is still pending. As
; soon as the guest's IF allows it, and no shadow of STI or MOV SS is in the way, the processor delivers it
; through the guest's IDT and clears V_IRQ.
give_ticks:
        cmp dword [rel ticks], 0
        je .done
        test dword [VMCB.VIRTUAL_INTERRUPT], V_IRQ
        jnz .done
        dec dword [rel ticks]
        mov dword [VMCB.V_INTR_VECTOR], TIMER
        or dword [VMCB.VIRTUAL_INTERRUPT], V_IRQ
.done:  ret

        align 16
host_idt:       times TIMER dq 0, 0 ; no exceptions: we make no mistakes
                dw host_timer, CODE64, 0x8e00, 0, 0, 0, 0, 0
host_idt_pointer:
                dw host_idt_pointer - host_idt - 1
                dq host_idt
        align 4
ticks:          dd 0                ; those that the guest has not had yet
