; The x87 unit and SSE in real mode, then AVX in long mode.
bits 16
org 0x7c00

start:
    cli
    fninit
    fldpi
    fld1
    fldz
    fdivp                   ; 11: 1 / 0, masked
    mov eax, cr4
    or eax, 0x200
    mov cr4, eax            ; OSFXSR
    movups xmm0, [floats]
    movq mm5, [floats]      ; 16: MMX begins
    emms
    lgdt [gdt_pointer]
    mov eax, cr0
    or al, 1
    mov cr0, eax
    jmp 8:protected

bits 32
protected:
    mov ax, 0x10
    mov ds, ax
    mov ss, ax
    mov es, ax
    mov esp, 0x7c00
    mov edi, 0x10000
    xor eax, eax
    mov ecx, 0x3000 / 4
    rep stosd
    mov dword [0x10000], 0x11003
    mov dword [0x11000], 0x12003
    mov dword [0x12000], 0x83
    mov eax, 0x10000
    mov cr3, eax
    mov eax, cr4
    or eax, 0x40020         ; OSXSAVE, PAE
    mov cr4, eax
    mov ecx, 0xc0000080
    rdmsr
    or eax, 0x100
    wrmsr
    mov eax, cr0
    or eax, 0x80000000
    mov cr0, eax
    jmp 0x18:long_mode

bits 64
long_mode:
    xor ecx, ecx
    xor edx, edx
    mov eax, 7
    xsetbv
    vzeroupper              ; AVX is there at once
    xor ecx, ecx
    vmovups ymm9, [floats]
    vaddps ymm10, ymm9, ymm9
    mulss xmm0, [floats]    ; 62
    mov al, 3
    out 0xf4, al

align 8
floats: dd 1.5, -2.0, 0.1, 3.0e38, 1.0, 2.0, 3.0, 4.0
gdt: dq 0, 0x00cf9b000000ffff, 0x00cf93000000ffff, 0x00af9b000000ffff
gdt_pointer:
    dw $ - gdt - 1
    dd gdt
