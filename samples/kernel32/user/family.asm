; family: fork, and what copy-on-write looks like from ring 3. Parent and child have one variable at one
; address, and each its own value in it.

        PROGRAM family, 0x800000, 0x200
family_main:
        mov dword [family_value], 1 ; a page of the file: the first copy is made here
        SYSTEM_CALL SYS_FORK
        test eax, eax
        jz .child

        mov ebx, eax                ; the parent waits
        xor ecx, ecx
        SYSTEM_CALL SYS_WAIT
        push edx                    ; the status of the child
        mov esi, family_parent
        call .tell
        mov esi, family_status
        call write_text
        pop eax
        call write_number
        mov al, 10
        call write_char
        xor ebx, ebx
        SYSTEM_CALL SYS_EXIT

.child: mov esi, family_child
        call .tell
        mov dword [family_value], 2 ; both have the page until now: #PF, a copy for the child
        mov esi, family_child
        call .tell
        mov ebx, 42
        SYSTEM_CALL SYS_EXIT

.tell:  call write_text
        mov eax, [family_value]
        call write_number
        mov al, 10
        jmp write_char

family_value: dd 0
family_parent: db "parent: the value is ", 0
family_child: db "child:  the value is ", 0
family_status: db "parent: my child's status is ", 0
        END_PROGRAM
