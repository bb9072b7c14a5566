; A kernel that finds out what machine it is on: the MP table, ACPI's tables, the functions on the PCI bus. Then it
; switches off as the tables tell.
        bits 32
        org 0x100000
header: dd 0x1badb002, 0x10000, -(0x1badb002 + 0x10000)
        dd header, header, 0, bss_end, start

start:  mov esp, stack

        ; the MP table: in the extended data area, in the last KByte of base memory, in the BIOS
        movzx esi, word [0x40e]
        shl esi, 4
        mov ecx, 1024
        mov eax, '_MP_'
        call find
        jnc .mp
        mov esi, 639 * 1024
        mov ecx, 1024
        call find
        jnc .mp
        mov esi, 0xf0000
        mov ecx, 0x10000
        call find
        jc wrong
.mp:    mov ecx, 16
        call tell
        mov esi, [esi + 4]
        movzx ecx, word [esi + 4]
        call tell
        movzx ecx, word [esi + 34]
        add esi, 44
.entry: movzx eax, byte [esi]
        inc byte [kinds + eax]
        movzx eax, byte [lengths + eax]
        add esi, eax
        loop .entry
        mov ecx, 5
        mov esi, kinds
.kind:  lodsb
        call hex8
        call space
        loop .kind
        call newline

        ; ACPI's tables
        mov esi, 0xe0000
        mov ecx, 0x20000
        mov eax, 'RSD '
        call find
        jc wrong
        mov ecx, 20
        call tell
        mov esi, [esi + 16]
        call table
        mov ecx, [esi + 4]
        sub ecx, 36
        shr ecx, 2
        lea edi, [esi + 36]
.table: mov esi, [edi]
        call table
        cmp dword [esi], 'FACP'
        jne .next
        mov [fadt], esi
        mov esi, [esi + 40]
        call table
        mov [dsdt], esi
        mov esi, [fadt]
        mov esi, [esi + 36]
        call name
        call newline
.next:  add edi, 4
        loop .table

        ; the timer goes on
        mov esi, [fadt]
        mov edx, [esi + 76]
        in eax, dx
        mov ebx, eax
        mov ecx, 1000
.wait:  loop .wait
        in eax, dx
        sub eax, ebx
        and eax, 0xffffff
        setnz al
        call hex8
        call newline

        ; the PCI bus
        mov ebx, 0x80000000
.slot:  mov eax, ebx
        call pci_read
        cmp eax, -1
        je .empty
        push eax
        mov eax, ebx
        call hex32
        call space
        pop eax
        call hex32
        call space
        lea eax, [ebx + 8]
        call pci_read
        call hex32
        call space
        lea eax, [ebx + 4]
        call pci_read
        call hex32
        call space
        lea eax, [ebx + 0x10]       ; what the first base address register says to be as long as
        call pci_read
        push eax
        mov eax, -1
        out dx, eax
        in eax, dx
        call hex32
        pop eax
        out dx, eax
        call newline
.empty: add ebx, 0x100
        cmp ebx, 0x80010000
        jb .slot

        ; off: the sleep type is what the package _S5 begins with
        mov esi, [dsdt]
        mov ecx, [esi + 4]
.s5:    cmp dword [esi], '_S5_'
        je .off
        inc esi
        loop .s5
        jmp wrong
.off:   movzx eax, byte [esi + 7]   ; _S5_, package, length, count, zero
        cmp al, 0
        jne wrong
        or eax, 1 << 13
        mov esi, [fadt]
        mov edx, [esi + 64]
        out dx, ax
        jmp rest
wrong:  mov al, 0xee
        out 0xf4, al
rest:   hlt
        jmp rest

; Finds EAX at a multiple of 16 from ESI on, in ECX bytes; CF = 1: it is not there.
find:   shr ecx, 4
.look:  cmp [esi], eax
        je .found
        add esi, 16
        loop .look
        stc
        ret
.found: clc
        ret

; ESI -> a table of ACPI: its name, whether its checksum is right.
table:  push ecx
        mov ecx, [esi + 4]
        call tell
        pop ecx
        ret

; ESI -> a table of ECX bytes.
tell:   push eax
        push ecx
        push esi
        call name
        xor eax, eax
.sum:   add al, [esi]
        inc esi
        loop .sum
        call hex8                   ; 0
        call newline
        pop esi
        pop ecx
        pop eax
        ret

name:   push ecx
        push esi
        mov ecx, 4
.next:  lodsb
        call put
        loop .next
        call space
        pop esi
        pop ecx
        ret

; EAX = an address on the bus. Returns EAX = what is there, EDX = the port.
pci_read:
        mov dx, 0xcf8
        out dx, eax
        mov dx, 0xcfc
        in eax, dx
        ret

hex32:  push eax
        shr eax, 16
        call hex16
        pop eax
hex16:  push eax
        shr eax, 8
        call hex8
        pop eax
hex8:   push eax
        shr al, 4
        call digit
        pop eax
        push eax
        call digit
        pop eax
        ret
digit:  and al, 15
        add al, '0'
        cmp al, '9'
        jbe put
        add al, 7
put:    push edx
        mov dx, 0x3f8
        out dx, al
        pop edx
        ret
space:  push eax
        mov al, ' '
        call put
        pop eax
        ret
newline:
        push eax
        mov al, 10
        call put
        pop eax
        ret

lengths: db 20, 8, 8, 8, 8
kinds:  db 0, 0, 0, 0, 0
        absolute $
        alignb 16
fadt:   resd 1
dsdt:   resd 1
        resb 4096
stack:
bss_end:
