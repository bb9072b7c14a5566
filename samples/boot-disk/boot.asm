; boot-disk, first part: the loader.
;
; The disk has two programs, one behind the other: this boot sector, and from sector 1 on the kernel.
; The loader uses the BIOS while there still is one. It opens the memory above 1 MByte (A20), reads
; the kernel, enters protected mode, and moves the kernel to where it wants to be. Then the BIOS is of
; no use any more: its services are real-mode programs.

BUFFER      equ 0x10000             ; INT 13h reaches below 1 MByte only, so the kernel comes here first
KERNEL      equ 0x100000            ; … and goes there
MAGIC       equ 'KRNL'              ; the kernel begins with it, then its length in sectors, its entry
CODE        equ 0x08                ; selectors: offsets into the GDT
DATA        equ 0x10

        org 0x7c00
        bits 16

start:
        cli
        xor ax, ax
        mov ss, ax
        mov sp, 0x7c00
        sti
        mov ds, ax
        mov es, ax
        cld
        mov [drive], dl             ; the BIOS says in DL what it has booted from

; ------------------------------------------------------------------ A20
; The 8086 had 20 address lines, and FFFF:0010 was address 0 again. To keep old programs running, PCs
; were built with a switch that holds line 20 at 0. Is it on? Then 0x7dfe and 0x107dfe are the same.
open_a20:
        mov ax, 0x2401              ; INT 15h, 2401h: please open it
        int 0x15
        call is_a20_open
        jne load_kernel
        in al, 0x92                 ; some BIOSes cannot; most boards have the switch here, too
        or al, 2
        and al, 0xfe                ; bit 0 would reset the computer
        out 0x92, al
        call is_a20_open
        mov si, no_a20
        je fail

; ------------------------------------------------------------------ the kernel
; INT 13h, service 42h, counts sectors from 0 and takes its orders from a packet in memory.
load_kernel:
        call read                   ; one sector: it tells how many there are
        mov si, no_kernel
        jc fail
        mov ax, BUFFER >> 4
        mov es, ax
        cmp dword [es:0], MAGIC
        jne fail
        mov ax, [es:4]
        mov [packet.count], ax
        call read                   ; Step Into follows it through the BIOS to the disk's ports
        mov si, unreadable
        jc fail

; ------------------------------------------------------------------ protected mode
        cli                         ; the BIOS's interrupt table ends here, the kernel makes its own
        lgdt [gdt_pointer]
        mov eax, cr0
        or eax, 1                   ; PE: protection enable
        mov cr0, eax
        jmp CODE:protected          ; a far jump, so that CS holds a descriptor of 32 bits

        bits 32
protected:
        mov ax, DATA
        mov ds, ax
        mov es, ax
        mov ss, ax
        mov esp, 0x90000
        movzx ecx, word [packet.count]
        shl ecx, 7                  ; a sector is 128 doublewords
        mov esi, BUFFER
        mov edi, KERNEL
        rep movsd
        jmp [KERNEL + 8]            ; Step Into: the kernel's own source opens

; ------------------------------------------------------------------ 16-bit subroutines
        bits 16
read:   mov ah, 0x42
        mov dl, [drive]
        mov si, packet
        int 0x13                    ; CF = 1: an error
        ret

; ZF = 1 if FFFF:7E0E is 0000:7DFE. A difference may be chance, so the byte is changed, too.
is_a20_open:
        push es
        mov ax, 0xffff
        mov es, ax
        mov al, [0x7dfe]            ; the 55 of 55 AA
        mov byte [es:0x7e0e], 0
        cmp byte [0x7dfe], 0
        mov [0x7dfe], al
        pop es
        ret

fail:   lodsb
        test al, al
        jz .halt
        mov ah, 0x0e
        mov bx, 7
        int 0x10
        jmp fail
.halt:  hlt
        jmp .halt

; ------------------------------------------------------------------ data
no_a20:         db "A20 cannot be opened.", 0
no_kernel:      db "There is no kernel on this disk. Start the launch configuration boot-disk.", 0
unreadable:     db "The kernel cannot be read.", 0
drive:          db 0

        align 4
packet:         db 16, 0                        ; its size
.count:         dw 1                            ; sectors
                dw 0, BUFFER >> 4               ; to offset, segment
                dq 1                            ; from this sector on

        align 8
gdt:            dq 0                            ; the null descriptor
                dq 0x00cf9a000000ffff           ; 0x08: ring 0 code, 32 bits, 4 GBytes
                dq 0x00cf92000000ffff           ; 0x10: ring 0 data
gdt_pointer:    dw $ - gdt - 1
                dd gdt

        times 510 - ($ - $$) db 0
        dw 0xaa55
