; multiboot: a Multiboot 1 kernel without ELF: what is in the registers and in the information at its first
; instruction: magic number, flags, memory, segments, CR0, A20.
        org 0x100000
        bits 32
header: dd 0x1badb002, 0x00010003, -(0x1badb002 + 0x00010003)
        dd header, header, end, end + 0x1000, start
start:  mov [info], ebx
        mov [magic], eax
        mov esp, end + 0x1000
        mov esi, t_magic
        mov eax, [magic]
        call show
        mov esi, t_flags
        mov ebx, [info]
        mov eax, [ebx]
        and eax, 0x7                ; memory, boot device, command line
        call show
        mov esi, t_lower
        mov eax, [ebx + 4]
        call show
        mov esi, t_cr0
        mov eax, cr0
        and eax, 0x80000001
        call show
        mov esi, t_flags2
        pushfd
        pop eax
        and eax, 0x20200
        call show
        mov esi, t_bss
        mov eax, [end]
        call show
        ; the memory map, entries of available memory
        mov ecx, [ebx + 44]
        mov edi, [ebx + 48]
        add ecx, edi
.entry: cmp edi, ecx
        jae .done
        cmp dword [edi + 20], 1
        jne .next
        mov esi, t_memory
        mov eax, [edi + 4]
        call show
.next:  mov eax, [edi]
        lea edi, [edi + eax + 4]
        jmp .entry
.done:  mov al, 0x31
        out 0xf4, al
        hlt

; The text at ESI and EAX.
show:   push ecx
        push eax
.text:  lodsb
        test al, al
        jz .number
        call put
        jmp .text
.number:
        pop ebx
        mov ecx, 8
.digit: rol ebx, 4
        mov al, bl
        and al, 15
        cmp al, 10
        sbb al, 0x69
        das
        call put
        loop .digit
        mov al, 10
        call put
        mov ebx, [info]
        pop ecx
        ret
put:    mov dx, 0x3f8
        out dx, al
        ret
info:   dd 0
magic:  dd 0
t_magic: db "magic ", 0
t_flags: db "flags ", 0
t_lower: db "lower memory ", 0
t_cr0:  db "PG, PE ", 0
t_flags2: db "IF, VM ", 0
t_bss:  db "bss ", 0
t_memory: db "memory at ", 0
end:
