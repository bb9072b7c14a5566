; hosting: a guest that is a process of a host, and uses more memory than the host has.
;
; Its monitor does not have the computer for itself (Type II). What the guest takes for RAM is a mapping
; in the address space of a host process: a page gets a frame when it is touched, and loses it again
; when others need it more. The guest sees nothing of that - its bytes are there whenever it looks.
;
; Run it with 4 MBytes of memory on a host that has 1 MByte: "hosting": "hosted", "memory": "4M",
; "hostMemory": "1M".

COM1    equ 0x3f8               ; the first serial port
EXIT    equ 0xf4                ; the exit device
STACK   equ 0x7c00
FIRST   equ 0x200000            ; the first page that it fills
PAGES   equ 300                 ; so many: more than 1 MByte
PAGE    equ 4096

        org 0x7c00
        bits 16
start:  cli
        xor ax, ax
        mov ds, ax
        in al, 0x92                     ; let address line 20 through
        or al, 2
        out 0x92, al
        lgdt [gdtr]
        mov eax, cr0
        or al, 1
        mov cr0, eax
        jmp 8:main

        bits 32
main:   mov ax, 16
        mov ds, ax
        mov es, ax
        mov ss, ax
        mov esp, STACK

; A page that nobody has touched has no frame: not in the EPT, and not in the process either.
        mov edi, FIRST
touch:
.first: mov dword [edi], 'RING'         ; EPT violation, and in its handler a host page fault
.again: mov dword [edi + 4], 'SIDE'     ; no exit: the page has a frame now

; Many more, each with its own number. The host has no room for all of them.
fill:   mov edi, FIRST + PAGE
        mov ecx, PAGES - 1
.page:  mov [edi], ecx                  ; from some page on another one has to go first
        add edi, PAGE
        loop .page
.done:

; The first page has been away for long. What was written there is there.
        mov edi, FIRST
back:
.read:  mov eax, [edi]                  ; a host page fault again; this time the bytes lie on a disk
.have:  cmp eax, 'RING'
        jne wrong
        cmp dword [edi + 4], 'SIDE'
        jne wrong

; All of them once more, in the order in which they came: the worst that can be done to a host that
; takes away what came first. Each page has gone by the time it is read.
        mov edi, FIRST + PAGE
        mov ecx, PAGES - 1
thrash:
.page:  cmp [edi], ecx
        jne wrong
        add edi, PAGE
        loop .page
.done:  mov esi, text.right
        call print
        mov al, 0
        out EXIT, al

wrong:  mov esi, text.wrong
        call print
        mov al, 1
        out EXIT, al

; Prints the text at ESI, up to a 0.
print:  mov dx, COM1
.next:  lodsb
        test al, al
        jz .done
        out dx, al
        jmp .next
.done:  ret

text:
.right: db "300 pages, each as it was written.", 10, 0
.wrong: db "A page is not as it was written.", 10, 0

        align 8
gdt:    dq 0
        dq 0x00cf9a000000ffff           ; 8: code
        dq 0x00cf92000000ffff           ; 16: data
gdtr:   dw $ - gdt - 1
        dd gdt
