; paravirt: a kernel that knows where it is, and asks its monitor.
;
; Under "monitor": "paravirt" it runs in ring 3 and has no device, no interrupt controller and no page tables that
; the monitor has to guess at: it has hypercalls. VMCALL, number in RAX, arguments in RBX, RCX, RDX, result in RAX.
; Part 4 has it try what it must not do.

COM1    equ 0x3f8
EXIT    equ 0xf4                ; the exit device

CODE    equ 0x08                ; selectors
DATA    equ 0x10
CODE32  equ 0x18

PML4    equ 0x10000             ; the first page tables, by guest-physical addresses
PDPT    equ 0x11000
PD      equ 0x12000
PT      equ 0x13000
SHARED  equ 0x20000             ; the page shared with the monitor
TOP     equ 0x30000             ; the tables for direct paging, by frames: level 4 …
LEVEL3  equ 0x31000
LEVEL2  equ 0x32000
LEVEL1  equ 0x33000             ; … to 1
OTHER   equ 0x4000              ; as far behind each of them, those of another address space
FRAMES  equ 0x40000             ; the list of frames
PAGES   equ 160                 ; 640 KBytes
LETTERS equ 0x50000             ; pages with a letter each
BUFFER  equ 0x60000
WINDOW  equ 0x100000            ; where they are mapped
STACK   equ 0x7c00
VECTOR  equ 0x20                ; of events

CONSOLE_PRINT equ 3             ; hypercalls
SHARE_PAGE equ 4
BIND_EVENT equ 5
POLL_EVENTS equ 7
YIELD   equ 8
SET_TIMER equ 9
MULTICALL equ 10
UPDATE_PAGE_TABLES equ 11
SWITCH_CONTEXT equ 12
READ_DISK equ 13
START_DISK_READ equ 15
READ_FRAMES equ 17
USE_DIRECT_PAGING equ 18

TIMER   equ 0                   ; sources of events, and here their channels, too
DISK    equ 1

ENABLED equ SHARED              ; the virtual IF
WAITS   equ SHARED + 1
TIME    equ SHARED + 8
PENDING equ SHARED + 16
STATUS  equ SHARED + 32         ; of the disk

%macro hypercall 1-4            ; number, arguments
        %if %0 > 3
        mov rdx, %4
        %endif
        %if %0 > 2
        mov rcx, %3
        %endif
        %if %0 > 1
        mov rbx, %2
        %endif
        mov eax, %1
        vmcall
%endmacro

; Prints a text.
%macro say 1+
        [section .data]
%%text: db %1
%%end:
        __SECT__
        hypercall CONSOLE_PRINT, %%text, %%end - %%text
%endmacro

; The host-physical address of a page.
%define frame(page) [FRAMES + (page >> 12) * 8]

        org 0x8000
        section .text

; -------------------------------------------------- up to long mode
        bits 16
start:  cli
        xor ax, ax
        mov ds, ax
        lgdt [gdt_pointer]
        mov eax, cr0
        or al, 1
        mov cr0, eax
        jmp CODE32:protected

        bits 32
protected:
        mov ax, DATA
        mov ds, ax
        mov es, ax
        mov ss, ax
        mov esp, STACK
        mov edi, PML4
        xor eax, eax
        mov ecx, 4 * 4096 / 4
        rep stosd
        mov dword [PML4], PDPT | 3
        mov dword [PDPT], PD | 3
        mov dword [PD], PT | 3
        mov edi, PT
        mov eax, 3
        mov ecx, 512
.map:   mov [edi], eax
        add eax, 0x1000
        add edi, 8
        loop .map
        mov eax, cr4
        or eax, 1 << 5          ; PAE
        mov cr4, eax
        mov eax, PML4
        mov cr3, eax
        mov ecx, 0xc0000080     ; EFER
        rdmsr
        or eax, 1 << 8          ; LME
        wrmsr
        mov eax, cr0
        or eax, 1 << 31         ; PG
        mov cr0, eax
        jmp CODE:long_mode

        bits 64
long_mode:
        mov eax, on_undefined
        mov [idt + 6 * 16], ax
        mov eax, on_page_fault
        mov [idt + 14 * 16], ax
        mov eax, on_event
        mov [idt + VECTOR * 16], ax
        lidt [idt_pointer]
        mov eax, cs
        test al, 3
        jz nobody               ; ring 0: nobody is below, or hardware makes up for it
        mov eax, 0x40000001     ; which hypercalls are there
        db 0x0f, 0x0b, 'vmm'
        cpuid
        bt eax, USE_DIRECT_PAGING
        jnc nobody

; -------------------------------------------------- 1: a text
console:
        say '1 a text by one call', 10

; -------------------------------------------------- 2: events
events: hypercall SHARE_PAGE, SHARED, VECTOR
        hypercall BIND_EVENT, TIMER, TIMER
        hypercall BIND_EVENT, DISK, DISK
.timer: mov rbx, [TIME]
        add rbx, 20000
        hypercall SET_TIMER
.spin:  cmp byte [WAITS], 0     ; interrupts are disabled: the event waits, and nobody is interrupted
        je .spin
.enable: mov byte [ENABLED], 1  ; no trap
        hypercall POLL_EVENTS   ; who enables interrupts looks whether something waits
        mov byte [ENABLED], 0
        mov al, [ticks]
        add al, '0'
        mov [.count], al
        hypercall CONSOLE_PRINT, .text, .end - .text
        jmp direct
.text:  db '2 events of the timer: '
.count: db '?', 10
.end:

; -------------------------------------------------- 3: page tables
direct: hypercall READ_FRAMES, 0, FRAMES, PAGES
        mov edi, TOP
        xor eax, eax
        mov ecx, 8 * 4096 / 4
        rep stosd
        xor ecx, ecx
.entry: mov rax, [FRAMES + rcx * 8] ; each page is where it was
        or al, 7                ; for ring 3, where kernel and programs are
        mov [LEVEL1 + rcx * 8], rax
        inc ecx
        cmp ecx, PAGES
        jb .entry
        mov ecx, 8
.read_only:
        and byte [LEVEL1 + (TOP >> 12) * 8 + rcx * 8 - 8], ~2
        loop .read_only
        mov esi, LEVEL1         ; the other address space: the same, and one page more
        mov edi, LEVEL1 + OTHER
        mov ecx, 512
        rep movsq
        mov rax, frame(LETTERS + 0x7000)
        or al, 5
        mov [LEVEL1 + OTHER + (WINDOW >> 12) * 8], rax
        xor ecx, ecx
.level: mov rax, [FRAMES + (LEVEL3 >> 12) * 8 + rcx * 8]
        or al, 7
        mov rdx, [FRAMES + ((LEVEL3 + OTHER) >> 12) * 8 + rcx * 8]
        or dl, 7
        mov ebx, ecx
        shl ebx, 12
        mov [TOP + rbx], rax
        mov [TOP + OTHER + rbx], rdx
        inc ecx
        cmp ecx, 3
        jb .level
.begin: hypercall USE_DIRECT_PAGING, frame(TOP)
        test rax, rax
        jnz refused
        say '3 the processor walks the tables of the kernel', 10

        xor ecx, ecx            ; eight updates in a list
        mov rdi, frame(LEVEL1)
        add rdi, (WINDOW >> 12) * 8
        mov esi, updates
.update: mov eax, ecx
        shl eax, 12
        lea edx, [rcx + 'a']
        mov [LETTERS + rax], dl
        mov [rsi], rdi
        mov rax, [FRAMES + (LETTERS >> 12) * 8 + rcx * 8]
        or al, 5
        mov [rsi + 8], rax
        add rdi, 8
        add rsi, 16
        inc ecx
        cmp ecx, 8
        jb .update
.calls: hypercall MULTICALL, calls, 2 ; the list of updates, and a text
        xor ecx, ecx
.letter: mov eax, ecx
        shl eax, 12
        mov al, [WINDOW + rax]
        mov [.letters + rcx], al
        inc ecx
        cmp ecx, 8
        jb .letter
        hypercall CONSOLE_PRINT, .text, .end - .text
.switch: hypercall SWITCH_CONTEXT, frame(TOP + OTHER), 0
        mov al, [WINDOW]
        mov [.there], al
        hypercall SWITCH_CONTEXT, frame(TOP), 0
        mov al, [WINDOW]
        mov [.here], al
        hypercall CONSOLE_PRINT, .second, .last - .second
        jmp malice
.text:  db '3 eight pages: '
.letters: db '????????', 10
.end:
.second: db '3 the first in another address space: '
.there: db '?, and here: '
.here:  db '?', 10
.last:

; -------------------------------------------------- 4: what is refused
malice: mov r8, frame(LEVEL1)
        add r8, (WINDOW >> 12) * 8
.monitor: mov r9, 0x100000 | 7  ; a frame of the monitor's
        call try
        say '4 a page of the monitor: '
        call tell
.table: mov r9, frame(LEVEL1)   ; the table of this very entry
        or r9, 7
        call try
        say '4 a page table to write to: '
        call tell
.entry: mov r8, frame(TOP)
        add r8, 256 * 8         ; where the monitor is in each address space
        xor r9d, r9d
        or r9, frame(LEVEL3)
        or r9, 7
        call try
        say "4 the monitor's entry: "
        call tell
        mov rax, cr0
        or eax, 1 << 16         ; WP: read-only binds the kernel, too
        mov cr0, rax
.write: mov [LEVEL1], rax       ; a page fault of the kernel's own
        say '4 a write without a call: '
        mov rax, [fault_code]
        call tell_fault

; -------------------------------------------------- 5: sectors
disk:   say '5 the disk: '
        hypercall READ_DISK, 0, BUFFER, 1
        test rax, rax
        js .none
        mov byte [BUFFER + 14], 10
        hypercall CONSOLE_PRINT, BUFFER, 15
.start: hypercall START_DISK_READ, 0, BUFFER + 512, 1
.wait:  hypercall YIELD         ; something else could be done meanwhile
        bt qword [PENDING], DISK
        jnc .wait
        mov al, [STATUS]
        add al, '0'
        mov [.count], al
        hypercall CONSOLE_PRINT, .text, .end - .text
        jmp goodbye
.none:  say 'no disk', 10
        jmp goodbye
.text:  db '5 sectors by and by: '
.count: db '?', 10
.end:

goodbye:
        say 'Goodbye.', 10
end:    mov al, 0
        out EXIT, al
        hlt

refused: say 'refused', 10
        jmp end

; Gives the entry R8 the value R9. RAX: the result.
try:    mov [update], r8
        mov [update + 8], r9
        hypercall UPDATE_PAGE_TABLES, update, 1
        mov [result], rax
        ret

tell:   cmp qword [result], -5
        je .refused
        say 'done', 10
        ret
.refused:
        say 'refused', 10
        ret

tell_fault:
        add al, '0'
        mov [.code], al
        hypercall CONSOLE_PRINT, .text, .end - .text
        ret
.text:  db '#PF, error code '
.code:  db '?', 10
.end:

; Without a monitor that can be asked.
nobody: mov esi, .text
        mov ecx, .end - .text
        mov dx, COM1
        rep outsb
        jmp end
.text:  db 'There is nobody to ask.', 10
.end:

on_undefined:                   ; a prefix that nobody knows: behind it and CPUID
        xor eax, eax
        add qword [rsp], 5 + 2
        iretq

on_page_fault:                  ; behind the MOV that has raised it
        pop qword [fault_code]
        add qword [rsp], 8
        iretq

on_event:
        lock btr qword [PENDING], TIMER
        adc byte [ticks], 0
        iretq

        section .data align=8
        align 8                 ; lists are
calls:  dq UPDATE_PAGE_TABLES, updates, 8, 0, 0
        dq CONSOLE_PRINT, mapped, mapped_end - mapped, 0, 0
update: dq 0, 0
result: dq 0
fault_code: dq 0
ticks:  db 0
mapped: db '3 and a text in the same call', 10
mapped_end:
gdt_pointer:
        dw gdt_end - gdt - 1
        dq gdt
idt_pointer:
        dw (VECTOR + 1) * 16 - 1
        dq idt
        align 8
idt:    times 6 * 2 dq 0
        dq 0x00008e0000000000 | CODE << 16, 0 ; #UD
        times 7 * 2 dq 0
        dq 0x00008e0000000000 | CODE << 16, 0 ; #PF
        times (VECTOR - 15) * 2 dq 0
        dq 0x00008e0000000000 | CODE << 16, 0

        section .tables follows=.data align=4096
gdt:    dq 0                    ; on a page of its own: writes to it are traced
        dq 0x00af9b000000ffff   ; CODE. Descriptors are accessed already: nobody has to write that
        dq 0x00cf93000000ffff   ; DATA
        dq 0x00cf9b000000ffff   ; CODE32
gdt_end:
updates: times 16 dq 0
