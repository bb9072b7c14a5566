; two.asm: two processors: one starts the other, they count together, and throw an interrupt to and fro.
%include "guest.inc"
bits 16
        xor ax, ax
        mov ds, ax
        jmp 0:enter_long_mode
%include "long.inc"
APIC    equ 0xfee00000
ROUNDS  equ 20

bits 64
main:   mov ebx, APIC
        mov eax, [rbx + 0x20]
        shr eax, 24
        jnz other
        lidt [idt_pointer]
        gate 0x40, ball
        mov dword [rbx + 0xf0], 0x1ff
        mov dword [rbx + 0x310], 1 << 24
        mov dword [rbx + 0x300], 0x4500         ; INIT
        mov dword [rbx + 0x300], 0x4601         ; start-up at 1000H
.wait:  pause
        cmp dword [ready], 0
        je .wait
        say `the other one is there\n`
        call count
.both:  pause
        cmp dword [counted], 2
        jne .both
        tell `counted: `, qword [sum]
        mov dword [rbx + 0x300], 0x4040
.game:  cli
        cmp dword [caught], ROUNDS
        jae .over
        sti
        hlt
        jmp .game
.over:  tell `caught by the first: `, qword [caught]
        tell `and by the other: `, qword [caught + 8]
        done

other:  mov rsp, 0x7000
        lidt [idt_pointer]
        mov dword [rbx + 0xf0], 0x1ff
        mov dword [rbx + 0x310], 0
        mov dword [ready], 1
        call count
        sti
.sleep: hlt
        jmp .sleep

count:  mov ecx, 5000
.next:  lock inc dword [sum]
        loop .next
        lock inc dword [counted]
        ret

; Interrupt 40H: caught, counted, and thrown back.
ball:   mov eax, [rbx + 0x20]
        shr eax, 24
        inc dword [caught + rax * 8]
        mov dword [rbx + 0xb0], 0
        test eax, eax
        jnz .throw
        cmp dword [caught], ROUNDS
        jae .keep
.throw: mov dword [rbx + 0x300], 0x4040
.keep:  iretq

align 8
ready:  dq 0
sum:    dq 0
counted: dq 0
caught: dq 0, 0
