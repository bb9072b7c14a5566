; A boot sector: prints by the BIOS, reads its second sector, waits for a key.
        org 0x7c00
        bits 16
start:  mov [drive], dl
        mov ax, 0x0e48              ; teletype 'H'
        int 0x10
        mov ax, 0x0201              ; read one sector
        mov cx, 0x0002              ; cylinder 0, sector 2
        mov dh, 0
        mov dl, [drive]
        mov bx, second
        int 0x13
        jc failed
        jmp second
failed: mov al, 9
        out 0xf4, al
drive:  db 0
        times 510 - ($ - $$) db 0
        dw 0xaa55
second: mov ah, 0
        int 0x16                    ; waits for a key
        out 0xf4, al
        times 1024 - ($ - $$) db 0
