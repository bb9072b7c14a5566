; multiboot: a kernel that somebody else loads.
;
; Multiboot is a treaty between kernels and loaders (GRUB, QEMU's -kernel, Ringside): a kernel has a
; header in its first 8192 bytes, and a loader that finds it puts the kernel into memory, enters
; protected mode, and says in EBX where it has written down what it knows: the command line, files
; that it has loaded besides (modules), and the memory map. No BIOS, no boot sector, no disk.
;
; The kernel prints all of that, on the screen and on the serial port. It climbs to long mode first,
; because memory maps are made of numbers of 64 bits.

COM1            equ 0x3f8
HEADER_MAGIC    equ 0x1badb002
LOADER_MAGIC    equ 0x2badb002
ALIGN_MODULES   equ 1 << 0          ; what we want: modules at the beginning of pages,
MEMORY_INFO     equ 1 << 1          ; the memory map,
ADDRESSES       equ 1 << 16         ; and to be loaded where the header says. ELF files need not say it
FLAGS           equ ALIGN_MODULES | MEMORY_INFO | ADDRESSES

CODE64          equ 0x08            ; selectors: offsets into the GDT
DATA            equ 0x10
EFER            equ 0xc0000080

        org 0x100000                ; below 1 MByte there are the BIOS, the screen, and the loader's notes
        bits 32

kernel:

; ------------------------------------------------------------------ the header
        align 4
header:         dd HEADER_MAGIC
                dd FLAGS
                dd -(HEADER_MAGIC + FLAGS)      ; the three add up to 0: no header by chance
                dd header                       ; where the header is to be; all else follows from that
                dd kernel                       ; load from here …
                dd end_of_file                  ; … to here,
                dd end_of_kernel                ; fill with 0 up to here,
                dd start                        ; and go

; ------------------------------------------------------------------ 32 bits, as the loader leaves us
; EAX = LOADER_MAGIC, EBX = its information. Interrupts are off, paging is off, A20 is open, all
; segments are flat. The stack and the descriptor table are for us to make.
start:
        mov esp, stack_top
        mov [info], ebx
        cmp eax, LOADER_MAGIC
        je .loaded
        mov dword [0xb8000], 0x4f3f4f21 ; "!?": this was no Multiboot loader
        hlt

        ; Identity-map the first gigabyte with pages of 2 MBytes. The tables are 0 already.
.loaded:
        mov dword [pml4], pdpt + 3  ; present, writable
        mov dword [pdpt], pd + 3
        mov edi, pd
        mov eax, 0x83               ; present, writable, a page of 2 MBytes
        mov ecx, 512
.map:   mov [edi], eax
        add eax, 0x200000
        add edi, 8
        loop .map

        mov eax, cr4
        or eax, 1 << 5              ; PAE: long mode needs 8-byte page-table entries
        mov cr4, eax
        mov eax, pml4
        mov cr3, eax
        mov ecx, EFER
        rdmsr
        or eax, 1 << 8              ; LME: long-mode enable
        wrmsr
        mov eax, cr0
        or eax, 1 << 31             ; PG: paging, and with it long mode
        mov cr0, eax
        lgdt [gdt_pointer]
        jmp CODE64:long_mode

; ------------------------------------------------------------------ 64 bits
        bits 64
long_mode:
        mov ax, DATA
        mov ds, ax
        mov es, ax
        mov ss, ax
        call clear_screen
        mov ebx, [info]             ; writing EBX clears the upper half of RBX
        mov r12d, [rbx]             ; the flags: which of the fields below there are

        mov esi, loader_title
        call title
        mov esi, unknown
        bt r12d, 9
        cmovc esi, [rbx + 64]       ; boot_loader_name
        call print_line

        mov esi, command_title
        call title
        mov esi, none
        bt r12d, 2
        cmovc esi, [rbx + 16]       ; cmdline
        call print_line

        call show_modules
        call show_memory

; With exit=N on the command line the kernel ends by the exit port: the status of QEMU and of Ringside
; is then 2 N + 1. Otherwise it switches the machine off.
finish:
        bt r12d, 2
        jnc .off
        mov esi, [rbx + 16]
.look:  cmp byte [rsi], 0
        je .off
        cmp dword [rsi], 'exit'
        jne .next
        cmp byte [rsi + 4], '='
        je .number
.next:  inc rsi
        jmp .look
.number:
        add rsi, 5
        xor ecx, ecx
.digit: movzx eax, byte [rsi]
        inc rsi
        sub al, '0'
        cmp al, 10
        jae .exit
        imul ecx, ecx, 10
        add ecx, eax
        jmp .digit
.exit:  mov al, cl
        out 0xf4, al
.off:   mov dx, 0x604               ; ACPI's power-management port, where QEMU has it, too
        mov ax, 0x2000              ; "soft off"
        out dx, ax
.never: hlt
        jmp .never

; ------------------------------------------------------------------ modules
; Each has an entry of 16 bytes: begin, end, its own command line, 0. What it means is for the kernel
; to know: a file system, a driver, a program. Ours is a text.
show_modules:
        mov esi, modules_title
        call title
        xor ebp, ebp
        bt r12d, 3
        cmovc ebp, [rbx + 20]       ; mods_count
        mov esi, none
        test ebp, ebp
        jz print_line
        mov r13d, [rbx + 24]        ; mods_addr
.next:  mov eax, [r13]
        call print_hex
        mov esi, dash
        call print
        mov eax, [r13 + 4]
        dec eax                     ; its last byte
        call print_hex
        mov esi, gap
        call print
        mov esi, [r13 + 8]
        call print_line
        mov byte [colour], 0x0b
        mov esi, [r13]
        mov edi, [r13 + 4]
.char:  cmp esi, edi
        jae .end
        lodsb
        call print_char
        jmp .char
.end:   mov byte [colour], 0x07
        add r13d, 16
        dec ebp
        jnz .next
        ret

; ------------------------------------------------------------------ the memory map
; Entries as INT 15h, E820h gives them, each behind its size: the loader has asked the BIOS for us.
show_memory:
        mov esi, memory_title
        call title
        mov esi, none
        bt r12d, 6
        jnc print_line
        mov r13d, [rbx + 48]        ; mmap_addr
        mov r14d, [rbx + 44]        ; mmap_length
        add r14, r13                ; where it ends
.next:  mov ebp, [r13 + 20]         ; the kind
        cmp ebp, 5
        jbe .known
        xor ebp, ebp
.known: mov al, [kind_colours + rbp]
        mov [colour], al
        mov rax, [r13 + 4]          ; base
        call print_hex
        mov esi, dash
        call print
        mov rax, [r13 + 4]
        add rax, [r13 + 12]         ; + length: no carry to think of
        dec rax
        call print_hex
        mov esi, gap
        call print
        mov esi, [kinds + rbp * 4]
        call print_line
        mov byte [colour], 0x07
        mov eax, [r13]              ; its size, in which the field of the size itself does not count
        lea r13, [r13 + rax + 4]
        cmp r13, r14
        jb .next
        ret

; ------------------------------------------------------------------ the screen and the serial port
SCREEN          equ 0xb8000         ; 25 rows of 80: character, attribute, …
ROW             equ 2 * 80

clear_screen:
        mov edi, SCREEN
        mov rax, 0x0720072007200720
        mov ecx, 25 * ROW / 8
        rep stosq
        mov dx, 0x3d4               ; the cursor: index 0x0a, bit 5 is "off"
        mov ax, 0x200a
        out dx, ax
        ret

title:
        mov byte [colour], 0x0e
        call print_line
        mov byte [colour], 0x07
        ret

print_line:
        call print
        mov al, 10
        jmp print_char

; Prints the text at RSI, which ends with 0.
print:
.next:  lodsb
        test al, al
        jz .done
        call print_char
        jmp .next
.done:  ret

; Prints AL on the serial port and on the screen. The first costs a VM exit, the second nothing.
print_char:
        push rdi
        push rsi
        push rcx
        push rax
        mov dx, COM1
        out dx, al
        mov edi, [cursor]
        cmp al, 10
        je .line
        mov ah, [colour]
        mov [rdi], ax
        add edi, 2
        jmp .done
.line:  sub edi, SCREEN
        mov eax, edi
        xor edx, edx
        mov ecx, ROW
        div ecx
        sub edi, edx                ; to the beginning of this line,
        add edi, SCREEN + ROW       ; and of the next
.done:  cmp edi, SCREEN + 25 * ROW
        jb .kept
        mov edi, SCREEN             ; all rows move up
        mov esi, SCREEN + ROW
        mov ecx, 24 * ROW / 8
        rep movsq
        push rdi
        mov rax, 0x0720072007200720
        mov ecx, ROW / 8
        rep stosq
        pop rdi
.kept:  mov [cursor], edi
        pop rax
        pop rcx
        pop rsi
        pop rdi
        ret

; Prints RAX as 10 hexadecimal digits: 40 bits are enough for the addresses of today's machines.
print_hex:
        shl rax, 24
        mov ecx, 10
.next:  rol rax, 4                  ; the highest digit comes first
        push rax
        and al, 0x0f
        cmp al, 10
        jb .put
        add al, 'a' - '0' - 10
.put:   add al, '0'
        call print_char
        pop rax
        loop .next
        ret

; ------------------------------------------------------------------ data
loader_title:   db "Loaded by", 0
command_title:  db 10, "Command line", 0
modules_title:  db 10, "Modules", 0
memory_title:   db 10, "Memory", 0
unknown:        db "somebody without a name", 0
none:           db "none", 0
dash:           db " - ", 0
gap:            db "   ", 0
other:          db "unknown", 0
ram:            db "usable", 0
reserved:       db "reserved", 0
acpi:           db "ACPI tables", 0
nvs:            db "ACPI NVS", 0
bad:            db "defective", 0
kind_colours:   db 0x07, 0x0a, 0x08, 0x0e, 0x0e, 0x0c
colour:         db 0x07

        align 8
kinds:          dd other, ram, reserved, acpi, nvs, bad
info:           dd 0
cursor:         dd SCREEN

        align 8
gdt:            dq 0                            ; the null descriptor
                dq 0x00af9a000000ffff           ; 0x08: ring 0 code, 64 bits
                dq 0x00cf92000000ffff           ; 0x10: ring 0 data
gdt_pointer:    dw $ - gdt - 1
                dd gdt

end_of_file:

; What the file does not hold: the header asks for it to be filled with 0.
        section .bss align=4096
pml4:           resb 4096
pdpt:           resb 4096
pd:             resb 4096
                resb 4096
stack_top:
end_of_kernel:
