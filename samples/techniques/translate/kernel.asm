; translate: what a translator makes of a kernel.
;
; Under "monitor": "translate" the processor never executes this kernel. It executes what the monitor has
; made of it, block by block, and put into its translation cache: most instructions as they are, sensitive
; ones as other instructions in line, or as calls of the monitor (UD2). Show the view Translation Cache.
;
; Code, data and the stack have pages of their own: the monitor traces writes to pages that it has translated.

COM1    equ 0x3f8
EXIT    equ 0xf4                ; the exit device

CODE    equ 0x08                ; selectors
DATA    equ 0x10
USER_CODE equ 0x18 | 3
USER_DATA equ 0x20 | 3
TASK    equ 0x28

PD      equ 0x10000             ; page directory and page table
PT      equ 0x11000
STACK   equ 0x20000
USER_STACK equ 0x21000
ONE     equ 0x22000             ; two frames, and a page that shows one of them
OTHER   equ 0x23000
SHOWN   equ 0x24000

SYSTEM  equ 0x80                ; a vector

P       equ 1                   ; bits of an entry
RW      equ 2
US      equ 4

PASSES  equ 1000

; Prints a text.
%macro say 1+
        [section .data]
%%text: db %1, 0
        __SECT__
        mov esi, %%text
        call print
%endmacro

        org 0x8000
        section .text

; -------------------------------------------------- to protected mode and paging
        bits 16
start:  cli
        xor ax, ax
        mov ds, ax
        lgdt [gdt_pointer]
        mov eax, cr0
        or al, 1
        mov cr0, eax
        jmp CODE:protected

        bits 32
protected:
        mov ax, DATA            ; from here on the processor may run what stands for the kernel
        mov ds, ax
        mov es, ax
        mov ss, ax
        mov esp, STACK
        mov edi, PD
        xor eax, eax
        mov ecx, 1024
        rep stosd
        mov dword [PD], PT | P | RW | US
        mov eax, P | RW         ; 4 MBytes, linear = physical, for the kernel alone
        mov ecx, 1024
.map:   stosd
        add eax, 0x1000
        loop .map
        mov edi, user           ; but for the program and its stack
        shr edi, 12
        or byte [PT + edi * 4], US
        or byte [PT + ((USER_STACK - 1) >> 12) * 4], US
        mov eax, PD
        mov cr3, eax
        mov eax, cr0
        or eax, 1 << 31 | 1 << 16 ; PG, and WP
        mov cr0, eax
        mov edi, idt + SYSTEM * 8
        mov eax, on_system_call
        mov [edi], ax
        mov dword [edi + 2], CODE | 0xee00 << 16 ; DPL 3: programs may use it
        shr eax, 16
        mov [edi + 6], ax
        lidt [idt_pointer]
        mov eax, tss
        mov [gdt + TASK + 2], ax
        shr eax, 16
        mov [gdt + TASK + 4], al
        mov ax, TASK
        ltr ax

; -------------------------------------------------- 1: in line
; No instruction of this loop leaves the kernel's ring, though three of them are sensitive.
inline: mov ecx, PASSES
.pass:  pushfd
        cli
        inc dword [sections]    ; the critical section
        popfd
        dec ecx
        jnz .pass
        say '1 critical sections: '
        mov eax, [sections]
        call print_number

; -------------------------------------------------- 2: calls of the monitor
; For these there is nothing in line.
called: mov ebx, cs
        str bp
        sgdt [table]
        say '2 CS: '
        mov eax, ebx
        call print_number
        say '2 STR: '
        movzx eax, bp
        call print_number
        say '2 SGDT, less where the GDT is: '
        mov eax, [table + 2]
        sub eax, gdt
        call print_number

; -------------------------------------------------- 3: branches
; A direct branch is tied to its target when it is first taken. RET and CALL through a table look it up.
branch: mov ecx, PASSES
        xor ebx, ebx
.pass:  mov eax, ecx
        and eax, 3
        call [routines + eax * 4]
        loop .pass
        say '3 what the routines add: '
        mov eax, ebx
        call print_number

; -------------------------------------------------- 4: code that changes
; Each write to a page that was translated comes to the monitor, which gives up what it has made of it.
change: mov ecx, 4
        xor ebx, ebx
.pass:  mov [patched + 2], cl   ; the operand of ADD
        call patched
        loop .pass
        say '4 what the changed code adds: '
        mov eax, ebx
        call print_number

; -------------------------------------------------- 5: page tables
; The store to the page table faults, as the monitor traces it. When it has done so twice it is translated again,
; as a call.
tables: mov dword [ONE], 1
        mov dword [OTHER], 2
        mov ecx, 100
        xor ebx, ebx
        mov edx, ONE | P | RW
.pass:  mov [PT + (SHOWN >> 12) * 4], edx
        invlpg [SHOWN]
        add ebx, [SHOWN]
        xor edx, ONE ^ OTHER
        loop .pass
        say '5 what the page shows, in sum: '
        mov eax, ebx
        call print_number

; -------------------------------------------------- 6: a program
; In ring 3 the processor executes the program's own code: nobody translates it.
program:
        push USER_DATA
        push USER_STACK
        push 2
        push USER_CODE
        push user
.enter: iretd

finish: say 'Goodbye.', 10
        mov al, 0
        out EXIT, al
        hlt

; EBX: what the program has counted; EAX: the base that SGDT has told it.
on_system_call:
        mov dx, DATA
        mov ds, dx
        mov es, dx
        push eax
        say '6 the program counts to '
        mov eax, ebx
        call print_number
        pop eax
        cmp eax, gdt
        je .own
        say '6 SGDT in the program: not the kernel', 0x27, 's', 10
        jmp finish
.own:   say '6 SGDT in the program: the kernel', 0x27, 's own', 10
        jmp finish

; -------------------------------------------------- routines
zero:   ret
one:    inc ebx
        ret
two:    add ebx, 2
        ret
three:  add ebx, 3
        ret

print:  lodsb                   ; the text at ESI, up to a 0
        test al, al
        jz .end
        call put
        jmp print
.end:   ret

put:    push edx
        mov dx, COM1
.out:   out dx, al
        pop edx
        ret

print_number:                   ; EAX, in decimal, and the end of the line
        push ebx
        push ecx
        mov ebx, 10
        xor ecx, ecx
.digit: xor edx, edx
        div ebx
        push edx
        inc ecx
        test eax, eax
        jnz .digit
.show:  pop eax
        add al, '0'
        call put
        loop .show
        mov al, 10
        call put
        pop ecx
        pop ebx
        ret

; -------------------------------------------------- code that is changed, on a page of its own
        align 4096
patched:
        add ebx, 0
        ret

; -------------------------------------------------- the program, on another
        align 4096
user:   xor ebx, ebx
.count: inc ebx
        cmp ebx, 100000
        jne .count
        sub esp, 8
        sgdt [esp]
        mov eax, [esp + 2]
        int SYSTEM

        section .data align=4096
routines:
        dd zero, one, two, three
sections:
        dd 0
table:  dw 0
        dd 0
gdt_pointer:
        dw gdt.end - gdt - 1
        dd gdt
idt_pointer:
        dw (SYSTEM + 1) * 8 - 1
        dd idt
tss:    dd 0, STACK, DATA
        times 104 - 12 db 0

        section .tables align=4096 follows=.data
gdt:    dq 0
        dq 0x00cf9a000000ffff
        dq 0x00cf92000000ffff
        dq 0x00cffa000000ffff
        dq 0x00cff2000000ffff
        dq 0x0000890000000067
.end:
idt:    times SYSTEM + 1 dq 0
