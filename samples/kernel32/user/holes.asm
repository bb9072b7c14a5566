; holes: instructions that are sensitive and not privileged. They tell ring 3 what only ring 0 should
; know, or do nothing where they ought to trap. On a processor these are oddities. To a monitor that
; runs the kernel in ring 1 they are holes: such an instruction tells of the monitor's own tables, and
; no trap gives it the chance to lie (Robin and Irvine, 2000).

        PROGRAM holes, 0xb00000, 0x300
holes_main:
        sub esp, 8
        mov esi, holes_gdt
        call write_text
        sgdt [esp]
        call .table
        mov esi, holes_idt
        call write_text
        sidt [esp]
        call .table
        add esp, 8

        mov esi, holes_ldt
        xor eax, eax
        sldt ax
        call .value
        mov esi, holes_task
        xor eax, eax
        str ax
        call .value
        mov esi, holes_machine
        smsw eax
        call .value

        pushfd                      ; POPF with another IF: ring 3 may not, and is not told
        pop eax
        mov edx, eax
        and eax, ~(1 << 9)
        push eax
        popfd
        pushfd
        pop eax
        cmp eax, edx
        mov esi, holes_kept
        je .said
        mov esi, holes_changed
.said:  call write_text
        xor ebx, ebx
        SYSTEM_CALL SYS_EXIT

; What SGDT and SIDT have stored behind our return address.
.table: mov eax, [esp + 6]
        call write_hex
        mov esi, holes_limit
        movzx eax, word [esp + 4]
.value: push eax
        call write_text
        pop eax
        call write_hex
        mov al, 10
        jmp write_char

holes_gdt:  db "SGDT: ", 0
holes_idt:  db "SIDT: ", 0
holes_limit: db ", limit ", 0
holes_ldt:  db "SLDT: ", 0
holes_task: db "STR:  ", 0
holes_machine: db "SMSW: ", 0
holes_kept: db "POPF: IF stayed as it was, and nobody was told.", 10, 0
holes_changed: db "POPF: IF has changed.", 10, 0
        END_PROGRAM
