; window.asm: interrupts and NMIs that the client injects, when the guest can take them.
%include "guest.inc"
%include "long.inc"
bits 64
main:   lidt [idt_pointer]
        gate 2, nmi
        gate 0x40, interrupt
        mov dx, ASK             ; the client wants to inject 40H, and cannot yet
        out dx, al
        mov ecx, 1000
.wait:  loop .wait
        say `before STI\n`
        sti
        nop
        nop
        cli
        say `after STI\n`
        mov dx, ASK             ; NMI
        mov al, 1
        out dx, al
        nop
        say `after the NMI\n`
        done
interrupt:
        say `interrupt 40H\n`
        iretq
nmi:    say `NMI\n`
        cmp byte [again], 0
        jne .second
        inc byte [again]
        mov dx, ASK             ; another one, which waits for IRET
        mov al, 1
        out dx, al
        say `still in the handler\n`
.second:
        iretq
again:  db 0
