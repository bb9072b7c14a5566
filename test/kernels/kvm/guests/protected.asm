; protected.asm: 32-bit protected mode: pages of 4 KBytes, PAE, a task switch, virtual-8086 mode.
%include "guest.inc"
CODE    equ 8
DATA    equ 16
TASK_A  equ 24
TASK_B  equ 32

bits 16
        cli
        xor ax, ax
        mov ds, ax
        lgdt [gdt.pointer]
        mov eax, cr0
        or al, 1
        mov cr0, eax
        jmp CODE:main
bits 32
main:   mov ax, DATA
        mov ds, ax
        mov es, ax
        mov fs, ax
        mov gs, ax
        mov ss, ax
        mov esp, 0x8000
        say `protected mode\n`
        call pages
        mov ax, TASK_A
        ltr ax
        mov dword [task_a + 28], 0x10000
        mov dword [task_b + 28], 0x10000
        call TASK_B:0
        say `back in the first task\n`
        call TASK_B:0
        pushfd
        pop eax
        and eax, 0x4000
        tell `nested task: `, eax
        call virtual8086
        call pae
        done

; Two directories: what is written under one is seen elsewhere under the other.
pages:  mov edi, 0x11000
        mov eax, 7
.fill:  stosd
        add eax, 0x1000
        cmp eax, 0x400000
        jb .fill
        mov dword [0x10000], 0x11007
        mov dword [0x12000], 0x13007
        mov esi, 0x11000
        mov edi, 0x13000
        mov ecx, 1024
        rep movsd
        mov dword [0x13000 + 4 * 0x40], 0x41007
        mov dword [0x40000], 0xaaaa
        mov dword [0x41000], 0xbbbb
        mov eax, 0x10000
        mov cr3, eax
        mov eax, cr0
        or eax, 0x80000000
        mov cr0, eax
        tell `first directory: `, dword [0x40000]
        mov eax, 0x12000
        mov cr3, eax
        tell `second directory: `, dword [0x40000]
        mov eax, 0x10000
        mov cr3, eax
        tell `first directory: `, dword [0x40000]
        mov eax, [0x12000 + 0x1000 + 4 * 0x40]
        tell `entry of the second: `, eax
        ret

; The other task says so and returns; its IRET is what it goes on behind when it is called again.
second: say `in the second task\n`
        iret
        say `in it once more\n`
        iret
        ud2

; Virtual-8086 mode, by an IRET whose image of EFLAGS has VM; its INT comes to a gate of ring 0.
virtual8086:
        mov word [0x9000 + 8 * 0x21], from8086
        mov word [0x9002 + 8 * 0x21], CODE
        mov word [0x9004 + 8 * 0x21], 0xee00
        mov word [0x9006 + 8 * 0x21], 0
        lidt [idt_pointer]
        mov [stack], esp
        mov dword [task_a + 4], 0x7000
        mov dword [task_a + 8], DATA
        xor eax, eax
        push eax                ; GS, FS, DS, ES, SS, ESP
        push eax
        push eax
        push eax
        push eax
        push 0x6000
        push 0x23002            ; VM, IOPL 3
        push 0x100              ; CS
        push code8086 - 0x1000
        iret
bits 16
code8086:
        mov ax, cs
        shl eax, 16
        mov ax, sp
        int 0x21
bits 32
from8086:
        mov bx, DATA
        mov ds, bx
        mov es, bx
        tell `virtual-8086 mode, CS and SP: `, eax
        mov eax, [esp + 8]
        shr eax, 17
        and eax, 1
        tell `VM in its flags: `, eax
        mov esp, [stack]
        ret

; Paging off, and on again with PAE: four PDPTEs, which the processor loads with CR3.
pae:    mov eax, cr0
        and eax, 0x7fffffff
        mov cr0, eax
        mov dword [0x14000], 0x15001
        mov dword [0x14018], 0x15001
        mov dword [0x15000], 0x83
        mov eax, cr4
        or al, 0x20
        mov cr4, eax
        mov eax, 0x14000
        mov cr3, eax
        mov eax, cr0
        or eax, 0x80000000
        mov cr0, eax
        tell `PAE: `, dword [0xc0040000]
        ret

align 8
gdt:    dq 0
        dq 0x00cf9b000000ffff
        dq 0x00cf93000000ffff
        dw 103, task_a
        dd 0x00008900
        dw 103, task_b
        dd 0x00008900
.pointer:
        dw $ - gdt - 1
        dd gdt
idt_pointer:
        dw 0x7ff
        dd 0x9000
stack:  dd 0
task_a: times 104 db 0
task_b: dd 0
        times 6 dd 0
        dd 0                    ; CR3
        dd second, 2            ; EIP, EFLAGS
        dd 0, 0, 0, 0, 0x5000, 0, 0, 0
        dd DATA, CODE, DATA, DATA, DATA, DATA
        dd 0
        dw 0, 104
