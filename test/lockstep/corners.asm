; corners: what programs seldom do: stacks of 16 bits that wrap, ENTER with levels, RETF with parameters, LAR, LSL
; and VERR of every type, PUSHF and POPF, REP with the other address size, BOUND and loops of both sizes,
; instructions and operands across two pages, LEAVE, XLAT, PUSHA, far pointers, task and call gates of 16 bits.
%include "kernel.inc.asm"

PAGES   equ 0x20000

kernel: cld
        ; a stack of 16 bits wraps at 64 KBytes, and ESP keeps its upper half
        DESCRIPTOR 0x40, 0x50000, 0xffff, 0x0093
        mov ax, 0x40
        mov ss, ax
        mov esp, 0x12340004
        push dword 0x11223344
        push dword 0x55667788
        pusha
        popa
        pop eax
        pop ebx
        push word 0x1234
        pushfw
        pop ax
        pop bx
        enter 0x10, 0
        leave
        mov ebp, 0xabcd0100
        enter 8, 3
        leave
        mov ax, 0x10
        mov ss, ax
        mov esp, KSTACK
        mov ebp, 0x6800
        enter 0x20, 0
        enter 4, 1
        enter 4, 5
        enter 4, 31
        o16 enter 4, 2
        o16 leave
        mov ebp, 0x6800
        mov esp, KSTACK
        ; descriptors of every type, by each instruction that looks at them
%assign type 0
%rep 32
        DESCRIPTOR 0x48, 0x1234, 0x5678, 0x80 | type
        mov ecx, 0x48
        mov eax, 0x77777777
        lar eax, ecx
        mov ebx, 0x88888888
        lsl ebx, ecx
        verr cx
        setz dl
        verw cx
        setz dh
        lar ax, cx
%assign type type + 1
%endrep
        DESCRIPTOR 0x48, 0, 0xfffff, 0xc0f3
        mov ecx, 0x4b
        lsl eax, ecx
        lsl ax, cx
        mov ecx, 0x13
        lar eax, ecx
        xor ecx, ecx
        lar eax, ecx
        mov ecx, 0x104
        lsl eax, ecx
        ; flags
        mov ecx, 0x00243ed7
        push ecx
        popfd
        pushfd
        pop eax
        push word 0xffff & ~0x4300
        popfw
        pushfw
        pop ax
        push dword 2
        popfd
        ; strings with the other address size
        mov esi, 0x00015000
        mov edi, 0x00026000
        mov ecx, 0x00030004
        a16 rep movsb
        mov ecx, 0x00030002
        a16 rep stosd
        mov ecx, 5
        mov edi, 0x6000
        mov al, 0
        repe scasb
        mov ecx, 3
        std
        rep movsw
        cld
        xor ecx, ecx
        rep lodsd
        mov ecx, 0x10002
        a16 loop $
        mov ecx, 3
        loopne $
        jecxz .zero
        nop
.zero:  mov ebx, 0x5000
        mov al, 7
        xlatb
        a16 xlatb
        ; far pointers
        mov dword [0x5000], 0x12345678
        mov word [0x5004], 0x10
        les eax, [0x5000]
        o16 lfs bx, [0x5002]
        mov ax, 0x10
        mov fs, ax
        push cs
        push dword .far
        push dword 0x99
        call .drop
.far:   TRY "bound", bound eax, [0x5000]
        ; AAM 0, DIV and IDIV at their ends, and shifts by much
        TRY "aam", aam 0
        mov eax, 0x80000000
        mov edx, -1
        mov ecx, -1
        TRY "idiv", idiv ecx
        mov ax, 0x0100
        mov bl, 1
        TRY "div", div bl
        mov cl, 33
        mov eax, 0x80000001
        rcl eax, cl
        rcr ax, cl
        mov cl, 17
        rcl ax, cl
        shld ax, bx, 3
        bts dword [0x5000], 17
        bt [0x5000], cx
        cmpxchg8b [0x5000]
        xadd [0x5000], eax
        bswap eax
        ; across two pages, the second of which is not there
        mov edi, PAGES
        mov eax, PAGES + 0x1007
        stosd
        mov ecx, 1023
        xor eax, eax
        rep stosd
        mov eax, 7
.fill:  stosd
        add eax, 0x1000
        cmp edi, PAGES + 0x2000
        jne .fill
        mov byte [0x54ffe], 0xb8        ; mov eax, imm32
        mov dword [PAGES + 0x1000 + 0x55 * 4], 0
        mov eax, PAGES
        mov cr3, eax
        mov eax, cr0
        or eax, 0x80000000
        mov cr0, eax
        TRY "instruction across", call .across
        TRY "read across", mov edx, [0x54ffd]
        ; ADD here is a read for TCG, and a write for processors and for us
        mov esi, 0x54ff8
        mov edi, 0x5000
        mov ecx, 4
        TRY "rep movsd", rep movsd
        mov ebp, 0x54ffe
        mov dword [PAGES + 0x1000 + 0x55 * 4], 0x55005
        mov eax, cr0
        or eax, 0x10000
        mov cr0, eax
        mov eax, cr3
        mov cr3, eax
        TRY "write across into read only", mov [0x54ffe], eax
        mov eax, cr0
        and eax, 0x7ffeffff
        mov cr0, eax
        FINISH
.drop:  ret 4
.across:
        mov eax, 0x54ffe
        jmp eax
