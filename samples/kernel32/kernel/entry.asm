; entry: from real mode to a kernel that runs at high addresses.
;
; Three modes in a page of code. Real mode is left at once: segments of 64 KBytes and the BIOS are of
; no use here. Protected mode has segments of 4 GBytes, and its addresses are physical. With paging
; they become linear, and the kernel moves to 0xc0000000 without moving a byte.

CR0_PE      equ 1 << 0              ; protected mode
CR0_WP      equ 1 << 16             ; read-only pages bind ring 0, too
CR0_PG      equ 1 << 31             ; paging
CR4_PSE     equ 1 << 4              ; large pages, 4 MBytes each

        section .text
        bits 16
entry:  jmp short real_mode

        align 4
        dd 'K32!'                   ; for boot.asm: what this is,
        dd (end_of_image - ENTRY_AT) / 512 ; and how many sectors it has

real_mode:
        cli                         ; there is no table of interrupts until interrupts.asm makes one
        cld
        xor ax, ax
        mov ds, ax
        in al, 0x92                 ; A20: without it, odd megabytes are even ones
        or al, 2
        and al, 0xfe                ; bit 0 would reset the computer
        out 0x92, al
        lgdt [low_gdt_pointer]
        mov eax, cr0
        or eax, CR0_PE
        mov cr0, eax
        jmp KERNEL_CODE:protected_mode ; a far jump: CS gets a segment of 32 bits

; ------------------------------------------------------------------ protected mode, paging off
        bits 32
protected_mode:
        mov eax, KERNEL_DATA
        mov ds, eax
        mov es, eax
        mov ss, eax

        mov edi, BSS_AT             ; a loader need not have cleared it
        mov ecx, end_of_bss - KERNEL_BASE - BSS_AT
        xor eax, eax
        rep stosb

        ; The first 4 MBytes page by page: the code read-only, page 0 not at all.
        mov edi, low_table - KERNEL_BASE + 4
        mov eax, PAGE | PTE_PRESENT | PTE_WRITABLE
.page:  mov edx, eax
        cmp eax, CODE_AT
        jb .put
        cmp eax, DATA_AT
        jae .put
        and edx, ~PTE_WRITABLE
.put:   mov [edi], edx
        add edi, 4
        add eax, PAGE
        cmp eax, 0x400000
        jb .page

        ; The rest in large pages, which need no page table.
        mov edi, kernel_directory - KERNEL_BASE + KERNEL_ENTRIES * 4
        mov dword [edi], low_table - KERNEL_BASE + (PTE_PRESENT | PTE_WRITABLE)
        mov eax, 0x400000 | PTE_PRESENT | PTE_WRITABLE | PDE_LARGE
.large: add edi, 4
        mov [edi], eax
        add eax, 0x400000
        cmp eax, MEMORY_MOST
        jb .large

        ; The instruction behind "mov cr0" is fetched at a low address still: so for now the first 4
        ; MBytes are also where they are.
        mov eax, [kernel_directory - KERNEL_BASE + KERNEL_ENTRIES * 4]
        mov [kernel_directory - KERNEL_BASE], eax
        mov eax, cr4
        or eax, CR4_PSE
        mov cr4, eax
        mov eax, kernel_directory - KERNEL_BASE
        mov cr3, eax
        mov eax, cr0
        or eax, CR0_PG | CR0_WP
        mov cr0, eax
        mov eax, high
        jmp eax                     ; an absolute jump: a relative one would stay low

low_gdt_pointer:
        dw gdt.end - gdt - 1
        dd gdt - KERNEL_BASE

; ------------------------------------------------------------------ paging on
        section .kernel
high:   mov esp, boot_stack + PAGE
        mov dword [kernel_directory], 0 ; the low half is for processes from now on
        mov eax, cr3                ; writing CR3 flushes what the TLB knows of it
        mov cr3, eax

        call set_up_segments
        call set_up_interrupts
        call set_up_devices
        call set_up_console
        call set_up_frames
        call set_up_files
        mov esi, welcome
        call print
        call start_first_process
        ; What has run until here is process 0 now, which runs when nobody else wants to.

idle:   sti
        hlt                         ; STI lets interrupts in behind HLT, not before it: none is slept through
        cli
        call schedule
        jmp idle

        section .data
welcome:    db "kernel32: type help, then Enter.", 10, 0

        section .bss
        alignb PAGE
kernel_directory: resb PAGE         ; the upper quarter of every address space
low_table:  resb PAGE
boot_stack: resb PAGE
