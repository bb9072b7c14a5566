; realistic kernel
org 0x7c00
bits 16
%define COM1 0x3f8
%macro outb 2
    mov dx, %1
    mov al, %2
    out dx, al
%endmacro
start:
    cli
    xor ax, ax
    mov ds, ax
    mov es, ax
    mov ss, ax
    mov sp, 0x7c00
    in al, 0x92
    or al, 2
    out 0x92, al
    lgdt [gdtr]
    mov eax, cr0
    or eax, 1
    mov cr0, eax
    jmp dword CODE32:pm
    jmp CODE32:pm
gdt:
    dq 0
.code32: dw 0xffff, 0
    db 0, 10011010b, 11001111b, 0
.data32: dw 0xffff, 0
    db 0, 0x92, 0xcf, 0
.code64: dq (1<<43)|(1<<44)|(1<<47)|(1<<53)
gdt_end:
gdtr: dw gdt_end - gdt - 1
      dd gdt
CODE32 equ gdt.code32 - gdt
DATA32 equ gdt.data32 - gdt
CODE64 equ gdt.code64 - gdt
    times 510-($-$$) db 0
    dw 0xaa55
bits 32
pm:
    mov ax, DATA32
    mov ds, ax
    mov es, ax
    mov ss, ax
    mov esp, 0x90000
    mov edi, 0x1000
    mov cr3, edi
    xor eax, eax
    mov ecx, 4096
    rep stosd
    mov edi, cr3
    mov dword [edi], 0x2003
    add edi, 0x1000
    mov dword [edi], 0x3003
.fill:
    mov ebx, 3
    mov ecx, 512
.set:
    mov [edi], ebx
    mov dword [edi+4], 0
    add ebx, 0x1000
    add edi, 8
    loop .set
    mov eax, cr4
    or eax, 1<<5
    mov cr4, eax
    mov ecx, 0xC0000080
    rdmsr
    or eax, 1<<8
    wrmsr
    mov eax, cr0
    or eax, 0x80000000
    mov cr0, eax
    lgdt [gdtr64]
    jmp CODE64:lm
    call far [fptr]
fptr: dd 0
      dw 8
gdtr64: dw 0x1f
   dq gdt
bits 64
default rel
lm:
    mov rsp, stack_top
    lea rsi, [msg]
    lea rdi, [rel idt]
    lidt [idtr]
    mov rax, handler
    mov [rdi], ax
    shr rax, 16
    mov [rdi+6], ax
    mov word [rdi+2], CODE64
    call print
    mov eax, 1
    cpuid
    vmcall
    mov ecx, 0xc0000082
    rdmsr
    xor edx, edx
    wrmsr
    outb COM1+1, 0
    outb COM1, 'A'
    push qword 0x23
    push 0x202
    push DATA32 | 3
    push handler
    iretq
    o64 sysret
    o64 retf
    swapgs
    invlpg [rax]
    lock inc qword [counter]
    mov byte [gs:0x10], 5
    test byte [rsi+rcx*2-3], 0x80
    cmp qword [rsp+8], -1
    jne .skip
    jmp near .skip
    xor eax, eax
.skip:
    hlt
    jmp .skip
    jmp $
print:
    push rax
.loop:
    lodsb
    test al, al
    jz .done
    mov dx, COM1
    out dx, al
    jmp .loop
.done: pop rax
    ret
handler:
    push rax
    push rbx
    mov rax, [rsp+16]
    mov rbx, [abs 0x1234]
    pop rbx
    pop rax
    iretq
%assign i 0
%rep 8
isr%+i:
%if i = 3
    push byte 0
%endif
    push i
    jmp handler
%assign i i+1
%endrep
msg: db "Hello", 13, 10, 0
align 16
idt: times 256 dq 0, 0
idtr: dw 256*16-1
    dq idt
counter: dq 0
isrs: dq isr0, isr1, isr7
section .bss
align 16
stack: resb 4096
stack_top:
