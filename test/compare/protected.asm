; protected: INT 15h, AH = 89h: what it leaves in registers, descriptors and interrupt controllers, and
; that interrupts come by the vectors that were asked for.
%include "report.inc.asm"

IRQ0    equ 0x50
IRQ8    equ 0x68

%macro DESCRIPTOR 3                 ; base, limit, access rights
        dw %2, %1
        db 0, %3, 0, 0
%endmacro

main:   cli
        mov si, .without
        call switch
        sti
        mov si, .with
        call switch
        FINISH
.without: db "interrupts off", 0
.with:  db "interrupts on", 0

; DS:SI -> what to say. Comes back in real mode.
switch: call print
        call newline
        pushf
        mov ax, 0x2400              ; A20 off
        int 0x15
        xor eax, eax
        mov [gdt + 0x38], eax
        mov [gdt + 0x3c], eax
        mov es, ax
        call known
        mov ax, 0x89a4
        mov bx, IRQ8 << 8 | IRQ0
        mov si, gdt
        mov di, sp
        popf
        mov [flags], sp             ; (CF is not told: the stack is what it was)
        int 0x15
        cli
        mov [ss:registers], eax     ; SS has the stack's segment, whose base is 0, too
        mov [ss:registers + 4], ebx
        mov [ss:registers + 8], ecx
        mov [ss:registers + 12], edx
        mov [ss:registers + 16], esi
        mov [ss:registers + 20], edi
        mov [ss:registers + 24], ebp
        mov [ss:registers + 28], sp
        mov [ss:registers + 30], cs
        mov [ss:registers + 32], ds
        mov [ss:registers + 34], es
        mov [ss:registers + 36], ss
        mov [ss:registers + 38], fs
        mov [ss:registers + 40], gs
        smsw [ss:registers + 42]
        sgdt [ss:registers + 44]
        sidt [ss:registers + 50]
        in al, 0x21
        mov [ss:registers + 56], al
        in al, 0xa1
        mov [ss:registers + 57], al
        in al, 0x92
        mov [ss:registers + 58], al

        mov byte [came], 0
        mov al, ~1 & 0xff           ; the timer
        out 0x21, al
        sti
.timer: hlt
        cmp byte [came], IRQ0
        jne .timer
        cli
        mov al, ~4 & 0xff           ; the clock
        out 0x21, al
        mov al, ~1 & 0xff
        out 0xa1, al
        mov al, 0x0b
        out 0x70, al
        mov al, 0x42
        out 0x71, al
        sti
.clock: hlt
        cmp byte [came], IRQ8
        jne .clock
        cli
        mov al, 0x0b
        out 0x70, al
        mov al, 2
        out 0x71, al

        lidt [real_idt]
        mov eax, cr0
        and al, ~1 & 0xff
        mov cr0, eax
        jmp 0:.real
.real:  xor ax, ax
        mov ds, ax
        mov es, ax
        mov ss, ax
        mov al, 0x11
        out 0x20, al
        out 0xa0, al
        mov al, 8
        out 0x21, al
        mov al, 0x70
        out 0xa1, al
        mov al, 4
        out 0x21, al
        mov al, 2
        out 0xa1, al
        mov al, 1
        out 0x21, al
        out 0xa1, al
        mov al, 0xb8
        out 0x21, al
        mov al, 0x8e
        out 0xa1, al
        DUMP 0, registers, 59, "left"
        DUMP 0, gdt, 64, "descriptors"
        ret

timer:  mov byte [ss:came], IRQ0
        push ax
        mov al, 0x20
        out 0x20, al
        pop ax
        iret
clock:  push ax
        mov byte [ss:came], IRQ8
        mov al, 0x0c
        out 0x70, al
        in al, 0x71
        mov al, 0x20
        out 0xa0, al
        out 0x20, al
        pop ax
        iret

flags:  dw 0
came:   db 0
registers: times 64 db 0
real_idt: dw 0x3ff
        dd 0
        align 8
gdt:    dq 0
        DESCRIPTOR gdt, 0x3f, 0
        DESCRIPTOR idt, (IRQ8 + 8) * 8 - 1, 0
        DESCRIPTOR 0, 0xffff, 0x93
        DESCRIPTOR 0, 0xffff, 0x93
        DESCRIPTOR 0, 0xffff, 0x93
        DESCRIPTOR 0, 0xffff, 0x9b
        dq 0
idt:    times IRQ0 dq 0
        dw timer, 0x30, 0x8600, 0
        times IRQ8 - IRQ0 - 1 dq 0
        dw clock, 0x30, 0x8600, 0
        times 7 dq 0
        times 12 * 512 - ($ - $$) db 0
