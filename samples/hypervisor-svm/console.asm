; The serial port, which hypervisor and guest share.

; Prints the zero-terminated text at RSI. Keeps all registers but RSI.
print:
        push rax
        push rdx
        mov dx, COM1
.next:  lodsb
        test al, al
        jz .done
        out dx, al
        jmp .next
.done:  pop rdx
        pop rax
        ret

; Prints RAX as a decimal number, or as one to the base in EBX. Changes RAX and RBX.
print_number:
        mov ebx, 10
print_to_base:
        push rcx
        push rdx
        xor ecx, ecx
.digit: xor edx, edx
        div rbx
        push rdx
        inc ecx
        test rax, rax
        jnz .digit
        mov dx, COM1
        lea rbx, [rel digits]
.print: pop rax
        xlatb
        out dx, al
        loop .print
        pop rdx
        pop rcx
        ret

digits:         db "0123456789abcdef"
