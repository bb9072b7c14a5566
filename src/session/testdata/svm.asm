; A hypervisor on a bare computer with SVM: it enables SVM, builds a VMCB with nested paging, and runs a guest in real
; mode that executes CPUID, prints by a port that is intercepted, is told a wrong address, and halts.

VMCB    equ     0x200000
HSAVE   equ     0x201000
IOPM    equ     0x202000                ; 3 pages
MSRPM   equ     0x205000                ; 2 pages
NPT     equ     0x208000                ; PML4, PDPT, page directory, page table
MEMORY  equ     0x210000                ; what the guest believes to be its first 64 KBytes

        org     0x7c00
        bits    16
start:  cli
        xor     ax, ax
        mov     ds, ax
        lgdt    [gdtr]
        mov     eax, cr0
        or      al, 1
        mov     cr0, eax
        jmp     8:protected

        bits    32
protected:
        mov     eax, 16
        mov     ds, eax
        mov     es, eax
        mov     ss, eax
        mov     esp, 0x7000
        mov     edi, 0x10000            ; page tables: 4 MBytes in large pages
        xor     eax, eax
        mov     ecx, 0x3000 / 4
        rep stosd
        mov     dword [0x10000], 0x11003
        mov     dword [0x11000], 0x12003
        mov     dword [0x12000], 0x83
        mov     dword [0x12008], 0x200083
        mov     eax, 0x20
        mov     cr4, eax
        mov     eax, 0x10000
        mov     cr3, eax
        mov     ecx, 0xc0000080
        rdmsr
        or      eax, 0x1100             ; LME, SVME
        wrmsr
        mov     eax, cr0
        or      eax, 1 << 31
        mov     cr0, eax
        jmp     24:long

        bits    64
long:   mov     eax, 0x8000000a         ; is there nested paging, and NRIP?
        cpuid
        and     edx, 9
        cmp     edx, 9
        jne     fail
        mov     edi, VMCB
        xor     eax, eax
        mov     ecx, (MEMORY - VMCB) / 8
        rep stosq
        mov     eax, HSAVE
        xor     edx, edx
        mov     ecx, 0xc0010117
        wrmsr

        mov     dword [NPT], NPT + 0x1007
        mov     dword [NPT + 0x1000], NPT + 0x2007
        mov     dword [NPT + 0x2000], NPT + 0x3007
        mov     edi, NPT + 0x3000
        mov     eax, MEMORY + 7
        mov     ecx, 8                  ; pages 0 to 7 are there, page 8 is not
.map:   mov     [rdi], rax
        add     edi, 8
        add     eax, 0x1000
        loop    .map

        mov     byte [IOPM + (0xe9 >> 3)], 1 << (0xe9 & 7)
        mov     esi, section.guest.start
        mov     edi, MEMORY + 0x7000
        mov     ecx, guest.end - guest
        rep movsb

        mov     ebx, VMCB
        mov     dword [rbx + 0x0c], 1 << 18 | 1 << 24 | 1 << 27 ; CPUID, HLT, IOIO
        mov     dword [rbx + 0x10], 1   ; VMRUN
        mov     dword [rbx + 0x40], IOPM
        mov     dword [rbx + 0x48], MSRPM
        mov     dword [rbx + 0x58], 1   ; ASID
        mov     dword [rbx + 0x90], 1   ; nested paging
        mov     dword [rbx + 0xb0], NPT
        mov     word [rbx + 0x412], 0x9b                        ; CS
        mov     dword [rbx + 0x414], 0xffff
        mov     word [rbx + 0x432], 0x93                        ; DS
        mov     dword [rbx + 0x434], 0xffff
        mov     dword [rbx + 0x4d0], 1 << 12                    ; EFER
        mov     dword [rbx + 0x558], 0x10                       ; CR0
        mov     dword [rbx + 0x570], 2                          ; RFLAGS
        mov     dword [rbx + 0x578], 0x7000                     ; RIP
        mov     rax, 0x0007040600070406
        mov     [rbx + 0x668], rax                              ; PAT

run:    mov     eax, VMCB
        clgi
        vmrun
        stgi
        mov     ebx, VMCB
        mov     rax, [rbx + 0x70]
        cmp     rax, 0x72
        je      on_cpuid
        cmp     rax, 0x7b
        je      on_io
        cmp     rax, 0x78
        je      on_hlt
        cmp     rax, 0x400
        je      on_fault
fail:   mov     al, 1
        out     0xf4, al
        hlt

on_cpuid:
        mov     dword [rbx + 0x5f8], 'C'                        ; RAX
next:   mov     rax, [rbx + 0xc8]                               ; NRIP
        mov     [rbx + 0x578], rax
        jmp     run

on_io:  mov     eax, [rbx + 0x78]
        cmp     eax, 0xe90000 | 1 << 4 | 1 << 7                 ; OUT of a byte, with 16-bit addresses
        jne     fail
        mov     al, [rbx + 0x5f8]
        call    print
        jmp     next

on_fault:
        mov     rax, [rbx + 0x78]
        shr     rax, 32
        cmp     eax, 1                                          ; the final address
        jne     fail
        cmp     dword [rbx + 0x80], 0x8123
        jne     fail
        mov     al, 'F'
        call    print
        mov     dword [NPT + 0x3000 + 8 * 8], MEMORY + 0x8007   ; now page 8 is there
        mov     byte [MEMORY + 0x8123], 'M'
        jmp     run

on_hlt: mov     al, 'H'
        call    print
        mov     al, 10
        call    print
        mov     al, 0
        out     0xf4, al
        hlt

print:  mov     dx, 0x3f8
        out     dx, al
        ret

gdtr:   dw      4 * 8 - 1
        dd      gdt
gdt:    dq      0, 0x00cf9a000000ffff, 0x00cf92000000ffff, 0x00af9a000000ffff

        section guest vstart=0x7000 follows=.text align=16
        bits    16
guest:  xor     eax, eax
        cpuid
        out     0xe9, al
        mov     al, [0x8123]
        out     0xe9, al
        hlt
.end:
