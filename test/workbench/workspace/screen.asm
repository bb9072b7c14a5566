; Writes to the screen, and a K for each key that goes down.
bits 16
org 0x7c00
start:
    mov ax, 0xb800
    mov es, ax
    mov si, message
    mov di, 160
    mov ah, 0x1f
.next:
    lodsb
    test al, al
    jz .written
    stosw
    jmp .next
.written:
    mov di, 320
wait_for_key:
    in al, 0x64
    test al, 1
    jz wait_for_key
    in al, 0x60
    test al, 0x80               ; one goes up
    jnz wait_for_key
    mov ax, 0x0e00 + 'K'
    stosw
    jmp wait_for_key

message: db "Hello from the guest", 0
