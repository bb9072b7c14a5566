; ports: for programs that talk to devices by themselves. Include it behind report.inc.asm.
;
;   OUT8 port, value      writes a byte; AL and DX change
;   SHOW8 port, "text"    a line with the byte that a port gives
;   SHOW expr, "text"     a line with the low 16 bits of a register or a word of memory
;   SHOW32 expr, "text"   … with all 32
;   WAIT n                lets n ticks of the BIOS's clock pass, with interrupts on
;   PEEK address          EAX = the doubleword at a physical address
;   POKE address, value   writes it

%macro OUT8 2
        mov dx, %1
        mov al, %2
        out dx, al
%endmacro

%macro SHOW8 2
        mov dx, %1
        in al, dx
        call show8
        db %2, 0
%endmacro

%macro SHOW 2
        mov ax, %1
        call show16
        db %2, 0
%endmacro

%macro SHOW32 2
        mov eax, %1
        call show32
        db %2, 0
%endmacro

%macro WAIT 1
        mov cx, %1
        call wait_ticks
%endmacro

%macro PEEK 1
        mov ebx, %1
        call peek
%endmacro

%macro POKE 2
        mov ebx, %1
        mov eax, %2
        call poke
%endmacro

; A byte that lies behind the call and ends with 0 is the text of the line.
%macro SHOW_ROUTINE 2
%1:     mov [.value], eax
        pop si
        call print
        push si
        call space
        mov eax, [.value]
        call %2
        jmp newline
.value: dd 0
%endmacro
SHOW_ROUTINE show8, hex8
SHOW_ROUTINE show16, hex16
SHOW_ROUTINE show32, hex32

wait_ticks:
        sti
.next:  mov ax, [0x46c]
.same:  hlt
        cmp ax, [0x46c]
        je .same
        loop .next
        ret

peek:   call flat
        mov eax, [fs:ebx]
        ret
poke:   call flat
        mov [fs:ebx], eax
        ret

; FS gets a segment of 4 GBytes that begins at 0, and keeps it in real mode.
flat:   push eax
        pushf
        cli
        lgdt [.gdtr]
        mov eax, cr0
        or al, 1
        mov cr0, eax
        jmp .protected              ; what was fetched before is dropped
.protected:
        push 8
        pop fs
        and al, 0xfe
        mov cr0, eax
        jmp 0:.real
.real:  push 0
        pop fs
        popf
        pop eax
        ret
        align 8
.gdt:   dq 0, 0x00cf93000000ffff
.gdtr:  dw 15
        dd .gdt

; CX bytes at DS:SI as a sum that changes with each bit and its place, in EAX.
sum:    xor eax, eax
.next:  rol eax, 5
        xor al, [si]
        inc si
        loop .next
        ret
