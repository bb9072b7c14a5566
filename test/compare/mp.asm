; mp: the floating pointer of the MP specification and the entries of its table.
%include "report.inc.asm"
%include "ports.inc.asm"

main:   cli
        mov ebx, 0x9fc00
.find:  call peek
        cmp eax, "_MP_"
        je .found
        add ebx, 16
        cmp ebx, 0x100000
        jb .find
        SAY "none"
        FINISH
.found: add ebx, 8
        call peek
        SHOW32 eax, "length, revision, sum, feature 1"
        sub ebx, 4
        call peek
        mov ebx, eax
        call peek
        SHOW32 eax, "signature"
        add ebx, 4
        call peek
        movzx esi, ax
        add ebx, 32
        call peek
        SHOW32 eax, "local APIC"
        sub ebx, 2
        call peek
        mov cx, ax
        and cx, 0xff
        add ebx, 10
        SAY "entries"
.entry: call peek
        mov edi, 8
        test al, al
        jnz .short
        mov edi, 20
        and eax, 0xff00ffff         ; the version of the APIC
.short: call hex32
        call space
        push ebx
        add ebx, 4
        call peek
        pop ebx
        cmp edi, 20
        je .processor
        call hex32
.processor:
        call newline
        add ebx, edi
        loop .entry
        FINISH
