; library: what programs have in common. All processes have the same frames of it.
;
; A system call changes EAX alone (and EDX, where interface.asm says so); the functions here keep all
; but EAX, ECX, EDX.

; SYSTEM_CALL number: EBX, ECX, EDX are set already.
%macro SYSTEM_CALL 1
        mov eax, %1
        int 0x80
%endmacro

        PROGRAM library, LIBRARY_AT, 0x200
library_main:                       ; it is none: who runs it is told so at once
        mov ebx, 1
        SYSTEM_CALL SYS_EXIT

; Writes the text at ESI, which ends with 0.
write_text:
        push ebx
        mov edx, esi
.look:  cmp byte [edx], 0
        je .end
        inc edx
        jmp .look
.end:   sub edx, esi                ; its length
        mov ecx, esi
        mov ebx, 1
        SYSTEM_CALL SYS_WRITE
        pop ebx
        ret

; Writes the character AL.
write_char:
        push ebx
        push eax                    ; it lies on the stack now
        mov ebx, 1
        mov ecx, esp
        mov edx, 1
        SYSTEM_CALL SYS_WRITE
        pop eax
        pop ebx
        ret

; Writes EAX as a decimal number, with spaces before it up to ECX places.
write_padded:
        push esi
        push edi
        sub esp, 16                 ; its digits, the last one first
        lea esi, [esp + 15]
        lea edi, [esp + 15]
        sub edi, ecx
        mov byte [esi], 0
        mov ecx, 10
.digit: xor edx, edx
        div ecx
        add dl, '0'
        dec esi
        mov [esi], dl
        test eax, eax
        jnz .digit
.pad:   cmp esi, edi
        jbe .write
        dec esi
        mov byte [esi], ' '
        jmp .pad
.write: call write_text
        add esp, 16
        pop edi
        pop esi
        ret

write_number:
        xor ecx, ecx
        jmp write_padded

; Writes EAX as 8 hexadecimal digits.
write_hex:
        push esi
        push edi
        mov edi, eax
        mov esi, 8
.next:  rol edi, 4                  ; the highest digit comes first
        mov eax, edi
        and al, 0x0f
        add al, '0'
        cmp al, '9'
        jbe .put
        add al, 'a' - '9' - 1
.put:   call write_char
        dec esi
        jnz .next
        pop edi
        pop esi
        ret

; EAX = the decimal number at ESI; ESI is behind it. CF = 1: there is none.
read_number:
        xor eax, eax
        cmp byte [esi], '0'
        jb .none
        cmp byte [esi], '9'
        ja .none
.next:  movzx ecx, byte [esi]
        sub ecx, '0'
        cmp ecx, 10
        jae .end
        imul eax, 10
        add eax, ecx
        inc esi
        jmp .next
.end:   clc
        ret
.none:  stc
        ret

        END_PROGRAM
