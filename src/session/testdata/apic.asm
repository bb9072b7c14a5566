; Interrupts through the local APIC: its timer, an interrupt to itself, the PIT through the I/O APIC,
; the 8259 pair through LINT0, and what the task priority holds back.
        org 0x7c00
        bits 16
APIC    equ 0xfee00000
IOAPIC  equ 0xfec00000

start:  cli
        xor ax, ax
        mov ds, ax
        mov ss, ax
        mov sp, 0x7c00
        lgdt [gdtr]
        mov eax, cr0
        or al, 1
        mov cr0, eax
        jmp 8:entry

        bits 32
entry:  mov ax, 0x10
        mov ds, ax
        mov es, ax
        mov ss, ax
        mov esp, 0x7c00
        mov edi, idt                ; every gate leads to its own number
        mov ecx, 0x60
        mov eax, stubs
.gate:  mov [edi], ax
        mov word [edi + 2], 8
        mov word [edi + 4], 0x8e00
        mov word [edi + 6], 0
        add edi, 8
        add eax, 8
        loop .gate
        lidt [idtr]

        mov eax, [APIC + 0x30]      ; version
        call dwordout
        mov eax, [APIC + 0xf0]
        call dwordout

        ; the timer, once
        mov dword [APIC + 0x3e0], 0xb
        mov dword [APIC + 0x320], 0x40
        mov dword [APIC + 0x380], 1000
        sti
        hlt
        cli
        call seen
        ; three times
        mov dword [APIC + 0x320], 0x20041
        mov dword [APIC + 0x380], 2000
        sti
        hlt
        hlt
        hlt
        cli
        mov dword [APIC + 0x380], 0
        call seen
        ; to itself, held back by the task priority
        mov dword [APIC + 0x80], 0x50
        mov dword [APIC + 0x310], 0
        mov dword [APIC + 0x300], 0x42
        sti
        nop
        nop
        cli
        call seen                   ; nothing
        mov dword [APIC + 0x80], 0
        sti
        nop
        nop
        cli
        call seen
        ; the PIT through input 2 of the I/O APIC
        mov dword [IOAPIC], 0x15
        mov dword [IOAPIC + 0x10], 0
        mov dword [IOAPIC], 0x14
        mov dword [IOAPIC + 0x10], 0x43
        mov al, 0x30
        out 0x43, al
        mov al, 0x20
        out 0x40, al
        mov al, 0
        out 0x40, al
        sti
        hlt
        cli
        call seen
        mov dword [IOAPIC + 0x10], 0x10043
        ; the PIT through the 8259 and LINT0
        mov al, 0x11
        out 0x20, al
        mov al, 0x50
        out 0x21, al
        mov al, 4
        out 0x21, al
        mov al, 1
        out 0x21, al
        mov al, 0xfe
        out 0x21, al
        mov al, 0x30
        out 0x43, al
        mov al, 0x20
        out 0x40, al
        mov al, 0
        out 0x40, al
        sti
        hlt
        cli
        call seen
        mov al, 1
        out 0xf4, al
        hlt

stubs:
%assign n 0
%rep 0x60
        push dword n
        jmp near arrived
        align 8
%assign n n + 1
%endrep
arrived: push eax
        mov eax, [esp + 4]
        inc byte [count]
        mov [last], al
        cmp eax, 0x50
        je .pic
        mov dword [APIC + 0xb0], 0
        jmp .done
.pic:   mov al, 0x20
        out 0x20, al
.done:  pop eax
        add esp, 4
        iret

seen:   mov al, [last]
        call byteout
        mov al, [count]
        call byteout
        mov byte [count], 0
        mov byte [last], 0
        mov al, 10
        jmp charout
dwordout:
        push eax
        shr eax, 16
        call wordout
        pop eax
wordout:
        push eax
        shr eax, 8
        call byteout
        pop eax
byteout:
        push eax
        shr al, 4
        call digit
        pop eax
        push eax
        call digit
        mov al, ' '
        call charout
        pop eax
        ret
digit:  and al, 15
        add al, '0'
        cmp al, '9'
        jbe charout
        add al, 7
charout:
        push edx
        mov dx, 0x3f8
        out dx, al
        pop edx
        ret
last:   db 0
count:  db 0
        align 8
gdt:    dq 0, 0x00cf9b000000ffff, 0x00cf93000000ffff
gdt_end:
gdtr:   dw gdt_end - gdt - 1
        dd gdt
idtr:   dw 0x60 * 8 - 1
        dd idt
        absolute 0x9000
idt:    resq 0x60
