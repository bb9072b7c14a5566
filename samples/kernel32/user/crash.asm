; crash HOW: what a program may not do. The first letter of HOW says which:
;
;       kernel      writes to the kernel's memory (also without a word)
;       zero        reads at address 0
;       jump        jumps to where no program is
;       interrupts  tries to switch interrupts off
;       port        talks to a device
;       divide      divides by 0
;       memory      has the kernel read for it where it may not itself

        PROGRAM crash, 0xa00000, 0x200
crash_main:
        mov al, [esi]
        cmp al, 'z'
        je .zero
        cmp al, 'j'
        je .jump
        cmp al, 'i'
        je .interrupts
        cmp al, 'p'
        je .port
        cmp al, 'd'
        je .divide
        cmp al, 'm'
        je .memory
        mov dword [KERNEL_BASE + CODE_AT], 0xcccccccc ; #PF: the page is ring 0's
.zero:  mov eax, [0]                ; #PF: there is no page
.jump:  mov eax, crash_main + 0x10000
        jmp eax                     ; #PF: the page of the next instruction
.interrupts:
        cli                         ; #GP: IOPL is 0
.port:  in al, 0x21                 ; #GP: IOPL is 0, and the TSS has no bit map of ports
.divide:
        xor edx, edx
        xor ecx, ecx
        div ecx                     ; #DE

.memory:
        mov ebx, 1                  ; the kernel refuses its own memory, …
        mov ecx, KERNEL_BASE + CODE_AT
        mov edx, 4
        SYSTEM_CALL SYS_WRITE
        cmp eax, E_ADDRESS
        jne .leaked
        mov esi, crash_refused
        call write_text
        mov ebx, 1                  ; … and where nothing is, it is as if we had read ourselves
        mov ecx, crash_main + 0x10000
        mov edx, 4
        SYSTEM_CALL SYS_WRITE
.leaked:
        mov ebx, 99
        SYSTEM_CALL SYS_EXIT

crash_refused: db "The kernel would not read its own memory for us.", 10, 0
        END_PROGRAM
