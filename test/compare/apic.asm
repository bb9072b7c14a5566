; apic: the local APIC in memory: its registers and their widths, the timer once and periodically, divided,
; masked, as an interrupt in real mode; priorities and EOI; an interrupt to itself; errors. And the I/O APIC:
; its registers, and the PIT through it.
%include "report.inc.asm"
%include "ports.inc.asm"

APIC    equ 0xfee00000
IOAPIC  equ 0xfec00000

%macro SHOWREG 2
        PEEK APIC + %1
        SHOW32 eax, %2
%endmacro
%macro IOREG 2
        POKE IOAPIC, %1
        PEEK IOAPIC + 0x10
        SHOW32 eax, %2
%endmacro

main:   cli
        mov al, 0xff
        out 0x21, al
        out 0xa1, al
        mov word [0x50 * 4], handler
        mov word [0x50 * 4 + 2], 0
        mov word [0x60 * 4], handler
        mov word [0x60 * 4 + 2], 0
        SHOWREG 0x20, "ID"
        PEEK APIC + 0x30
        and eax, 0xff
        SHOW32 eax, "version"
        POKE APIC + 0xf0, 0x1ff
        SHOWREG 0xf0, "SVR"
        SHOWREG 0x80, "TPR"
        SHOWREG 0xd0, "LDR"
        SHOWREG 0xe0, "DFR"
        SHOWREG 0x350, "LINT0"
        SHOWREG 0x360, "LINT1"
        SHOWREG 0x370, "error"
        ; the timer, masked, runs down and stops
        POKE APIC + 0x3e0, 0x0b
        SHOWREG 0x3e0, "divide"
        POKE APIC + 0x320, 0x10050
        POKE APIC + 0x380, 1000
        call long
        SHOWREG 0x390, "at its end"
        SHOWREG 0x380, "initial"
        SHOWREG 0x220, "nothing requested"
        ; not masked: requested while interrupts are off
        POKE APIC + 0x320, 0x50
        POKE APIC + 0x380, 1000
        call long
        SHOWREG 0x220, "IRR 40-5f"
        sti
        nop
        nop
        cli
        SHOW [count], "interrupts"
        SHOWREG 0x220, "IRR afterwards"
        SHOWREG 0x120, "ISR"
        SHOWREG 0xa0, "PPR"
        ; a lower or the same class waits
        POKE APIC + 0x380, 1000
        call long
        sti
        nop
        nop
        cli
        SHOW [count], "held by ISR"
        POKE APIC + 0xb0, 0
        sti
        nop
        nop
        cli
        SHOW [count], "after EOI"
        POKE APIC + 0xb0, 0
        ; TPR holds, too
        POKE APIC + 0x80, 0x50
        POKE APIC + 0x380, 1000
        call long
        sti
        nop
        nop
        cli
        SHOW [count], "held by TPR"
        SHOWREG 0xa0, "PPR"
        POKE APIC + 0x80, 0
        sti
        nop
        nop
        cli
        SHOW [count], "TPR 0"
        POKE APIC + 0xb0, 0
        ; periodic
        POKE APIC + 0x320, 0x20050
        POKE APIC + 0x380, 2000
        mov word [count], 0
        mov byte [eoi], 1
        sti
        call long
        cli
        POKE APIC + 0x320, 0x10050
        POKE APIC + 0x380, 0
        cmp word [count], 3
        jae .many
        SAY "not periodic"
.many:  SHOWREG 0x390, "stopped"
        POKE APIC + 0xb0, 0
        ; to itself
        mov word [count], 0
        POKE APIC + 0x300, 0x40060
        SHOWREG 0x230, "IRR 60-7f"
        sti
        nop
        nop
        cli
        SHOW [count], "to itself"
        SHOWREG 0x300, "ICR"
        ; the I/O APIC
        IOREG 0, "I/O APIC: ID"
        IOREG 1, "version"
        IOREG 0x10, "entry 0, low"
        POKE IOAPIC, 0x12
        POKE IOAPIC + 0x10, 0xffffffff
        IOREG 0x12, "entry 1 written"
        POKE IOAPIC, 0x14           ; the PIT is at input 2
        POKE IOAPIC + 0x10, 0x60
        POKE IOAPIC, 0x15
        POKE IOAPIC + 0x10, 0
        OUT8 0x43, 0x34
        OUT8 0x40, 0xa9
        OUT8 0x40, 0x04
        mov word [count], 0
        sti
        mov ecx, 300000
.pit:   in al, 0x61
        a32 loop .pit
        cli
        POKE IOAPIC, 0x14
        POKE IOAPIC + 0x10, 0x10060
        cmp word [count], 1
        jae .came
        SAY "no interrupt of the PIT"
.came:  IOREG 0x14, "entry 2"
        FINISH
long:   mov ecx, 20000
.next:  in al, 0x61
        a32 loop .next
        ret
handler:
        inc word [cs:count]
        cmp byte [cs:eoi], 0
        je .kept
        push eax
        push ebx
        xor eax, eax
        mov ebx, APIC + 0xb0
        call poke
        pop ebx
        pop eax
.kept:  iret
count:  dw 0
eoi:    db 0
