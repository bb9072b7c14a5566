; A boot sector that reads and writes sectors by bus-master DMA, as a driver does: it finds the registers by the PCI
; BIOS, waits for IRQ 14, and executes code that DMA has put in the place of other code that it had executed.
        org 0x7c00
        bits 16
        cpu 686

TARGET  equ 0x9000                  ; where sectors go, and are executed
SOURCE  equ 0x9400
IDE     equ 1 << 3 | 1

start:  xor ax, ax
        mov ds, ax
        mov es, ax
        mov ss, ax
        mov sp, 0x7c00
        mov word [0x76 * 4], irq14
        mov [0x76 * 4 + 2], ax
        in al, 0xa1
        and al, ~0x40 & 0xff
        out 0xa1, al

        mov ax, 0xb10a              ; base address register 4
        mov bx, IDE
        mov di, 0x20
        int 0x1a
        and cl, ~1 & 0xff
        mov [base], cx
        mov ax, 0xb10c              ; command: at ports, as a bus master
        mov cx, 5
        mov di, 4
        int 0x1a

        mov si, first               ; code to be replaced
        mov di, TARGET
        mov cx, first.end - first
        rep movsb
        call TARGET
        call print
        mov cx, 0x08c8              ; READ DMA, to memory: sector 1
        mov bl, 1
        call move
        call TARGET
        call print

        mov al, 'w'                 ; one is written, and read back
        mov cx, 512
        mov di, SOURCE
        rep stosb
        mov dword [table], SOURCE
        mov cx, 0x00ca
        mov bl, 2
        call move
        mov dword [table], TARGET
        mov cx, 0x08c8
        call move
        mov al, [TARGET + 511]
        call print
        mov bl, 100                 ; beyond the end: an error, and nothing moved
        call move
        mov al, [error]
        add al, 'A'
        call print
        mov al, [interrupts]
        add al, '0'
        call print
        mov dx, 0x604
        mov ax, 0x2000
        out dx, ax
        hlt

; CL = command, CH = direction, BL = sector. Returns when the interrupt has come.
move:   mov dx, [base]
        mov al, ch
        out dx, al
        add dx, 4
        mov eax, table
        out dx, eax
        mov dx, 0x1f2
        mov al, 1
        out dx, al
        inc dx
        mov al, bl
        out dx, al
        inc dx
        mov al, 0
        out dx, al
        inc dx
        out dx, al
        inc dx
        mov al, 0xe0
        out dx, al
        inc dx
        mov al, cl
        out dx, al
        mov dx, [base]
        mov al, ch
        or al, 1
        out dx, al
        cli
.wait:  cmp byte [came], 0
        jne .done
        sti
        hlt
        cli
        jmp .wait
.done:  mov byte [came], 0
        sti
        mov dx, [base]
        mov al, ch
        out dx, al
        ret

irq14:  push ax
        push dx
        mov dx, [base]
        add dx, 2
        in al, dx
        out dx, al                  ; the interrupt bit goes away
        mov dx, 0x1f1
        in al, dx
        mov [error], al
        mov dx, 0x1f7
        in al, dx
        mov al, 0x20
        out 0xa0, al
        out 0x20, al
        inc byte [interrupts]
        mov byte [came], 1
        pop dx
        pop ax
        iret

print:  mov dx, 0x3f8
        out dx, al
        ret

first:  mov al, 'a'
        ret
.end:

base    dw 0
error   db 0
came    db 0
interrupts db 0
        align 4, db 0
table:  dd TARGET, 0x80000200

        times 510 - ($ - $$) db 0
        dw 0xaa55
        mov al, 'b'                 ; sector 1
        ret
        times 2048 - ($ - $$) db 0
