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

; Prints RAX as a decimal number.
print_number:
        push rbx
        push rcx
        push rdx
        mov ebx, 10
        xor ecx, ecx
.digit: xor edx, edx
        div rbx
        push rdx
        inc ecx
        test rax, rax
        jnz .digit
        mov dx, COM1
.print: pop rax
        add al, '0'
        out dx, al
        loop .print
        pop rdx
        pop rcx
        pop rbx
        ret
