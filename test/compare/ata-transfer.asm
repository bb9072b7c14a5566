; ata-transfer: sectors by the disk's ports: LBA with 28 and 48 bits, cylinder/head/sector, several at once,
; in blocks, the interrupt (IRQ 14) with and without nIEN, reading beyond the end.
%include "report.inc.asm"
%include "ports.inc.asm"
%include "ata.inc.asm"

main:   mov word [0x76 * 4], disk_interrupt
        mov word [0x76 * 4 + 2], 0
        OUT8 0x3f6, 0
        ; one sector is written by LBA, and read by each way
        call fill
        TASK 1, 100, 0, 0, 0xe0
        COMMAND 0x30, "30 write"
        mov si, BUFFER
        call give
        AFTER "data given"
        call interrupts
        TASK 1, 100, 0, 0, 0xe0
        COMMAND 0x20, "20 read"
        call data
        TASK 1, 38, 1, 0, 0xa0      ; 1 MByte has 2 cylinders of 16 heads and 63 sectors
        COMMAND 0x20, "20 read CHS 1/0/38"
        call data
        TASK 1, 38, 0, 0, 0xa1
        COMMAND 0x20, "20 read CHS 0/1/38"
        call data
        ; 48 bits: each register twice, the high byte first
        TASK 0, 0, 0, 0, 0xe0
        TASK 1, 100, 0, 0, 0xe0
        COMMAND 0x24, "24 read, 48 bits"
        call data
        TASK 0, 0, 0, 0, 0xe0
        TASK 2, 99, 0, 0, 0xe0
        COMMAND 0x24, "24 read two, 48 bits"
        call data
        AFTER "one taken"
        call data
        AFTER "both taken"
        call interrupts
        OUT8 0x3f6, 0x80            ; the high bytes
        AFTER "high bytes"
        OUT8 0x3f6, 0
        ; three sectors, one at a time
        TASK 3, 98, 0, 0, 0xe0
        COMMAND 0x20, "20 read three"
        call data
        AFTER "one taken"
        call data
        call data
        AFTER "all taken"
        call interrupts
        ; in blocks of 4: six sectors have two interrupts
        TASK 4, 0, 0, 0, 0xe0
        COMMAND 0xc6, "c6"
        call interrupts
        TASK 6, 97, 0, 0, 0xe0
        COMMAND 0xc4, "c4 read six"
        mov bp, 6
.block: push bp
        mov di, BUFFER
        call take
        pop bp
        dec bp
        jnz .block
        AFTER "all taken"
        call interrupts
        TASK 2, 120, 0, 0, 0xe0
        COMMAND 0xc5, "c5 write two"
        mov si, BUFFER
        call give
        mov si, BUFFER
        call give
        AFTER "all given"
        call interrupts
        ; no interrupts
        OUT8 0x3f6, 2
        TASK 1, 100, 0, 0, 0xe0
        COMMAND 0x20, "20 read, nIEN"
        call data
        call interrupts
        OUT8 0x3f6, 0
        ; 256 sectors are 0
        TASK 0, 0, 0, 0, 0xe0
        COMMAND 0x20, "20 read 256"
        mov bp, 256
.many:  push bp
        mov di, BUFFER
        call take
        pop bp
        dec bp
        jnz .many
        AFTER "all taken"
        FINISH

fill:   mov di, BUFFER
        mov cx, 512
.next:  mov ax, cx
        imul ax, 37
        stosb
        loop .next
        ret

; A sector, as a sum.
data:   mov di, BUFFER
        call take
        mov si, BUFFER
        mov cx, 512
        call sum
        SHOW32 eax, "  data"
        ret

interrupts:
        mov cx, 1000
.wait:  in al, 0x61
        loop .wait
        movzx ax, byte [count]
        SHOW ax, "  interrupts"
        mov byte [count], 0
        ret

disk_interrupt:
        push ax
        push dx
        inc byte [cs:count]
        mov dx, DISK + 7
        in al, dx                   ; takes the request back
        mov al, 0x20
        out 0xa0, al
        out 0x20, al
        pop dx
        pop ax
        iret
count:  db 0
