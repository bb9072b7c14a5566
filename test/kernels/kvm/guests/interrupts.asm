; interrupts.asm: KVM's own interrupt controllers and timers: 8254 by way of the 8259As, local APIC in both modes.
%include "guest.inc"
%include "long.inc"
APIC    equ 0xfee00000

; until COUNT, TEXT: sleeps until so many interrupts of a kind have come.
%macro until 2
%%again:
        cli
        cmp dword [%1], %2
        jae %%come
        sti
        hlt
        jmp %%again
%%come:
%endmacro

bits 64
main:   lidt [idt_pointer]
        gate 0x20, timer
        gate 0x24, line
        gate 0x31, apic_timer
        gate 0x32, message
        gate 0x33, own
        call old_controllers
        call local_apic
        call x2apic
        done

old_controllers:
        mov al, 0x11            ; ICW1 to ICW4: vectors from 20H
        out 0x20, al
        mov al, 0x20
        out 0x21, al
        mov al, 4
        out 0x21, al
        mov al, 1
        out 0x21, al
        mov al, 0xee            ; IRQ 0 and IRQ 4
        out 0x21, al
        mov al, 0x34            ; channel 0, mode 2: every 1193 periods of 838 ns
        out 0x43, al
        mov al, 0xa9
        out 0x40, al
        mov al, 4
        out 0x40, al
        until ticks, 3
        say `three ticks of the 8254\n`
        mov al, 0xef
        out 0x21, al
        mov dx, ASK             ; the client raises IRQ 4
        out dx, al
        until lines, 1
        say `IRQ 4\n`
        ret

local_apic:
        gate 0xff, spurious
        mov rbx, APIC
        mov eax, [rbx + 0x30]
        tell `version of the local APIC: `, rax
        mov dword [rbx + 0xf0], 0x1ff
        mov dword [rbx + 0x3e0], 0xb            ; by 1
        mov dword [rbx + 0x320], 0x31           ; one shot
        mov dword [rbx + 0x380], 100000
        until apic_ticks, 1
        say `timer of the local APIC\n`
        mov dword [rbx + 0x310], 0
        mov dword [rbx + 0x300], 0x40033        ; to itself
        until owns, 1
        say `interrupt to itself\n`
        mov dword [rbx + 0x80], 0x40            ; TPR: class 3 waits
        mov dword [rbx + 0x300], 0x40033
        sti
        nop
        nop
        cli
        tell `held by the TPR: `, qword [owns]
        xor eax, eax
        mov cr8, rax
        until owns, 2
        say `delivered after MOV to CR8\n`
        mov dx, ASK                             ; the client sends a message
        out dx, al
        until messages, 1
        say `message of the client\n`
        ret

x2apic: mov ecx, 0x1b
        rdmsr
        or eax, 0x400
        wrmsr
        rdmsr
        tell `IA32_APIC_BASE: `, rax
        mov ecx, 0x802
        rdmsr
        tell `APIC ID: `, rax
        mov ecx, 0x83f                          ; SELF IPI
        mov eax, 0x33
        xor edx, edx
        wrmsr
        until owns, 3
        say `interrupt to itself, x2APIC\n`
        mov ecx, 0x832                          ; LVT timer: TSC deadline
        mov eax, 0x40031
        xor edx, edx
        wrmsr
        rdtsc
        add eax, 200000
        adc edx, 0
        mov ecx, 0x6e0
        wrmsr
        until apic_ticks, 2
        say `TSC deadline\n`
        ret

timer:  inc dword [ticks]
        jmp old_end
line:   inc dword [lines]
old_end:
        push rax
        mov al, 0x20
        out 0x20, al
        pop rax
        iretq
apic_timer:
        inc dword [apic_ticks]
        jmp apic_end
message:
        inc dword [messages]
        jmp apic_end
own:    inc dword [owns]
apic_end:
        push rax
        push rcx
        push rdx
        mov ecx, 0x1b
        rdmsr
        test ah, 4
        jnz .x2apic
        mov eax, APIC
        mov dword [rax + 0xb0], 0
        jmp .end
.x2apic:
        mov ecx, 0x80b
        xor eax, eax
        xor edx, edx
        wrmsr
.end:   pop rdx
        pop rcx
        pop rax
spurious:
        iretq

align 8
ticks:  dq 0
lines:  dq 0
apic_ticks: dq 0
messages: dq 0
owns:   dq 0
