; The second source on the disk.
        org 0x8000
        bits 16
kernel: mov al, [answer]
        out 0xf4, al
answer: db 42
