; kbc: the keyboard controller and the keyboard, by ports 60h and 64h: self tests, the command byte,
; input and output port, each command of the keyboard with its answers, what is answered to nonsense.
%include "report.inc.asm"
%include "ports.inc.asm"

%macro CONTROLLER 2                 ; command, text: and what comes back
        mov al, %1
        call command
        call answers
        db %2, 0
%endmacro
%macro KEYBOARD 2                   ; byte, text
        mov al, %1
        call data
        call answers
        db %2, 0
%endmacro

main:   cli
        call quiet
        SHOW8 0x64, "status"
        CONTROLLER 0xaa, "aa"
        CONTROLLER 0xab, "ab"
        CONTROLLER 0xc0, "c0 input port"
        CONTROLLER 0xd0, "d0 output port"
        CONTROLLER 0x20, "20"
        CONTROLLER 0xad, "ad"
        CONTROLLER 0x20, "20, keyboard off"
        CONTROLLER 0xae, "ae"
        CONTROLLER 0x20, "20, keyboard on"
        mov al, 0x60
        call command
        KEYBOARD 0x04, "60 04"      ; no interrupts, no translation
        CONTROLLER 0x20, "20"
        KEYBOARD 0xee, "ee echo"
        KEYBOARD 0xf2, "f2 identify"
        KEYBOARD 0xf0, "f0"
        KEYBOARD 0x00, "  which set"
        KEYBOARD 0xf0, "f0"
        KEYBOARD 0x01, "  set 1"
        KEYBOARD 0xf0, "f0"
        KEYBOARD 0x00, "  which set"
        KEYBOARD 0xf0, "f0"
        KEYBOARD 0x02, "  set 2"
        KEYBOARD 0xed, "ed"
        KEYBOARD 0x07, "  all lights"
        KEYBOARD 0xf3, "f3"
        KEYBOARD 0x20, "  rate"
        KEYBOARD 0xf5, "f5 off"
        KEYBOARD 0xf4, "f4 on"
        KEYBOARD 0xf6, "f6 defaults"
        KEYBOARD 0xff, "ff reset"
        mov al, 0x60
        call command
        KEYBOARD 0x44, "60 44"      ; translated
        KEYBOARD 0xf2, "f2 identify, translated"
        mov al, 0x60
        call command
        KEYBOARD 0x65, "60 65"
        CONTROLLER 0xd2, "d2"
        KEYBOARD 0x5a, "  as from the keyboard"
        SHOW8 0x64, "status"
        FINISH

command:
        call ready
        out 0x64, al
        ret
data:   call ready
        out 0x60, al
        ret
ready:  push ax
.next:  in al, 0x64
        test al, 2
        jnz .next
        pop ax
        ret

; All bytes that come within a while, each with bit 5 of the status.
answers:
        pop si
        call print
        push si
        mov ecx, 60000
.next:  in al, 0x64
        test al, 1
        jz .none
        mov ah, al
        in al, 0x60
        call space
        call hex8
        test ah, 0x20
        jz .none
        mov al, 'm'
        call put
.none:  a32 loop .next
        jmp newline

quiet:  in al, 0x64
        test al, 1
        jz .done
        in al, 0x60
        jmp quiet
.done:  ret
