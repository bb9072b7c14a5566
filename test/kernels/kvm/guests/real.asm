; real.asm: a guest that stays in real mode: strings to ports, interrupts by the vector table, HLT.
%include "guest.inc"
bits 16
        xor ax, ax
        mov ds, ax
        mov es, ax
        mov ss, ax
        mov sp, 0x1000
        say `real mode\n`
        mov word [4 * 0x21], service
        mov word [4 * 0x21 + 2], 0
        int 0x21
        mov word [4 * 0], divided
        mov word [4 * 0 + 2], 0
        xor cx, cx
        mov ax, 1
        div cx
        mov ecx, 3
        mov edi, 0x3000
        mov dx, COUNTER
        rep insb
        tell `three bytes from a port: `, dword [0x3000]
        xor eax, eax
        cpuid
        mov [0x3000], ebx
        mov [0x3004], edx
        mov [0x3008], ecx
        mov word [0x300c], `\n`
        mov esi, 0x3000
        mov ecx, 13
        mov dx, SAY
        rep outsb
        pushfd
        pop eax
        and eax, 0x200
        tell `interrupts enabled: `, eax
        hlt
        say `on after HLT\n`
        call high
        done

service:
        say `INT 21H\n`
        iret
divided:
        say `divide error\n`
        add word [esp], 2
        iret

; Segments keep limits of protected mode (“unreal mode”): 4 bytes above 1 MByte.
high:   lgdt [gdt.pointer]
        mov eax, cr0
        or al, 1
        mov cr0, eax
        mov bx, 8
        mov gs, bx
        and al, 0xfe
        mov cr0, eax
        mov edi, 0x180000
        mov dword [gs:edi], 0x12345678
        tell `beyond 1 MByte: `, dword [gs:edi]
        ret
align 8
gdt:    dq 0, 0x00cf93000000ffff
.pointer:
        dw 15
        dd gdt
