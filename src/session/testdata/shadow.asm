; A boot sector that covers the BIOS with RAM, as firmware does (PAM, 82441FX): prints a byte of the segment F000h as it
; reads after each step, the same byte below 4 GBytes, and what code says that was written there.
        org 0x7c00
        bits 16
        cpu 686

MODEL    equ 0xfffe                  ; FCh in the ROM: an AT
CODE    equ 0xffe0

start:  cli
        xor ax, ax
        mov ds, ax
        mov ss, ax
        mov sp, 0x7c00
        lgdt [gdtr]                 ; DS gets a limit of 4 GBytes
        mov eax, cr0
        or al, 1
        mov cr0, eax
        mov bx, 8
        mov ds, bx
        and al, ~1 & 0xff
        mov cr0, eax
        xor ax, ax
        mov ds, ax
        mov ax, 0xf000
        mov es, ax

        mov byte [es:MODEL], 0x11
        call show                   ; ROM is not written
        mov al, 0x20
        call pam
        mov byte [es:MODEL], 0x22
        mov byte [es:CODE], 0xb0    ; mov al, 'r'; retf
        mov word [es:CODE + 1], 0xcb00 | 'r'
        call show                   ; ROM is read, RAM has been written
        mov al, 0x30
        call pam
        call show
        call 0xf000:CODE
        call print
        mov byte [es:CODE + 1], 's' ; RAM is code and can be changed
        call 0xf000:CODE
        call print
        mov byte [es:MODEL], 0x33
        call show
        mov al, 0x10
        call pam
        mov byte [es:MODEL], 0x44
        mov byte [es:CODE + 1], 't'
        call show                   ; RAM is read, and not written
        call 0xf000:CODE
        call print
        mov al, 0
        call pam
        call show                   ; ROM again …
        mov al, 0x30
        call pam
        call show                   ; … and RAM again

        mov ax, 0xd000              ; no ROM there: RAM that can be locked
        mov es, ax
        mov byte [es:MODEL], 0x55
        call show
        mov di, 0x5d                ; DC000h to DFFFFh
        mov al, 0x10
        call set
        mov byte [es:MODEL], 0x66
        call show
        mov dx, 0x604
        mov ax, 0x2000
        out dx, ax
        hlt

; AL = register 59h of the host bridge; DI = another one.
pam:    mov di, 0x58 + 1
set:    push ax
        mov eax, 0x80000000
        mov ax, di
        and al, 0xfc
        mov dx, 0xcf8
        out dx, eax
        mov dx, di
        and dx, 3
        add dx, 0xcfc
        pop ax
        out dx, al
        ret

show:   mov al, [es:MODEL]
        call hex
        mov al, [dword 0xfffffffe]
        call hex
        mov al, ' '
        jmp print
hex:    push ax
        shr al, 4
        call .digit
        pop ax
        and al, 15
.digit: cmp al, 10
        sbb al, 0x69
        das
print:  mov dx, 0x3f8
        out dx, al
        ret

        align 8, db 0
gdt:    dq 0, 0x008f92000000ffff
gdtr:   dw $ - gdt - 1
        dd gdt
        times 510 - ($ - $$) db 0
        dw 0xaa55
