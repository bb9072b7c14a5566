; report: what each test program of this folder is made of. It is a boot sector that reads the
; rest of itself (62 sectors at most), and then calls the firmware and tells over COM1 what each
; call left behind.
;
;   KNOWN           all registers get values that are easy to recognise
;   CALL 0x13, "…"  an interrupt, and a line with every register and flag afterwards
;   DUMP ds, 0x400, 16, "…"  bytes of memory
;   SAY "…"         a line of text
;   FINISH          the machine ends (exit device at port 0xf4)

        org 0x7c00
        bits 16

start:
%ifdef LOCKSTEP                     ; all is in memory already
        jmp 0x0000:main
%endif
        xor ax, ax
        mov ds, ax
        mov es, ax
        mov ss, ax
        mov sp, 0x7c00
        cld
        mov [boot_drive], dl
        mov ax, 0x0200 + 62
        mov bx, 0x7e00
        mov cx, 2
        mov dh, 0
        int 0x13
        jc .failed
        sti
        jmp 0x0000:main
.failed:
        mov si, .text
        call print
        call newline
        jmp finish
.text:  db "the test program cannot be read", 0
boot_drive:
        db 0

%macro KNOWN 0
        call known
%endmacro

%macro CALL 2
        int %1
        call report
        db %2, 0
%endmacro

%macro SAY 1
        call say
        db %1, 0
%endmacro

%macro DUMP 4
        push %1
        push %2
        push %3
        call dump
        db %4, 0
%endmacro

%macro FINISH 0
        jmp finish
%endmacro

finish: mov al, 0x31
        out 0xf4, al
.halt:  hlt
        jmp .halt

known:  mov eax, 0xa1a2a3a4
        mov ebx, 0xb1b2b3b4
        mov ecx, 0xc1c2c3c4
        mov edx, 0xd1d2d3d4
        mov esi, 0xe1e2e3e4
        mov edi, 0xf1f2f3f4
        mov ebp, 0x91929394
        cmp esp, 0                  ; CF = 0, ZF = 0
        ret

; The text behind the call, then all registers; the stack is as it was before the call.
report: pushfd
        push es
        push ds
        pushad
        mov bp, sp
        cld
        xor ax, ax
        mov ds, ax
        mov si, [bp + 40]           ; behind the call
        call print
        mov [bp + 40], si
        mov di, bp
        mov cx, 8
        mov bx, names
.next:  call space
        mov al, [bx]
        inc bx
        call put
        mov al, [bx]
        inc bx
        call put
        mov al, '='
        call put
        cmp cx, 5                   ; ESP as PUSHAD has seen it: tell it without what we have pushed
        mov eax, [ss:di]
        jne .plain
        add eax, 8 + 2
.plain: call hex32
        add di, 4
        loop .next
        call space
        mov ax, [bp + 32]
        call hex16
        call space
        mov ax, [bp + 34]
        call hex16
        call space
        mov eax, [bp + 36]
        call hex32
        call newline
        popad
        pop ds
        pop es
        popfd
        ret
names:  db "disibpspbxdxcxax"

say:    pop si
        push ax
        push ds
        push 0
        pop ds
        call print
        call newline
        pop ds
        pop ax
        push si
        ret

; SEG, OFF, LEN have been pushed
dump:   push bp
        mov bp, sp
        pushad
        push ds
        push 0
        pop ds
        cld
        mov si, [bp + 2]
        call print
        mov [bp + 2], si
        mov ds, [bp + 8]
        mov si, [bp + 6]
        mov cx, [bp + 4]
.next:  call space
        lodsb
        call hex8
        loop .next
        call newline
        pop ds
        popad
        pop bp
        ret 6

; DS:SI -> text; afterwards behind its 0.
print:  lodsb
        test al, al
        jz .done
        call put
        jmp print
.done:  ret

newline:
        mov al, 10
        jmp put
space:  mov al, ' '
put:    push dx
        push ax
        mov dx, 0x3fd
.wait:  in al, dx
        test al, 0x20
        jz .wait
        pop ax
        mov dx, 0x3f8
        out dx, al
        pop dx
        ret

hex32:  push eax
        shr eax, 16
        call hex16
        pop eax
hex16:  push ax
        mov al, ah
        call hex8
        pop ax
hex8:   push ax
        shr al, 4
        call .digit
        pop ax
.digit: push ax
        and al, 15
        cmp al, 10
        sbb al, 0x69
        das
        call put
        pop ax
        ret

        times 510 - ($ - $$) db 0
        dw 0xaa55
