; One of each VM exit that a guest in real mode can make, and a function to step over.
bits 16
org 0x7c00

start:
    mov eax, 1
    cpuid                   ; line 7
    mov dx, 0x3f8
    mov al, 'H'
    out dx, al              ; line 10
    in al, dx
    call work               ; line 12
    mov cx, 4
    mov si, text
    mov di, 0x500
    rep movsb               ; line 16
    mov eax, 2              ; hypercall: exit
    vmcall                  ; line 18
    hlt

work:
    push bx
    nop
    pop bx
    ret

text: db "abcd"
