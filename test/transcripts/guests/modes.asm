; Real mode, protected mode, long mode; then one of each VM exit of a 64-bit kernel.
bits 16
org 0x7c00

start:
    cli
    lgdt [gdt_pointer]
    mov eax, cr0
    or al, 1
    mov cr0, eax            ; 10: MOV to CR0
    jmp 8:protected         ; 11

bits 32
protected:
    mov ax, 0x10
    mov ds, ax
    mov ss, ax
    mov es, ax
    mov esp, 0x7c00
    mov eax, cr4
    or eax, 0x20
    mov cr4, eax            ; 22
    mov edi, 0x10000
    xor eax, eax
    mov ecx, 0x3000 / 4
    rep stosd               ; 26
    mov dword [0x10000], 0x11003
    mov dword [0x11000], 0x12003
    mov dword [0x12000], 0x83
    mov dword [0x12008], 0x40000083     ; 2 MBytes to 4 MBytes: no RAM there
    mov eax, 0x10000
    mov cr3, eax            ; 32: MOV to CR3
    mov ecx, 0xc0000080
    rdmsr                   ; 34
    or eax, 0x100
    wrmsr                   ; 36
    mov eax, cr0
    or eax, 0x80000000
    mov cr0, eax            ; 39
    jmp 0x18:long_mode      ; 40

bits 64
long_mode:
    mov rax, cr3            ; 44: MOV from CR3
    invlpg [0x5000]         ; 45
    mov eax, 1
    cpuid                   ; 47
    mov dx, 0x3f8
    mov al, 'L'
    out dx, al              ; 50
    in al, dx               ; 51
    mov rax, [0x200000]     ; 52: EPT violation
    mov eax, 1
    mov ebx, '!'
    vmcall                  ; 55
    call outer              ; 56
    mov byte [0x7fff], 9    ; 57
    mov al, 3
    out 0xf4, al            ; 59: the exit device

outer:
    call inner
    ret

inner:
    nop
    ret

runaway:
    call runaway            ; 70

align 8
gdt: dq 0, 0x00cf9b000000ffff, 0x00cf93000000ffff, 0x00af9b000000ffff
gdt_pointer:
    dw $ - gdt - 1
    dd gdt
