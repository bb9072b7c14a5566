; An interrupt that nobody handles, and an exception: their vectors are 0000:0000.
bits 16
org 0x7c00

start:
    mov ax, 0x0e48
    int 0x10                ; 7: there is no firmware
    hlt

divide:
    xor cx, cx
    div cx                  ; 12
    hlt

handled:
    mov word [0x40 * 4], service
    int 0x40                ; 17: crossed, as its vector leads somewhere
    hlt

service:
    iret
