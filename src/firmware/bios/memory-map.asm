; memory-map: INT 15h, AH = E8h: what lies where in the machine's memory.

SMAP            equ 0x534d4150      ; 'SMAP', which callers must say
USABLE          equ 1               ; AddressRangeMemory
RESERVED        equ 2               ; AddressRangeReserved
MAP_ENTRY       equ 20              ; bytes: base (8), length (8), type (4)
MEGABYTE        equ 0x100000

memory_services:
        cmp al, 0x01
        je get_memory_sizes
        cmp al, 0x20
        je get_memory_map
        jmp unsupported

; AX = E801h: get memory size. Returns AX = CX = KBytes from 1 to 16 MBytes, BX = DX = units of 64
; KBytes above.
get_memory_sizes:
        call memory_end
        mov edx, eax
        shr edx, 10                 ; KBytes
        mov cx, 15 * 1024
        xor bx, bx
        cmp edx, 16 * 1024
        jae .above
        sub dx, 1024
        mov cx, dx
        jmp .known
.above: sub eax, 16 * MEGABYTE
        shr eax, 16
        mov bx, ax
.known: mov [bp + caller.ax], cx
        mov [bp + caller.cx], cx
        mov [bp + caller.bx], bx
        mov [bp + caller.dx], bx
        TELL_SUCCESS
        ret

; AX = E820h: get system memory map. EDX = 'SMAP', EBX = number of an entry (0 at first), ES:DI ->
; 20 bytes, ECX = 20 or more. Returns EAX = 'SMAP', ECX = 20, EBX = number of the next entry, 0
; after the last.
get_memory_map:
        cmp edx, SMAP
        jne unsupported
        cmp ecx, MAP_ENTRY
        jb unsupported
        push es
        push di
        call number_of_entries
        cmp ebx, eax
        jae .no_entry
        call make_entry             ; at ES:DI
        inc ebx
        cmp ebx, eax
        jb .more
        xor ebx, ebx
.more:  mov [bp + caller.ebx], ebx
        mov dword [bp + caller.eax], SMAP
        mov dword [bp + caller.ecx], MAP_ENTRY
        pop di
        pop es
        TELL_SUCCESS
        ret
.no_entry:
        pop di
        pop es
        jmp unsupported

; Returns EAX = number of entries: the last is only there with memory above 4 GBytes.
number_of_entries:
        call memory_above_4g
        cmp eax, 1                  ; CF = 1 when it is 0
        mov eax, 6
        sbb eax, 0
        ret

; EBX = number of an entry. Writes it at ES:DI.
make_entry:
        pushad
        imul si, bx, MAP_ENTRY
        add si, memory_map
        mov bx, di
        mov cx, MAP_ENTRY
        cs rep movsb
        cmp si, memory_map.above_1m + MAP_ENTRY
        je .above_1m
        cmp si, memory_map.above_4g + MAP_ENTRY
        jne .done
        call memory_above_4g
        shl eax, 16                 ; units of 64 KBytes
        mov [es:bx + 8], eax
        call memory_above_4g
        shr eax, 16
        mov [es:bx + 12], eax
        jmp .done
.above_1m:
        call memory_end
        sub eax, MEGABYTE
        mov [es:bx + 8], eax
.done:  popad
        ret

memory_map:
        dq 0, 0x9fc00               ; up to the extended data area
        dd USABLE
        dq 0x9fc00, 0x400
        dd RESERVED
        dq 0xf0000, 0x10000         ; this BIOS
        dd RESERVED
.above_1m:
        dq 0x100000, 0              ; as much as there is
        dd USABLE
        dq 0xfffc0000, 0x40000      ; this BIOS again, below 4 GBytes
        dd RESERVED
.above_4g:
        dq 0x100000000, 0
        dd USABLE

; Returns EAX = the end of the memory below 4 GBytes, as CMOS tells it.
memory_end:
        mov al, CMOS_ABOVE_16M
        call read_cmos_word
        movzx eax, ax
        test ax, ax
        jz .little
        add eax, 16 * MEGABYTE / 0x10000
        shl eax, 16
        ret
.little:
        mov al, CMOS_BASE
        call read_cmos_word
        test ax, ax
        jz .unknown                 ; not even memory at 0: nobody has filled in CMOS
        mov al, CMOS_EXTENDED
        call read_cmos_word
        movzx eax, ax
        add eax, 1024
        shl eax, 10
        ret
.unknown:
        mov eax, 64 * MEGABYTE
        ret

; Returns EAX = units of 64 KBytes above 4 GBytes.
memory_above_4g:
        mov al, CMOS_ABOVE_4G + 2
        call read_cmos
        mov ah, 0
        shl eax, 16
        mov al, CMOS_ABOVE_4G
        jmp read_cmos_word
