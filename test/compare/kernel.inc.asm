; kernel: protected mode for programs about the processor. It includes report.inc.asm; the program
; begins in 32-bit code at its label `kernel`, and ends with FINISH.
;
;   TELL "text"            a line, without its end; LINE ends it
;   HEX expr               8 digits of it (16 in long mode), after a space; EAX changes
;   TRY "text", code       executes an instruction, and tells "ok", or the exception: vector, error
;                          code, CR2 or DR6, CS, EIP, EFLAGS; it goes on behind it. EAX, EBX, ECX, EDX,
;                          ESI may change
;   DESCRIPTOR sel, base, limit, rights   writes into the GDT; rights: bits 40-47 low, 52-55 high
;   USER label             goes on there in ring 3; INT 30h comes back behind it
;
; Selectors: 08 code, 10 data, 1B/23 of ring 3, 28 TSS, 30/38 16 bits, 40 to F8 free.

%include "report.inc.asm"

KSTACK  equ 0x7000                  ; of the kernel
USTACK  equ 0x6000                  ; of ring 3

%define MODE 32
%ifdef LOCKSTEP                     ; test/lockstep compares registers: nothing is told
%macro TELL 1
%endmacro
%macro LINE 0
%endmacro
%macro HEX 1
        mov eax, %1
%endmacro
%else
%macro TELL 1
        call tell_%[MODE]
        db %1, 0
%endmacro
%macro LINE 0
        call line_%[MODE]
%endmacro
%macro HEX 1
%if MODE == 64
        mov rax, %1
%else
        mov eax, %1
%endif
        call hex_%[MODE]
%endmacro
%endif
%macro TRY 2+
        TELL %1
        mov dword [resume], %%after
        mov [resume_esp], esp
        %2
        TELL " ok"
%%after:
        LINE
%endmacro
%macro DESCRIPTOR 4
        push dword gdt + %1
        push dword %2
        push dword %3
        push dword %4
        call descriptor
%endmacro
%macro USER 1
        mov dword [resume], %%after
        mov [resume_esp], esp
        push dword 0x23
        push dword USTACK
        push dword 0x202
        push dword 0x1b
        push dword %1
        iretd
%%after:
%endmacro

main:   cli
        mov al, 0xff                ; no interrupts from devices
        out 0x21, al
        out 0xa1, al
        lgdt [gdtr]
        lidt [idtr]
        mov eax, cr0
        or al, 1
        mov cr0, eax
        jmp 8:enter

        bits 32
enter:  mov ax, 0x10
        mov ds, ax
        mov es, ax
        mov fs, ax
        mov gs, ax
        mov ss, ax
        mov esp, KSTACK
        mov edi, idt
        mov ebx, vectors
        xor ecx, ecx
.gate:  mov [edi], bx
        mov dword [edi + 2], 0x8e000000 | 8
        cmp ecx, 0x30
        jb .system
        mov byte [edi + 5], 0xee    ; ring 3 may call these
.system:
        mov word [edi + 6], 0
        add edi, 8
        add ebx, 10
        inc ecx
        cmp ecx, 0x40
        jne .gate
        mov word [tss + 8], 0x10
        mov dword [tss + 4], KSTACK - 0x400
        mov word [tss + 0x66], 0x68
        DESCRIPTOR 0x28, tss, 0x67, 0x0089
        mov ax, 0x28
        ltr ax
        jmp kernel

; What comes first for each vector: its number on the stack, above a possible error code.
vectors:
%assign vector 0
%rep 0x40
        push strict dword vector
        jmp strict near exception
%assign vector vector + 1
%endrep

exception:
        pushad
        cld
        mov bx, 0x10
        mov ds, bx
        mov es, bx
        mov ebx, esp
        TELL " !"
        mov al, [ebx + 32]
        call hex8_32
        lea esi, [ebx + 36]
        movzx ecx, byte [ebx + 32]
        cmp ecx, 0x20
        jae .program
        bt dword [with_code], ecx
        jnc .plain
        lodsd
        call hex_32
.plain: cmp ecx, 14
        jne .no_page
        TELL " at"
        HEX cr2
.no_page:
        cmp ecx, 1
        jne .place
        HEX dr6
        xor eax, eax
        mov dr6, eax
        jmp .place
.program:
        HEX [ebx + 28]              ; EAX
.place: TELL " from"
        lodsd
        mov edx, eax
        lodsd
        call hex_32
        mov eax, edx
        call hex_32
        lodsd
        and eax, ~0x10000           ; QEMU never sets RF
        call hex_32
        test dword [esi - 12 + 4], 3    ; from ring 3 there is a stack, too
        jz .end
        lodsd
        mov edx, eax
        lodsd
        call hex_32
        mov eax, edx
        call hex_32
.end:   mov esp, [resume_esp]
        jmp [resume]

; Where, base, limit, rights have been pushed.
descriptor:
        pushad
        mov ebx, [esp + 32 + 16]
        mov eax, [esp + 32 + 12]
        mov ecx, [esp + 32 + 8]
        mov edx, [esp + 32 + 4]
        mov [ebx], cx
        mov [ebx + 2], ax
        shr eax, 16
        mov [ebx + 4], al
        mov [ebx + 7], ah
        shr ecx, 16
        and dh, 0xf0
        and cl, 0x0f
        or dh, cl
        mov [ebx + 5], dx
        popad
        ret 16

tell_32:
        xchg esi, [esp]
        push eax
.next:  lodsb
        test al, al
        jz .done
        call put_32
        jmp .next
.done:  pop eax
        xchg esi, [esp]
        ret
line_32:
        push eax
        mov al, 10
        call put_32
        pop eax
        ret
hex_32:
%ifdef LOCKSTEP
        ret
%endif
        push eax
        mov al, ' '
        call put_32
        pop eax
        rol eax, 8
        call hex8_32
        rol eax, 8
        call hex8_32
        rol eax, 8
        call hex8_32
        rol eax, 8
hex8_32:
%ifdef LOCKSTEP
        ret
%endif
        push eax
        shr al, 4
        call .digit
        pop eax
.digit: push eax
        and al, 15
        cmp al, 10
        sbb al, 0x69
        das
        call put_32
        pop eax
        ret
put_32: push edx
        push eax
        mov dx, 0x3fd
.wait:  in al, dx
        test al, 0x20
        jz .wait
        mov al, [esp]
        mov dx, 0x3f8
        out dx, al
        pop eax
        pop edx
        ret

with_code: dd 1 << 8 | 1 << 10 | 1 << 11 | 1 << 12 | 1 << 13 | 1 << 14 | 1 << 17 | 1 << 21
resume: dd 0
resume_esp: dd 0
        align 8
gdt:    dq 0, 0x00cf9b000000ffff, 0x00cf93000000ffff, 0x00cffb000000ffff, 0x00cff3000000ffff, 0
        dq 0x00009b000000ffff, 0x000093000000ffff
        times 24 dq 0
gdtr:   dw 32 * 8 - 1
        dd gdt
idtr:   dw 64 * 8 - 1
        dd idt
        align 8
idt:    times 64 dq 0
tss:    times 0x68 db 0
        times 0x21 db 0xff          ; I/O permission bitmap, outside of its limit at first
