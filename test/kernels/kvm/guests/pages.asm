; pages.asm: writes pages of which the client keeps a record, and one that it takes away and maps anew.
%include "guest.inc"
%include "long.inc"
bits 64
main:   mov edi, 0x100000
        mov ecx, 8
.write: mov byte [rdi], 1       ; every third page from 1 MByte
        add edi, 0x3000
        loop .write
        mov dx, ASK
        out dx, al
        mov byte [0x106008], 2
        mov dx, ASK
        out dx, al
        tell `a page that was discarded: `, qword [0x109000]
        mov eax, [DEVICE]       ; memory, since the client was asked
        tell `memory where there was none: `, rax
        mov dword [DEVICE], 7   ; read-only: this goes to the client
        mov eax, [DEVICE]
        tell `and written in vain: `, rax
        done
