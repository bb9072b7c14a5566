; pae: 32-bit code with PAE paging: no-execute, 2-MByte pages, SMEP and SMAP with AC, error codes, write protection,
; PDPTEs that are read when CR3 is loaded.
%include "kernel.inc.asm"

PDPT    equ 0x20000
PD      equ 0x21000
PT      equ 0x22000
DATA    equ 0x50000

%macro ENTRY 2                      ; low and high doubleword of what stands for DATA
        mov dword [PT + (DATA >> 12) * 8], %1
        mov dword [PT + (DATA >> 12) * 8 + 4], %2
        invlpg [DATA]
%endmacro
%macro CR4 2                        ; bits to set, bits to clear
        mov eax, cr4
        or eax, %1
        and eax, ~(%2)
        mov cr4, eax
%endmacro

kernel: mov edi, PDPT
        xor eax, eax
        mov ecx, 0x3000 / 4
        rep stosd
        mov dword [PDPT], PD + 1
        mov dword [PD], PT + 7
        mov dword [PD + 8], 0x83    ; 2 MBytes at 2 MBytes: the first
        mov edi, PT
        mov eax, 7
.fill:  stosd
        mov dword [edi], 0
        add edi, 4
        add eax, 0x1000
        cmp eax, 0x200007
        jne .fill
        mov byte [DATA], 0xc3
        CR4 0x20, 0
        mov ecx, 0xc0000080
        rdmsr
        or eax, 0x800               ; NXE
        wrmsr
        mov eax, PDPT
        mov cr3, eax
        mov eax, cr0
        or eax, 1 << 31
        mov cr0, eax
        TRY "call", call DATA
        ENTRY DATA + 7, 0x80000000
        TRY "call, NX", call DATA
        TRY "read, NX", mov eax, [DATA]
        TELL "ring 3 jumps to NX"
        USER DATA
        LINE
        TRY "2 MBytes", mov eax, [0x200000 + DATA]
        mov dword [PD + 12], 0x80000000
        invlpg [0x200000]
        TRY "2 MBytes, NX, call", call 0x200000 + DATA
        mov ecx, 0xc0000080
        rdmsr
        and eax, ~0x800
        wrmsr
        mov eax, cr3
        mov cr3, eax
        ENTRY DATA + 7, 0
        ; the program's own pages become the kernel's
        mov ecx, 0
.own:   and dword [PT + ecx * 8], ~4
        inc ecx
        cmp ecx, 0x48
        jne .own
        mov eax, cr3
        mov cr3, eax
        CR4 1 << 20, 0
        TRY "SMEP, call", call DATA
        TRY "SMEP, read", mov eax, [DATA]
        CR4 0, 1 << 20
        CR4 1 << 21, 0
        TRY "SMAP, read", mov eax, [DATA]
        TRY "SMAP, write", mov [DATA], eax
        stac
        TRY "SMAP, read with AC", mov eax, [DATA]
        clac
        CR4 0, 1 << 21
        ; PDPTEs are registers: a change is seen when CR3 is loaded
        mov dword [PDPT + 8], PD + 1
        TRY "new PDPTE, not loaded", mov eax, [0x40000000 + DATA]
        mov eax, cr3
        mov cr3, eax
        TRY "loaded", mov eax, [0x40000000 + DATA]
        mov dword [PDPT + 8], PD + 1 + 2
        mov eax, cr3
        TRY "CR3, reserved bit in a PDPTE", mov cr3, eax
        mov dword [PDPT + 8], 0
        mov eax, cr0
        and eax, 0x7fffffff
        mov cr0, eax
        FINISH
