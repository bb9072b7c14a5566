; 6. A timer for the guest (SDM 3C 27.6, 25.6.2)
;
; The computer's timer belongs to the hypervisor: its interrupt is a VM exit, whatever the guest's IF. The
; guest gets a tick of its own by event injection: the VM entry delivers an interrupt through the guest's IDT,
; as if a device had asked for it. Where the guest cannot take it, "interrupt-window exiting" tells the moment.

PIT_RATE        equ 1193            ; 1000 times a second

; IRQ 0 with vector TIMER, and nothing else.
start_timer:
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
        ret

; An interrupt while the guest runs. "Acknowledge interrupt on exit" has taken the vector from the 8259.
handle_interrupt:
        get rax, EXIT_INTERRUPTION
        cmp al, TIMER
        jne unknown_exit
        mov al, 0x20                ; end of interrupt: to the 8259 we are its handler
        out 0x20, al
        inc dword [rel ticks]
        ret

; The guest can take interrupts now. Asking for that has served its purpose.
handle_window:
        get rax, PRIMARY_CONTROLS
        and eax, ~PRIMARY_INTERRUPT_WINDOW
        mov ebx, eax
        put PRIMARY_CONTROLS, rbx
        ret

; Before each VM entry: a tick that waits is injected, or waits for the interrupt window.
give_ticks:
        cmp dword [rel ticks], 0
        je .done
        get rax, ENTRY_INTERRUPTION
        test eax, VALID             ; an event is on its way already
        jnz .later
        get rax, GUEST_RFLAGS
        test eax, RFLAGS_IF
        jz .later
        get rax, GUEST_INTERRUPTIBILITY
        test eax, BLOCKED_BY_STI_OR_SS
        jnz .later
        dec dword [rel ticks]
        put ENTRY_INTERRUPTION, VALID | TIMER ; bits 10:8 are 0: an external interrupt
.done:  ret
.later: get rax, PRIMARY_CONTROLS
        or eax, PRIMARY_INTERRUPT_WINDOW
        mov ebx, eax
        put PRIMARY_CONTROLS, rbx
        ret

        align 4
ticks:          dd 0                ; those that the guest has not had yet
