; c-kernel, the part that C cannot say: the loader's header, the way to long mode, ports.
;
; The loader (Multiboot: Ringside, GRUB) enters protected mode and jumps to start. C is compiled for
; 64 bits, so we climb to long mode and call kmain with a stack.

        global start, outb
        extern kmain

FLAGS   equ 0                           ; nothing special; as an ELF file we say ourselves where we belong
MAGIC   equ 0x1badb002
CODE64  equ 8

        section .multiboot align=4
        dd MAGIC, FLAGS, -(MAGIC + FLAGS)

        section .text
        bits 32
start:  mov esp, stack_top
        mov dword [pml4], pdpt + 3      ; identity-map the first gigabyte with pages of 2 MBytes
        mov dword [pdpt], pd + 3
        mov edi, pd
        mov eax, 0x83                   ; present, writable, a large page
        mov ecx, 512
.map:   mov [edi], eax
        add eax, 0x200000
        add edi, 8
        loop .map
        mov eax, pml4
        mov cr3, eax
        mov eax, cr4
        or eax, 1 << 5                  ; PAE
        mov cr4, eax
        mov ecx, 0xc0000080             ; EFER
        rdmsr
        or eax, 1 << 8                  ; LME
        wrmsr
        mov eax, cr0
        or eax, 1 << 31                 ; PG
        mov cr0, eax
        lgdt [gdtr]
        jmp CODE64:long_mode

        bits 64
long_mode:
        xor eax, eax                    ; in long mode the bases are 0 anyway
        mov ds, ax
        mov es, ax
        mov ss, ax
        mov rsp, stack_top
        call kmain
        mov edi, 0xf4                   ; the status is what kmain returns
        mov esi, eax
        call outb
.halt:  cli
        hlt
        jmp .halt

; void outb(unsigned short port, unsigned char value)
outb:   mov edx, edi
        mov eax, esi
        out dx, al
        ret

        section .data
        align 8
gdt:    dq 0
        dq 0x00209a0000000000           ; 64-bit code
gdtr:   dw $ - gdt - 1
        dd gdt

        section .bss
        alignb 4096
pml4:   resb 4096
pdpt:   resb 4096
pd:     resb 4096
        resb 16384
stack_top:
