; shadow-paging: a guest whose page tables no processor walks.
;
; Under "paging": "shadow" the processor walks tables of the monitor's, the shadow tables. They are made of the
; guest's, entry by entry, when a page fault shows that one is missing. The guest must not notice: it
; prints the same under EPT, in software and on the bare computer. What differs is where it exits.
;
; Code, data and stack share one page, so that little but the six experiments meets a page fault.

COM1    equ 0x3f8
EXIT    equ 0xf4                ; the exit device

PD      equ 0x10000             ; the first address space: page directory and page table
PT      equ 0x11000
PD_B    equ 0x12000             ; the second one
PT_B    equ 0x13000

FRESH   equ 0x40000             ; pages to experiment with
ABSENT  equ 0x41000             ; the guest has no entry for it
FLAGS   equ 0x42000
MOVED   equ 0x43000             ; leads to its own frame, later to the next one
OWN     equ 0x45000             ; leads to its own frame, in the second space to the next one
APIC    equ 0x50000             ; leads to the registers of the local APIC
APIC_FRAME equ 0xfee00000

P       equ 1                   ; bits of an entry
RW      equ 2
UNCACHED equ 0x18               ; PWT and PCD: as device registers want it
A_BIT   equ 5
D_BIT   equ 6

%define entry(table, page) table + (page >> 12) * 4

        org 0x8000

; -------------------------------------------------- to protected mode: so far the guest is executed in software
        bits 16
start:  cli
        xor ax, ax
        mov ds, ax
        lgdt [gdt_pointer]
        mov eax, cr0
        or al, 1
        mov cr0, eax
        jmp 8:protected

        bits 32
protected:
        mov ax, 16
        mov ds, ax
        mov es, ax
        mov ss, ax
        mov esp, 0x9000
        lidt [idt_pointer]

; -------------------------------------------------- two address spaces: linear = physical below 1 MByte
        mov edi, PD
        xor eax, eax
        mov ecx, 4 * 4096 / 4
        rep stosd
        mov dword [PD], PT | P | RW
        mov dword [PD_B], PT_B | P | RW
        xor ecx, ecx
        mov eax, P | RW
.map:   mov [PT + ecx * 4], eax
        mov [PT_B + ecx * 4], eax
        add eax, 0x1000
        inc ecx
        cmp ecx, 256
        jb .map
        mov dword [entry(PT, ABSENT)], 0
        mov dword [entry(PT, APIC)], APIC_FRAME | P | RW | UNCACHED
        mov dword [entry(PT_B, OWN)], (OWN + 0x1000) | P | RW
        mov byte [FRESH], 'f'
        mov byte [MOVED], 'm'
        mov byte [MOVED + 0x1000], 'n'
        mov byte [OWN], 'a'
        mov byte [OWN + 0x1000], 'b'
        mov eax, PD
        mov cr3, eax
        mov eax, cr0
        or eax, 1 << 31 | 1 << 16 ; PG, and WP: read-only binds ring 0, too
        mov cr0, eax
        mov esi, hello          ; from here on, linear addresses are translated
        call print

; -------------------------------------------------- 1: a hidden page fault
; The guest's entry allows the access, the shadow tables have none yet. The monitor fills it in.
hidden:
.first: mov bl, [FRESH]         ; break here: Step Into
.again: mov bh, [FRESH]         ; no exit any more
        mov esi, hidden_text
        call print
        mov al, bl
        call put
        mov al, bh
        call put_last

; -------------------------------------------------- 2: a true page fault
; The guest's own tables forbid the access. The monitor injects the exception: it is the guest's.
true_fault:
.write: mov [ABSENT], al        ; break here, and at on_page_fault
.after:

; -------------------------------------------------- 3: accessed and dirty
; The processor sets them in tables that it walks. These it does not walk: the monitor sets them.
flags:
.read:  mov al, [FLAGS]         ; A; the page is mapped read-only, though the guest may write
        mov esi, read_text
        call print_flags
.write: mov [FLAGS], al         ; D; only now is it mapped for writing
        mov esi, write_text
        call print_flags
.again: mov [FLAGS], al         ; no exit any more

; -------------------------------------------------- 4: the guest edits an entry
; The frame of a page table is mapped read-only: the monitor learns of each write, and executes it itself.
edit:   mov bl, [MOVED]
.write: mov dword [entry(PT, MOVED)], (MOVED + 0x1000) | P | RW
.flush: invlpg [MOVED]          ; as on any processor
.read:  mov bh, [MOVED]         ; the old shadow entry is gone: a hidden page fault
        mov esi, edit_text
        call print
        mov al, bl
        call put
        mov al, bh
        call put_last

; -------------------------------------------------- 5: another address space, and back
; Each has shadow tables of its own, which are kept: only the first visit meets hidden page faults.
switch: mov bl, [OWN]
        mov eax, PD_B
.there: mov cr3, eax
        mov bh, [OWN]
        mov eax, PD
.back:  mov cr3, eax
        mov cl, [OWN]           ; no page fault
        mov eax, PD_B
.twice: mov cr3, eax
        mov ch, [OWN]           ; no page fault here, either
        mov eax, PD
        mov cr3, eax
        mov esi, switch_text
        call print
        mov al, bl
        call put
        mov al, bh
        call put
        mov al, cl
        call put
        mov al, ch
        call put_last

; -------------------------------------------------- 6: a device in memory
; No frame is there to be mapped: each access is a page fault, and is executed by the monitor.
device:
.first: mov ebx, [APIC + 0x20]  ; the local APIC ID
.again: mov ebx, [APIC + 0x20]  ; exits again
        mov esi, device_text
        call print
        mov eax, ebx
        call print_hex
        mov al, 10
        call put

        mov esi, bye
        call print
        mov al, 0
        out EXIT, al
        hlt

; #PF: tells what the processor (or the monitor) says of it, and goes on behind the instruction.
on_page_fault:
        mov esi, fault_text
        call print
        mov eax, cr2
        call print_hex
        mov esi, error_text
        call print
        pop eax
        call print_hex
        mov al, 10
        call put
        mov dword [esp], true_fault.after
        iretd

; Prints the text at ESI and the flags of the entry for FLAGS.
print_flags:
        call print
        mov esi, accessed_text
        mov ecx, A_BIT
        call .flag
        mov esi, dirty_text
        mov ecx, D_BIT
        call .flag
        mov al, 10
        jmp put
.flag:  call print
        bt [entry(PT, FLAGS)], ecx
        mov al, '0'
        adc al, 0
        jmp put

; Prints EAX in hexadecimal.
print_hex:
        mov ecx, 8
.next:  rol eax, 4
        push eax
        and eax, 15
        mov al, [digits + eax]
        call put
        pop eax
        loop .next
        ret

; Prints the zero-terminated text at ESI.
print:  lodsb
        test al, al
        jz .done
        call put
        jmp print
.done:  ret

; Prints AL and the end of the line.
put_last:
        call put
        mov al, 10
put:    mov dx, COM1
        out dx, al
        ret

digits:         db '0123456789abcdef'
hello:          db 'Paging is on.', 10, 0
hidden_text:    db '1 hidden page fault: read twice, ', 0
fault_text:     db '2 true page fault: CR2 ', 0
error_text:     db ', error code ', 0
read_text:      db '3 after a read:  ', 0
write_text:     db '3 after a write: ', 0
accessed_text:  db 'accessed ', 0
dirty_text:     db ', dirty ', 0
edit_text:      db '4 before and after the edit: ', 0
switch_text:    db '5 there and back, twice: ', 0
device_text:    db '6 local APIC ID register: ', 0
bye:            db 'Goodbye.', 10, 0

        align 8
gdt:            dq 0
                dq 0x00cf9b000000ffff   ; 0x08: code. Descriptors are accessed already: nobody has to write that
                dq 0x00cf93000000ffff   ; 0x10: data
gdt_pointer:    dw $ - gdt - 1
                dd gdt

        align 8
idt:            times 14 dq 0
                dw (on_page_fault - $$ + 0x8000) & 0xffff, 8 ; 14: #PF
                dw 0x8e00, 0
idt_pointer:    dw $ - idt - 1
                dd idt
