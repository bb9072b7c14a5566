; The guest: a small kernel that believes to have a computer. It begins in real mode at physical 1000h, which
; is somewhere else in the computer's memory: what stands here was copied there.

GUEST_CODE      equ 0x08
GUEST_DATA      equ 0x10
GUEST_STACK     equ 0x8000
FRESH_STACK     equ 0x18000         ; in a page that nobody has touched before an interrupt pushes there
FAR_AWAY        equ 0x30000
TICKS_TO_SEE    equ 3

section guest vstart=GUEST_ENTRY follows=.text align=16
        bits 16
guest:
        cli
        lgdt [guest_gdt_pointer]
        lidt [guest_idt_pointer]
        mov eax, cr0
        or al, CR0_PE
        mov cr0, eax                ; no exit: CR0 is the guest's own, all of it
        jmp GUEST_CODE:guest_protected

        bits 32
guest_protected:
        mov ax, GUEST_DATA
        mov ds, ax
        mov es, ax
        mov ss, ax
        mov esp, GUEST_STACK
        mov esi, guest_hello
        call guest_print            ; EXIT 400h, NPF: the call pushes to a page without a frame

        mov eax, 0x40000000         ; who is below me?
        cpuid                       ; EXIT 72h
        mov [signature_found], ebx
        mov [signature_found + 4], ecx
        mov [signature_found + 8], edx
        mov esi, guest_under
        call guest_print

        ; EFER as the hypervisor shows it, and an MSR that it does not show.
        mov ecx, EFER
        rdmsr                       ; EXIT 7Ch, MSR
        test eax, EFER_SVME
        jnz .vm_cr
        or eax, EFER_SCE
        wrmsr                       ; EXIT 7Ch
        rdmsr                       ; EXIT 7Ch
        cmp eax, EFER_SCE
        jne .vm_cr
        mov esi, guest_efer
        call guest_print
.vm_cr: mov ecx, VM_CR
        rdmsr                       ; EXIT 7Ch: and the next VMRUN injects #GP

        mov dword [FAR_AWAY], 1     ; EXIT 400h
        mov esi, guest_touched
        call guest_print

        ; Until its timer has come some times, there is nothing to do.
        mov esp, FRESH_STACK
        sti
.wait:  hlt                         ; EXIT 78h: the hypervisor sleeps
        cmp dword [guest_ticks], TICKS_TO_SEE
        jb .wait

        ; With IF = 0 no tick can be delivered. One that comes meanwhile (EXIT 60h, INTR) waits for STI.
        cli
        mov esi, guest_busy
        call guest_print
        mov ecx, 150000             ; a tick and a half
        loop $
        mov esi, guest_free
        call guest_print
        sti
        nop                         ; STI takes effect behind this one: here is the tick, without an exit
        nop
        cli

        xor eax, eax                ; hypercall 0: how often have I been away?
        vmmcall                     ; EXIT 81h
        cmp eax, 100
        jb .few
        mov esi, guest_often
        call guest_print
.few:   mov eax, 1                  ; hypercall 1: the end
        vmmcall

; The handler of the timer's interrupt. There is no interrupt controller to tell: the hypervisor has done that.
guest_timer:
        push esi
        inc dword [guest_ticks]
        mov esi, guest_tick
        call guest_print
        pop esi
        iret

; #GP: RDMSR of an MSR that does not exist. Goes on behind the instruction.
guest_protection:
        push esi
        mov esi, guest_no_msr
        call guest_print
        pop esi
        add esp, 4                  ; the error code
        add dword [esp], 2          ; the bytes of RDMSR
        iret

; Prints the zero-terminated text at ESI.
guest_print:
        push eax
        push edx
        mov dx, COM1
.next:  lodsb
        test al, al
        jz .done
        out dx, al                  ; EXIT 7Bh, IOIO
        jmp .next
.done:  pop edx
        pop eax
        ret

guest_hello:    db `guest: in protected mode\n`, 0
guest_under:    db `guest: under `
signature_found: times 12 db '?'
                db `\n`, 0
guest_efer:     db `guest: EFER keeps what I write, and has no SVME\n`, 0
guest_no_msr:   db `guest: there is no VM_CR\n`, 0
guest_touched:  db `guest: has touched a page far away\n`, 0
guest_tick:     db `guest: tick\n`, 0
guest_busy:     db `guest: does not take interrupts now\n`, 0
guest_free:     db `guest: takes them again\n`, 0
guest_often:    db `guest: has been away more than 100 times\n`, 0

        align 8
guest_ticks:    dd 0, 0
guest_gdt:      dq 0
                dq 0x00cf9a000000ffff
                dq 0x00cf92000000ffff
guest_gdt_pointer:
                dw guest_gdt_pointer - guest_gdt - 1
                dd guest_gdt
        align 8
guest_idt:      times 13 dq 0
                dw guest_protection, GUEST_CODE, 0x8e00, 0
                times TIMER - 14 dq 0
                dw guest_timer, GUEST_CODE, 0x8e00, 0
guest_idt_pointer:
                dw guest_idt_pointer - guest_idt - 1
                dd guest_idt
guest_end:

GUEST_PAGES     equ (guest_end - guest + 4095) / 4096
