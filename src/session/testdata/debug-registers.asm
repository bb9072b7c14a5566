; Breakpoints of the debug registers: what DR6 tells, and behind which instruction.
        org 0x7c00
        bits 16
start:  cli
        xor ax, ax
        mov ds, ax
        mov es, ax
        mov ss, ax
        mov sp, 0x7c00
        mov word [4], handler
        mov word [6], 0
        mov eax, cr4
        or al, 8                    ; DE
        mov cr4, eax
        ; 0: execution, 1: writes of 2 bytes, 2: I/O, 3: accesses of 4 bytes
        mov eax, here
        mov dr0, eax
        mov eax, word_
        mov dr1, eax
        mov eax, 0x80
        mov dr2, eax
        mov eax, dword_
        mov dr3, eax
        mov eax, (0xf << 28) | (0x2 << 24) | (0x5 << 20) | (0x0 << 16) | 0x7aa
        mov dr7, eax
here:   nop                         ; 1
        mov ax, [word_]             ; a read: not 1
        mov [word_], ax             ; 2
        mov byte [word_ + 1], 0     ; 2
        mov byte [word_ + 2], 0
        out 0x80, al                ; 4
        in al, 0x80                 ; 4
        out 0x81, al
        mov eax, [dword_]           ; 8
        inc byte [dword_ + 3]       ; 8
        mov byte [dword_ - 1], 0
        mov di, word_
        mov cx, 3
        xor ax, ax
        rep stosb                   ; 2 twice
        push dword [dword_]         ; 8
        pop dword [dword_]          ; 8
        mov cx, 2
again:  jmp here2
here2:  loop again
        xor eax, eax
        mov dr7, eax
        mov ax, [word_]
        mov al, 10
        call charout
        mov al, 1
        out 0xf4, al
        cli
        hlt

handler:
        push eax
        push bp
        mov bp, sp
        mov eax, dr6
        call digit
        mov ax, [bp + 6]            ; where it stopped
        sub ax, here
        call byteout
        mov eax, dr6
        and eax, 0xfffffff0
        mov dr6, eax
        cmp word [bp + 6], here
        jne .back
        ; a fault: RF lets the instruction pass; a 16-bit frame cannot hold it
        add word [bp + 6], 1
.back:  pop bp
        pop eax
        iret

byteout:
        push ax
        shr al, 4
        call digit
        pop ax
        push ax
        call digit
        mov al, ' '
        call charout
        pop ax
        ret
digit:  push ax
        and al, 15
        add al, '0'
        cmp al, '9'
        jbe .put
        add al, 7
.put:   call charout
        pop ax
        ret
charout:
        push dx
        mov dx, 0x3f8
        out dx, al
        pop dx
        ret
        align 16
word_:  dw 0
        dw 0
        times 12 db 0
dword_: dd 0
