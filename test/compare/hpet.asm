; hpet: the HPET's registers; its main counter stands and goes on; a timer once and periodically, by status bits.
%include "report.inc.asm"
%include "ports.inc.asm"

HPET    equ 0xfed00000

main:   cli
        PEEK HPET
        SHOW32 eax, "capabilities"
        PEEK HPET + 4
        SHOW32 eax, "period"
        PEEK HPET + 0x10
        SHOW32 eax, "configuration"
        POKE HPET + 0xf0, 0x1234
        POKE HPET + 0xf4, 1
        PEEK HPET + 0xf0
        SHOW32 eax, "counter written"
        PEEK HPET + 0xf4
        SHOW32 eax, "  high"
        POKE HPET + 0xf4, 0
        POKE HPET + 0xf0, 0
        PEEK HPET + 0x100
        SHOW32 eax, "timer 0"
        PEEK HPET + 0x120
        SHOW32 eax, "timer 1"
        PEEK HPET + 0x140
        SHOW32 eax, "timer 2"
        ; timer 0 once, level triggered: its status bit tells
        POKE HPET + 0x100, 0x2106
        POKE HPET + 0x108, 1000
        POKE HPET + 0x10, 1
        call long
        PEEK HPET + 0x20
        SHOW32 eax, "status"
        POKE HPET + 0x20, 1
        PEEK HPET + 0x20
        SHOW32 eax, "status cleared"
        PEEK HPET + 0xf0
        cmp eax, 1000
        ja .ran
        SAY "it stands"
.ran:   POKE HPET + 0x10, 0
        PEEK HPET + 0xf0
        mov [value], eax
        call long
        PEEK HPET + 0xf0
        sub eax, [value]
        SHOW32 eax, "while it is off"
        ; periodic: the comparator moves on
        POKE HPET + 0xf0, 0
        POKE HPET + 0x100, 0x214e
        POKE HPET + 0x108, 5000
        POKE HPET + 0x108, 5000
        PEEK HPET + 0x108
        SHOW32 eax, "comparator"
        POKE HPET + 0x10, 1
        call long
        POKE HPET + 0x10, 0
        PEEK HPET + 0x108
        xor edx, edx
        mov ebx, 5000
        div ebx
        cmp eax, 1
        ja .moved
        SAY "it did not move"
.moved: SHOW32 edx, "comparator, rest"
        PEEK HPET + 0x20
        SHOW32 eax, "status"
        FINISH
long:   mov ecx, 300000
.next:  in al, 0x61
        a32 loop .next
        ret
value:  dd 0
