; fwcfg: QEMU's configuration device by ports 510h and 511h: signature, version, what is read beyond an end,
; selectors that there are not, the directory of files.
%include "report.inc.asm"
%include "ports.inc.asm"

%macro ITEM 3                       ; selector, bytes, text
        mov dx, 0x510
        mov ax, %1
        out dx, ax
        mov cx, %2
        call item
        db %3, 0
%endmacro

main:   ITEM 0, 6, "signature"
        ITEM 1, 5, "version"
        ITEM 3, 8, "memory"
        ITEM 5, 2, "processors"
        ITEM 0x7fff, 4, "nothing"
        ITEM 0, 2, "signature"
        mov cx, 2
        call item
        db "  goes on", 0
        ITEM 0x19, 3, "directory, high bytes"
        FINISH
item:   pop si
        call print
        push si
        mov dx, 0x511
.next:  call space
        in al, dx
        call hex8
        loop .next
        jmp newline
