; v8086: virtual-8086 mode: what is sensitive to IOPL, interrupts to ring 0 and their frame, I/O permission
; bitmap, segments that wrap, faults of each kind, entered by IRET and by a task.
%include "kernel.inc.asm"

%macro VIRTUAL 3                    ; text, EFLAGS beyond VM, where: it comes back by INT 30h or a fault
        TELL %1
        mov dword [resume], %%after
        mov [resume_esp], esp
        push dword 0                ; GS
        push dword 0                ; FS
        push dword 0x50             ; DS
        push dword 0x60             ; ES
        push dword 0                ; SS
        push dword USTACK
        push dword 0x20002 | %2
        push dword 0
        push dword %3
        iretd
%%after:
        LINE
%endmacro
IOPL3   equ 0x3000

kernel: mov byte [tss + 0x68 + 0x20 / 8], 0
        DESCRIPTOR 0x28, tss, 0x67 + 0x21, 0x0089
        mov ax, 0x28
        ltr ax
        mov dword [0x500], 0x12345678
        VIRTUAL "registers", IOPL3, .registers
        VIRTUAL "int 30, IOPL 0", 0, .registers
        VIRTUAL "cli, IOPL 3", IOPL3, .cli
        VIRTUAL "cli, IOPL 0", 0, .cli
        VIRTUAL "sti, IOPL 0", 0, .sti
        VIRTUAL "pushf, IOPL 0", 0, .pushf
        VIRTUAL "popf, IOPL 0", 0, .popf
        VIRTUAL "popf, IOPL 3", IOPL3, .popf
        VIRTUAL "iret, IOPL 0", 0, .iret
        VIRTUAL "iret, IOPL 3", IOPL3, .iret
        VIRTUAL "int3, IOPL 0", 0, .int3
        VIRTUAL "into, IOPL 0", 0, .into
        VIRTUAL "hlt", IOPL3, .hlt
        VIRTUAL "mov cr0", IOPL3, .cr0
        VIRTUAL "smsw", IOPL3, .smsw
        VIRTUAL "lmsw", IOPL3, .lmsw
        VIRTUAL "lgdt", IOPL3, .lgdt
        VIRTUAL "str", IOPL3, .str
        VIRTUAL "lar", IOPL3, .lar
        VIRTUAL "arpl", IOPL3, .arpl
        VIRTUAL "in, allowed", 0, .allowed
        VIRTUAL "in, not allowed", IOPL3, .denied
        VIRTUAL "in, beyond the bitmap", IOPL3, .beyond
        VIRTUAL "int 8, a gate of ring 0", IOPL3, .int8
        VIRTUAL "segments", IOPL3, .segments
        VIRTUAL "divide", IOPL3, .divide
        VIRTUAL "ud2", IOPL3, .ud2
        VIRTUAL "far call", IOPL3, .far
%ifndef LOCKSTEP                    ; TCG looks at no limits: it would run away
        VIRTUAL "read across 64 KBytes", IOPL3, .across
        VIRTUAL "jump beyond 64 KBytes", IOPL3, .jump
%endif
        FINISH

        bits 16
.registers:
        mov ax, ds
        shl eax, 16
        mov ax, es
        int 0x30
.cli:   cli
        pushfd
        pop eax
        int 0x30
.sti:   sti
        int 0x30
.pushf: pushf
        pop ax
        int 0x30
.popf:  push word 0x3202
        popf
        pushfd
        pop eax
        int 0x30
.iret:  push word 0x3202
        push word 0
        push word .registers
        iret
.int3:  int3
.into:  mov al, 0x7f
        add al, 1
        into
        int 0x30
.hlt:   hlt
.cr0:   mov eax, cr0
.smsw:  smsw ax
        int 0x30
.lmsw:  lmsw ax
.lgdt:  lgdt [gdtr]
.str:   str ax
.lar:   lar ax, bx
.arpl:  db 0x63, 0xc0
.allowed:
        in al, 0x21
        mov eax, 0x1d
        int 0x30
.denied:
        in al, 0x2f
        in al, 0x30
.beyond:
        mov dx, 0x3f8
        in al, dx
.int8:  int 8
.segments:
        mov eax, [0]                ; DS = 50h: at 500h
        int 0x30
.divide:
        xor cx, cx
        div cx
.ud2:   ud2
.far:   push cs
        call 0x0010:.landed - 0x100
        int 0x30
.landed:
        mov ax, cs
        mov bx, ax
        retf
.jump:  mov eax, 0x10000
        jmp eax
.across:
        mov eax, [0xfffe]
        int 0x30
        bits 32
