; elf: an ELF executable with a Multiboot header whose segment is loaded at its physical address, not its virtual
; one, and has more memory than bytes.
        org 0x200000
        bits 32
BASE    equ 0x200000
elf:    db 0x7f, "ELF", 1, 1, 1, 0
        dq 0
        dw 2, 3                     ; executable, 80386
        dd 1, start, table - elf, 0, 0
        dw 52, 32, 1, 0, 0, 0
table:  dd 1, 0, 0xc0200000, BASE   ; offset, virtual, physical
        dd end - elf, end - elf + 0x1000, 7, 0x1000
        align 4
        dd 0x1badb002, 0, -0x1badb002
start:  mov esp, end + 0x800
        call .here
.here:  pop ebx
        mov esi, text
.next:  lodsb
        test al, al
        jz .done
        call put
        jmp .next
.done:  mov ecx, 8
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
        mov al, 0x31
        out 0xf4, al
        hlt
put:    mov dx, 0x3f8
        out dx, al
        ret
text:   db "runs at ", 0
end:
