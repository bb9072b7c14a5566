; pages: 32-bit paging: error codes, accessed and dirty bits, write protection, 4-MByte pages, global
; pages that stay over CR3, what INVLPG and the loading of CR3 drop.
%include "kernel.inc.asm"

DIRECTORY equ 0x20000
TABLE   equ 0x21000
DATA    equ 0x50000                 ; linear and physical

%macro ENTRY 1                      ; what stands for DATA now
        mov dword [TABLE + (DATA >> 12) * 4], %1
        invlpg [DATA]
%endmacro
%macro SEE 1                        ; low bits of that entry
        TELL %1
        mov eax, [TABLE + (DATA >> 12) * 4]
        call hex_32
        LINE
%endmacro

kernel: mov edi, DIRECTORY
        mov ecx, 1024
        xor eax, eax
        rep stosd
        mov dword [DIRECTORY], TABLE + 7
        mov dword [DIRECTORY + 4], 0x00000083 ; 4 MBytes at 4 MByte: the first 4
        mov edi, TABLE
        mov eax, 7
.fill:  stosd
        add eax, 0x1000
        cmp eax, 0x400007
        jne .fill
        mov eax, DIRECTORY
        mov cr3, eax
        mov eax, cr0
        or eax, 1 << 31
        mov cr0, eax
        TELL "paging"
        LINE
        ENTRY DATA + 7
        SEE "fresh"
        TRY "read", mov eax, [DATA]
        SEE "read"
        TRY "write", mov [DATA], eax
        SEE "written"
        ENTRY DATA + 6
        TRY "read, not present", mov eax, [DATA]
        TRY "write, not present", mov [DATA], eax
        TRY "call, not present", call DATA
        ENTRY DATA + 5
        TRY "write, read only, WP = 0", mov [DATA], eax
        SEE "written"
        mov eax, cr0
        or eax, 1 << 16
        mov cr0, eax
        TRY "write, read only, WP = 1", mov [DATA], eax
        ENTRY DATA + 5
%ifndef LOCKSTEP
        TRY "cmpxchg that does not change", cmpxchg [DATA], ebx
        SEE "afterwards"
%endif
        ENTRY DATA + 7
        TELL "ring 3 reads"
        USER .read
        LINE
        ENTRY DATA + 3
        TELL "ring 3 reads the kernel's"
        USER .read
        LINE
        TELL "ring 3 writes the kernel's"
        USER .write
        LINE
        ENTRY DATA + 5
        TELL "ring 3 writes read only"
        USER .write
        LINE
        ENTRY DATA + 4
        TELL "ring 3 jumps to nothing"
        USER DATA
        LINE
        ; across two pages
        mov dword [TABLE + (DATA >> 12) * 4 + 4], 0
        ENTRY DATA + 7
        invlpg [DATA + 0x1000]
        TRY "read across", mov eax, [DATA + 0xffe]
        mov dword [DATA + 0xffc], 0
        TRY "write across", mov dword [DATA + 0xffe], -1
        TELL "  left"
        HEX [DATA + 0xffc]
        LINE
        ; PSE: without it the entry points to a table at 0, where we put nothing for this page
        mov dword [(kernel - $$ + 0x7c00) / 0x1000 * 4], 0
        TRY "4 MBytes without PSE", mov eax, [0x400000 + kernel]
        mov eax, cr4
        or eax, 0x10
        mov cr4, eax
        mov eax, cr3
        mov cr3, eax
        TRY "4 MBytes with PSE", mov eax, [0x400000 + kernel]
        TELL "  same"
        sub eax, [kernel]
        call hex_32
        TELL " entry"
        HEX [DIRECTORY + 4]
        LINE
%ifndef LOCKSTEP
        mov dword [DIRECTORY + 4], 0x00200083 ; a bit that is reserved
        mov eax, cr3
        mov cr3, eax
        TRY "4 MBytes, reserved bit", mov eax, [0x400000 + kernel]
%endif
        ; global pages
        mov eax, cr4
        or eax, 0x80
        mov cr4, eax
        ENTRY DATA + 0x107
        mov eax, [DATA]
        mov dword [TABLE + (DATA >> 12) * 4], 0
        mov eax, cr3
        mov cr3, eax
%ifndef LOCKSTEP
        TRY "global, after CR3", mov eax, [DATA]
%endif
        mov eax, cr4
        and eax, ~0x80
        mov cr4, eax
        TRY "global, after PGE", mov eax, [DATA]
        ; string instructions stop in the middle
        ENTRY DATA + 7
        invlpg [DATA + 0x1000]
        mov edi, DATA + 0xff4
        mov ecx, 8
        TRY "rep stosd into nothing", rep stosd
        TELL "  ecx"
        HEX ecx
        TELL " edi"
        HEX edi
        LINE
        mov eax, cr0
        and eax, 0x7fffffff
        mov cr0, eax
        TELL "no paging"
        LINE
        FINISH
.read:  mov ax, 0x23
        mov ds, ax
        mov eax, [DATA]
        int 0x30
.write: mov ax, 0x23
        mov ds, ax
        mov [DATA], eax
        int 0x30
