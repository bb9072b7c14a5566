; ata: for programs that talk to the first disk by its ports.
;
;   TASK sectors, low, mid, high, device   the registers 1F2h to 1F6h
;   COMMAND byte, "text"                   executes one without data and tells all registers
;   AFTER "text"                           … without a command
;   RESET                                  a software reset

DISK    equ 0x1f0
BUFFER  equ 0xe000

%macro TASK 5
        mov cx, %1 | %2 << 8
        mov bx, %3 | %4 << 8
        mov ah, %5
        call task
%endmacro
%macro COMMAND 2
        mov al, %1
        call command
        call registers
        db %2, 0
%endmacro
%macro RESET 0                      ; of the software: what it has begun ends
        call soft_reset
%endmacro
%macro AFTER 1
        call registers
        db %1, 0
%endmacro

task:   mov dx, DISK + 6
        mov al, ah
        out dx, al
        call idle
        mov dx, DISK + 2
        mov al, cl
        out dx, al
        inc dx
        mov al, ch
        out dx, al
        inc dx
        mov al, bl
        out dx, al
        inc dx
        mov al, bh
        out dx, al
        ret

soft_reset:
        OUT8 0x3f6, 6
        mov cx, 100
.hold:  in al, 0x61
        loop .hold
        OUT8 0x3f6, 2
        jmp idle

command:
        mov dx, DISK + 7
        out dx, al
; Not busy; AL = status.
idle:   mov dx, 0x3f6
.next:  in al, dx
        test al, 0x80
        jnz .next
        ret

; Alternate status, error, sectors, low, mid, high, device, status.
registers:
        call idle
        pop si
        push ax
        call print
        pop ax
        push si
        call space
        call hex8
        mov dx, DISK + 1
.next:  call space
        in al, dx
        call hex8
        inc dx
        cmp dx, DISK + 8
        jne .next
        jmp newline

; 512 bytes from the disk to ES:DI, or to the disk from DS:SI.
take:   mov cx, 256
        mov dx, DISK
        rep insw
        jmp idle
give:   mov cx, 256
        mov dx, DISK
        rep outsw
        jmp idle
