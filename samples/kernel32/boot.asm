; boot: a boot sector for kernel32, for machines that start from a disk. On the disk the kernel follows
; behind this sector. Ringside itself needs no disk: F5 on kernel.asm puts the kernel where it belongs.

KERNEL      equ 0x8000
MAGIC       equ 'K32!'              ; at KERNEL + 4; then how many sectors it has

        org 0x7c00
        bits 16

start:  cli
        xor ax, ax
        mov ss, ax
        mov sp, 0x7c00
        sti
        mov ds, ax
        cld
        mov [drive], dl             ; the BIOS says in DL what it has booted from
        call read                   ; one sector: it tells how many there are
        jc fail
        cmp dword [KERNEL + 4], MAGIC
        jne fail
        mov ax, [KERNEL + 8]
        mov [packet.count], ax
        call read
        jc fail
        jmp 0:KERNEL

; INT 13h, service 42h: reads what the packet says. CF = 1: an error.
read:   mov ah, 0x42
        mov dl, [drive]
        mov si, packet
        int 0x13
        ret

fail:   mov si, message
.next:  lodsb
        test al, al
        jz .halt
        mov ah, 0x0e
        mov bx, 7
        int 0x10
        jmp .next
.halt:  hlt
        jmp .halt

message:    db "There is no kernel32 on this disk.", 0
drive:      db 0

        align 4
packet:     db 16, 0                ; its size
.count:     dw 1                    ; sectors
            dw KERNEL, 0            ; to offset, segment
            dq 1                    ; from this sector on

        times 510 - ($ - $$) db 0
        dw 0xaa55
