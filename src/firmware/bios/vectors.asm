; vectors: the interrupt vector table, 256 far pointers at 0000:0000.

; What nobody serves returns at once.
fill_vectors:
        lidt [cs:.idtr]
        lgdt [cs:.gdtr]
        xor ax, ax
        mov es, ax
        mov di, ax
        mov eax, 0xf0000000 + dummy_interrupt
        mov cx, 256
        rep stosd
        push cs
        pop ds
        mov si, .services
        xor di, di
        mov cx, (.end - .services) / 3
.next:  movzx di, byte [si]         ; a vector …
        shl di, 2
        mov ax, [si + 1]            ; … and its handler
        mov [es:di], ax
        add si, 3
        loop .next
        ; Vectors 60h to 66h belong to programs.
        mov di, 0x60 * 4
        mov cx, 7
        xor eax, eax
        rep stosd
        mov [es:0x79 * 4], eax
        ret

.idtr:  dw 0x3ff                    ; the table's last byte, and where it is
        dd 0
.gdtr:  dw 0                        ; no segment descriptors
        dd 0

%macro VECTOR 2
        db %1
        dw %2
%endmacro

.services:
        VECTOR 0x02, int_0x02
        VECTOR 0x05, int_0x05
        VECTOR 0x08, int_0x08
        VECTOR 0x09, int_0x09
        VECTOR 0x0a, unexpected_irq
        VECTOR 0x0b, unexpected_irq
        VECTOR 0x0c, unexpected_irq
        VECTOR 0x0d, unexpected_irq
        VECTOR 0x0e, int_0x0e
        VECTOR 0x0f, unexpected_irq
        VECTOR 0x11, int_0x11
        VECTOR 0x12, int_0x12
        VECTOR 0x13, int_0x13
        VECTOR 0x14, int_0x14
        VECTOR 0x15, int_0x15
        VECTOR 0x16, int_0x16
        VECTOR 0x17, int_0x17
        VECTOR 0x18, int_0x18
        VECTOR 0x19, int_0x19
        VECTOR 0x1a, int_0x1a
        VECTOR 0x1e, floppy_table
        VECTOR 0x40, int_0x40
        VECTOR 0x70, int_0x70
        VECTOR 0x71, unexpected_irq_2
        VECTOR 0x72, unexpected_irq_2
        VECTOR 0x73, unexpected_irq_2
        VECTOR 0x74, int_0x74
        VECTOR 0x75, int_0x75
        VECTOR 0x76, unexpected_irq_2
        VECTOR 0x77, unexpected_irq_2
.end:

; INT 02h: the non-maskable interrupt. Memory parity errors do not happen here.
int_0x02:
        iret

; INT 05h: print the screen. There is no printer to print it on.
int_0x05:
        iret
