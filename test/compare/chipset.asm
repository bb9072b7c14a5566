; chipset: the ports of PIIX3 and PIIX4: bus-master IDE, power management, edge and level of interrupts.
%include "report.inc.asm"

IDE     equ 1 << 3 | 1
PM      equ 1 << 3 | 3
TARGET  equ 0x9000

; Port, value: writes and tells what it reads then.
%macro TRY8 3
        SAY %3
        mov dx, %1
        mov al, %2
        out dx, al
        in al, dx
        call hex8
        call newline
%endmacro
%macro TRY16 3
        SAY %3
        mov dx, %1
        mov ax, %2
        out dx, ax
        in ax, dx
        call hex16
        call newline
%endmacro
; Function, register
%macro READ 3
        SAY %3
        mov ax, 0xb10a
        mov bx, %1
        mov di, %2
        int 0x1a
        mov eax, ecx
        call hex32
        call newline
%endmacro
; Length of the region, command, how many sectors, name
%macro MOVE 4
        SAY %4
        mov dword [table], TARGET
        mov dword [table + 4], 0x80000000 | %1
        mov bx, %2 << 8 | %3
        call move
%endmacro

main:   READ PM, 0x00, "pm 0"
        READ PM, 0x08, "pm 8"
        READ PM, 0x3c, "pm 3c"
        READ PM, 0x40, "pm 40"
        READ PM, 0x80, "pm 80"
        READ IDE, 0x08, "ide 8"
        TRY8 0x4d0, 0xff, "elcr 4d0"
        TRY8 0x4d0, 0x00, "elcr 4d0"
        TRY8 0x4d1, 0xff, "elcr 4d1"
        TRY8 0x4d1, 0x02, "elcr 4d1"
        TRY8 0xb3, 0x5a, "apm status"
        TRY8 0xb2, 0xf1, "acpi on"
        TRY16 0x604, 0x0001, "control"
        TRY8 0xb2, 0xf0, "acpi off"
        SAY "control"
        mov dx, 0x604
        in ax, dx
        call hex16
        call newline
        TRY16 0x602, 0x0101, "enable"
        TRY16 0x602, 0, "enable"
        TRY16 0xafe2, 0, "events enabled"

        mov ax, 0xb10a
        mov bx, IDE
        mov di, 0x20
        int 0x1a
        and cl, 0xf0
        mov [base], cx
        mov ax, 0xb10c
        mov cx, 7
        mov di, 4
        int 0x1a
        mov al, 2                   ; no interrupts reach the processor
        mov dx, 0x3f6
        cli
        mov dx, [base]
        add dx, 2
        mov al, 0x66
        out dx, al
        in al, dx
        call hex8
        call newline
        MOVE 0x200, 0xc8, 1, "read one"
        MOVE 0x400, 0xc8, 1, "a table that is longer"
        MOVE 0x400, 0xc8, 2, "read two"
        MOVE 0x400, 0xca, 2, "write two"
        SAY "transfer modes"
        mov cx, 0x60
.mode:  push cx
        mov dx, 0x1f6
        mov al, 0xe0
        out dx, al
        mov dx, 0x1f1
        mov al, 3
        out dx, al
        inc dx
        mov al, cl
        and al, 0xf7
        out dx, al
        mov dx, 0x1f7
        mov al, 0xef
        out dx, al
        call ready
        call hex8
        pop cx
        sub cx, 8
        jns .mode
        call newline
        FINISH

; BH = command, BL = sectors, from the first on. Tells the status of the bus master while it runs, at the end and after
; it was stopped, the drive's, and a byte of what has come.
move:   mov dx, [base]
        mov al, 0
        out dx, al
        add dx, 2
        mov al, 6
        out dx, al
        add dx, 2
        mov eax, table
        out dx, eax
        mov dx, 0x1f2
        mov al, bl
        out dx, al
        mov al, 0
        inc dx
        out dx, al
        inc dx
        out dx, al
        inc dx
        out dx, al
        inc dx
        mov al, 0xe0
        out dx, al
        inc dx
        mov al, bh
        out dx, al
        mov dx, [base]
        mov al, 9
        cmp bh, 0xca
        jne .start
        mov al, 1
.start: out dx, al
        add dx, 2
.wait:  in al, dx
        test al, 4
        jz .wait
        call hex8
        mov dx, [base]
        mov al, 0
        out dx, al
        add dx, 2
        in al, dx
        call hex8
        mov al, 4
        out dx, al
        in al, dx
        call hex8
        mov dx, 0x1f7
        in al, dx
        call hex8
        mov al, [TARGET + 510]
        call hex8
        call newline
        ret

ready:  in al, dx
        test al, 0x80
        jnz ready
        ret

        align 4, db 0
table:  dd 0, 0
base:   dw 0
        times 12 * 512 - ($ - $$) db 0
