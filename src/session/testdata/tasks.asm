; Hardware task switches: JMP, CALL and IRET, task gates, faults in the new task.
        org 0x7c00
        bits 16
start:  cli
        xor ax, ax
        mov ds, ax
        mov es, ax
        mov ss, ax
        mov sp, 0x7c00
        lgdt [gdtr]
        mov eax, cr0
        or al, 1
        mov cr0, eax
        jmp 8:entry

        bits 32
entry:  mov ax, 0x10
        mov ds, ax
        mov es, ax
        mov fs, ax
        mov gs, ax
        mov ss, ax
        mov esp, 0x7c00
        lidt [idtr]
        mov ax, 0x18
        ltr ax
        ; 1: CALL to a task, which comes back by IRET
        mov ebx, 0x11111111
        call 0x20:0
        call report                 ; EBX, EFLAGS.NT of here, TS
        mov al, [gdt + 0x20 + 5]    ; available again
        call byteout
        mov al, [gdt + 0x18 + 5]    ; busy
        call byteout
        mov ax, [tss2]              ; the link
        call wordout
        clts
        ; 2: JMP there: it goes on behind its IRET, and jumps back
        jmp 0x20:0
        call report
        mov al, [gdt + 0x20 + 5]
        call byteout
        mov al, [gdt + 0x18 + 5]
        call byteout
        clts
        ; 3: an interrupt by a task gate
        int 0x30
        call report
        ; 4: a task whose SS is bad: #TS in the new task
        mov word [tss3 + 0x50], 0x33
        mov esi, 0
        call 0x28:0
        mov al, 'r'
        call charout
        mov eax, esi
        call dwordout
        ; 5: JMP to a busy TSS: #GP here
        mov dword [resume], .five
        jmp 0x18:0
.five:  mov eax, [lasterror]
        call dwordout
        ; 6: a TSS that is too small: #TS
        mov dword [resume], .six
        jmp 0x38:0
.six:   mov eax, [lasterror]
        call dwordout
        ; 7: IRET with NT to a task that is not busy
        mov dword [resume], .seven
        mov word [tss1], 0x20
        pushfd
        or dword [esp], 0x4000
        popfd
        iretd
.seven: mov eax, [lasterror]
        call dwordout
        pushfd
        and dword [esp], ~0x4000
        popfd
        mov al, 10
        call charout
        mov al, 1
        mov dx, 0xf4
        out dx, al
        cli
        hlt

second: mov ebx, 0x22222222         ; seen by no one else
        pushfd
        pop eax
        shr eax, 14                 ; NT
        and eax, 1
        mov [shared], eax
        iretd
        ; the JMP comes here
        pushfd
        pop eax
        shr eax, 14
        and eax, 1
        add eax, 0x10
        mov [shared], eax
        jmp 0x18:0

gated:  mov dword [shared], 0x77
        iretd
        jmp gated

badtask: jmp $

tsfault:                            ; a task for #TS: its link is the bad task
        pop eax                     ; the error code
        mov ebx, eax
        mov ax, [tss4]              ; who was interrupted
        call wordout
        mov eax, ebx
        call dwordout
        mov eax, [tss3 + 0x20]      ; its saved EIP
        sub eax, badtask
        call dwordout
        cmp word [tss4], 0x18
        jne .new
        mov eax, [resume]           ; raised there: it goes on elsewhere
        mov [tss1 + 0x20], eax
        mov [lasterror], ebx
.new:   mov word [tss4], 0x18       ; back to the first task
        mov byte [gdt + 0x28 + 5], 0x89
        iretd
        jmp tsfault

fault:  pop dword [lasterror]
        add esp, 12
        push dword [resume]
        ret

report: mov eax, ebx
        call dwordout
        mov eax, [shared]
        call byteout
        mov eax, cr0
        call byteout
        pushfd
        pop eax
        shr eax, 8
        call byteout
        mov al, 10
        jmp charout

dwordout:
        push eax
        shr eax, 16
        call wordout
        pop eax
wordout:
        push eax
        shr eax, 8
        call byteout
        pop eax
byteout:
        push eax
        shr al, 4
        call digit
        pop eax
        push eax
        call digit
        mov al, ' '
        call charout
        pop eax
        ret
digit:  and al, 15
        add al, '0'
        cmp al, '9'
        jbe charout
        add al, 7
charout:
        push edx
        push eax
        mov dx, 0x3f8
        out dx, al
        pop eax
        pop edx
        ret

shared: dd 0
resume: dd 0
lasterror: dd 0
        align 8
gdt:    dq 0
        dq 0x00cf9b000000ffff       ; 08 code
        dq 0x00cf93000000ffff       ; 10 data
        dw 0x67, tss1, 0x8900, 0    ; 18
        dw 0x67, tss2, 0x8900, 0    ; 20
        dw 0x67, tss3, 0x8900, 0    ; 28
        dw 0x67, tss4, 0x8900, 0    ; 30
        dw 0x50, tss2, 0x8900, 0    ; 38 too small
        dw 0x67, tss5, 0x8900, 0    ; 40
gdt_end:
gdtr:   dw gdt_end - gdt - 1
        dd gdt
idt:    times 10 dq 0
        dw 0, 0x30, 0x8500, 0       ; 10: #TS by a task
        times 2 dq 0
        dw fault, 8, 0x8e00, 0      ; 13
        times 0x30 - 14 dq 0
        dw 0, 0x40, 0x8500, 0       ; 0x30
idt_end:
idtr:   dw idt_end - idt - 1
        dd idt
        align 4
%macro TASK 3
        dd 0, 0, 0, 0, 0, 0, 0, 0
        dd %1, 0x2, 1, 2, 3, 4, %2, 6, 7, 8
        dd 0x10, 8, %3, 0x10, 0x10, 0x10, 0, 0x680000
%endmacro
tss1:   times 26 dd 0
tss2:   TASK second, 0x7000, 0x10
tss3:   TASK badtask, 0x6800, 0x10
tss4:   TASK tsfault, 0x6400, 0x10
tss5:   TASK gated, 0x6000, 0x10
