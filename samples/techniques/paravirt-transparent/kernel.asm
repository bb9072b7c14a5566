; paravirt-transparent: one kernel for every place, which finds out where it is and changes its own code.
;
; Where it needs the processor (interrupts on and off, a page-table entry, a text, the timer) its code has a
; site: 8 bytes with the instructions of a kernel in ring 0. `find` asks where it is, and `patch` writes into each
; site what is right there: the same, or a call of a function that asks the monitor.

COM1    equ 0x3f8
EXIT    equ 0xf4                ; the exit device

CODE    equ 0x08                ; selectors
DATA    equ 0x10
CODE32  equ 0x18

PML4    equ 0x10000             ; page tables
PDPT    equ 0x11000
PD      equ 0x12000
PT      equ 0x13000             ; pages of 4 KBytes for the first 2 MBytes
SHARED  equ 0x20000             ; the page shared with the monitor
WINDOW  equ 0x21000             ; a page that leads to one frame and to another
FRAME_A equ 0x22000
FRAME_B equ 0x23000
STACK   equ 0x7c00
VECTOR  equ 0x20                ; of the timer

CONSOLE_WRITE equ 1             ; hypercalls, by RAX
CONSOLE_PRINT equ 3
SHARE_PAGE equ 4
BIND_EVENT equ 5
POLL_EVENTS equ 7
YIELD   equ 8
SET_TIMER equ 9
UPDATE_PAGE_TABLES equ 11
NEEDED  equ 1 << CONSOLE_PRINT | 1 << UPDATE_PAGE_TABLES | 1 << SET_TIMER

ENABLED equ SHARED              ; the virtual IF
WAITS   equ SHARED + 1
TIME    equ SHARED + 8
PENDING equ SHARED + 16

BARE    equ 0                   ; where it is
HOSTED  equ 1                   ; in ring 0, with a monitor below
PARAVIRT equ 2                  ; in ring 3, with one that it can ask
CAUGHT  equ 3                   ; in ring 3, with one that nobody can ask

; A place where the processor is needed: %1 says for what.
%macro site 1
%%at:   db NATIVE_%1
        times 8 - ($ - %%at) db 0x90
        [section .sites]
        dq %%at
        dq %1
        __SECT__
%endmacro

PRINT   equ 0                   ; what a site is for: RSI, ECX: the text
IRQ_OFF equ 1
IRQ_ON  equ 2
WRITE_ENTRY equ 3               ; RAX to the entry at RDI, for the page at RBX
START_TIMER equ 4
SLEEP   equ 5                   ; for an interrupt
END_TICK equ 6

%define NATIVE_PRINT 0x0f, 0x1f, 0x80, 0, 0, 0, 0 ; a NOP: nobody prints before `patch`
%define NATIVE_IRQ_OFF 0xfa     ; cli
%define NATIVE_IRQ_ON 0xfb      ; sti
%define NATIVE_WRITE_ENTRY 0x48, 0x89, 0x07, 0x0f, 0x01, 0x3b ; mov [rdi], rax; invlpg [rbx]
%define NATIVE_START_TIMER 0x0f, 0x1f, 0x80, 0, 0, 0, 0
%define NATIVE_SLEEP 0xfb, 0xf4, 0xfa ; sti; hlt; cli
%define NATIVE_END_TICK 0xb0, 0x20, 0xe6, 0x20 ; mov al, 0x20; out 0x20, al

; Prints a text.
%macro say 1+
        [section .data]
%%text: db %1
%%end:
        __SECT__
        mov esi, %%text
        mov ecx, %%end - %%text
        site PRINT
%endmacro

%macro hypercall 1
        mov eax, %1
        vmcall
%endmacro

        org 0x8000
        section .sites follows=.data align=8
sites:
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
        mov eax, on_tick
        mov [idt + VECTOR * 16], ax
        lidt [idt_pointer]
        mov al, 0xff            ; no device interrupts
        out 0x21, al
        out 0xa1, al
        call find
        call patch
        say '1 I am '
        mov eax, [place]
        mov esi, [names + rax * 8]
        mov ecx, [names + rax * 8 + 4]
        site PRINT

; -------------------------------------------------- 2: a page
page:   mov byte [FRAME_A], 'a'
        mov byte [FRAME_B], 'b'
        mov ebx, WINDOW
        mov edi, PT + (WINDOW >> 12) * 8
        mov eax, FRAME_A | 3
.map:   site WRITE_ENTRY
        mov dl, [WINDOW]
        mov [.text + 10], dl
        mov eax, FRAME_B | 3
.move:  site WRITE_ENTRY
        mov dl, [WINDOW]
        mov [.text + 11], dl
        mov esi, .text
        mov ecx, .end - .text
        site PRINT
        jmp ticks
.text:  db '2 a page: ab', 10
.end:

; -------------------------------------------------- 3: time
ticks:
.next:  site START_TIMER
        mov ebp, [count]
.sleep: site SLEEP
        cmp [count], ebp        ; something else may have woken it
        je .sleep
        say '3 tick', 10
        cmp dword [count], 3
        jb .next

; -------------------------------------------------- 4: interrupts off
off:    site IRQ_OFF
        site START_TIMER
        mov ecx, 300000         ; longer than the timer
.spin:  loop .spin
        mov eax, [count]
        mov [before], eax
.on:    site IRQ_ON
        nop                     ; behind STI, one instruction is still safe
        mov eax, [before]
        mov edx, [count]
        sub edx, eax
        add al, '0'
        add dl, '0'
        mov [.first], al
        mov [.then], dl
        site IRQ_OFF
        mov esi, .text
        mov ecx, .end - .text
        site PRINT
        jmp goodbye
.text:  db '4 interrupts off: '
.first: db '? ticks before; on: '
.then:  db '? more', 10
.end:

goodbye:
        say 'Goodbye.', 10
        mov al, 0
        out EXIT, al
        hlt

; -------------------------------------------------- where it is
find:   mov eax, cs
        test al, 3              ; a kernel's CS has RPL 0, unless somebody has put it into another ring
        jnz .outer
        mov eax, 1
        cpuid                   ; traps under VT-x, which lets the monitor answer
        bt ecx, 31
        mov eax, BARE
        jnc .found
        mov eax, HOSTED
        jmp .found
.outer: mov eax, CAUGHT
        mov [place], eax
        mov eax, 0x40000000
.asks:  db 0x0f, 0x0b, 'vmm'    ; UD2, and a word for the monitor: do the next instruction for me
        cpuid
        cmp ebx, 'Ring'
        jne .done
        cmp ecx, 'side'
        jne .done
        cmp edx, ' VMM'
        jne .done
        mov eax, 0x40000001     ; which calls are there
        db 0x0f, 0x0b, 'vmm'
        cpuid
        and eax, NEEDED
        cmp eax, NEEDED
        jne .done
.share: mov ebx, SHARED
        mov ecx, VECTOR
        hypercall SHARE_PAGE
        xor ebx, ebx            ; the timer, by channel 0
        xor ecx, ecx
        hypercall BIND_EVENT
        mov eax, PARAVIRT
.found: mov [place], eax
.done:  ret

; #UD of a prefix that nobody knows: behind it and CPUID, with registers that tell nothing.
on_undefined:
        xor ebx, ebx
        add qword [rsp], 5 + 2
        iretq

; -------------------------------------------------- the sites
patch:  mov esi, sites
.next:  cmp esi, sites_end
        je .done
        lodsq
        mov edi, eax            ; the site
        lodsq
        mov ebx, [place]
        lea ebx, [rbx * 8 + rax]
        mov eax, [functions + rbx * 4]
        test eax, eax
        jz .next                ; the processor does it
.write: mov byte [rdi], 0xe8    ; call
        sub eax, edi
        sub eax, 5
        mov [rdi + 1], eax
        mov word [rdi + 5], 0x9090 ; NOPs
        mov byte [rdi + 7], 0x90
        jmp .next
.done:  ret

; In ring 0, and where somebody believes to be there.
print_port:
        mov edx, COM1
.next:  lodsb
        out dx, al
        dec ecx
        jnz .next
        ret

print_bytes:                    ; a monitor in ring 0 takes a byte at a time
        lodsb
        movzx ebx, al
        hypercall CONSOLE_WRITE
        dec ecx
        jnz print_bytes
        ret

start_pit:
        mov al, 0x11            ; the interrupt controller: IRQ 0 by VECTOR, no others
        out 0x20, al
        mov al, VECTOR
        out 0x21, al
        mov al, 4
        out 0x21, al
        mov al, 1
        out 0x21, al
        mov al, 0xfe
        out 0x21, al
        mov al, 0x30            ; one interrupt when the count is done
        out 0x43, al
        mov al, 0xff
        out 0x40, al
        mov al, 0x03
        out 0x40, al
        ret

; Where there is a monitor to ask.
print_text:
        mov ebx, esi
        hypercall CONSOLE_PRINT
        ret

disable: mov byte [ENABLED], 0  ; no trap
        ret

enable: mov byte [ENABLED], 1   ; none, unless something waits
        cmp byte [WAITS], 0
        je .done
        push rax
        hypercall POLL_EVENTS
        pop rax
.done:  ret

write_entry:
        mov [update], rdi
        mov [update + 8], rax
        push rbx
        mov ebx, update
        mov ecx, 1
        hypercall UPDATE_PAGE_TABLES
        pop rbx
        ret

start_timer:
        mov rbx, [TIME]
        add rbx, 50000
        hypercall SET_TIMER
        ret

wait_event:
        hypercall YIELD
        call enable
        jmp disable

end_tick:
        lock btr qword [PENDING], 0
        ret

on_tick: push rax
        inc dword [count]
        site END_TICK
        pop rax
        iretq

        section .data align=8
place:  dd BARE
count:  dd 0
before: dd 0
        align 8
update: dq 0, 0
        ; for each place, a function for each kind of site: 0 leaves it as it is
functions:
        dd print_port, 0, 0, 0, start_pit, 0, 0, 0
        dd print_bytes, 0, 0, 0, start_pit, 0, 0, 0
        dd print_text, disable, enable, write_entry, start_timer, wait_event, end_tick, 0
        dd print_port, 0, 0, 0, start_pit, 0, 0, 0
names:  dd bare, monitored - bare
        dd monitored, paravirtual - monitored
        dd paravirtual, caught - paravirtual
        dd caught, names_end - caught
bare:   db 'on the bare computer.', 10
monitored:
        db 'in ring 0, above a monitor.', 10
paravirtual:
        db 'in ring 3, and know whom to ask.', 10
caught: db 'in ring 3, and nobody answers.', 10
names_end:
gdt_pointer:
        dw gdt_end - gdt - 1
        dq gdt
idt_pointer:
        dw (VECTOR + 1) * 16 - 1
        dq idt
        align 8
idt:    times 6 * 2 dq 0
        dq 0x00008e0000000000 | CODE << 16, 0 ; #UD
        times (VECTOR - 7) * 2 dq 0
        dq 0x00008e0000000000 | CODE << 16, 0
        section .tables follows=.sites align=4096
gdt:    dq 0                    ; on a page of its own: writes to it are traced
        dq 0x00af9b000000ffff   ; CODE. Descriptors are accessed already: nobody has to write that
        dq 0x00cf93000000ffff   ; DATA
        dq 0x00cf9b000000ffff   ; CODE32
gdt_end:

        section .sites
sites_end:
