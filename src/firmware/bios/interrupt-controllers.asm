; interrupt-controllers: the two Intel 8259A that bring devices' requests to the processor.

PIC1_COMMAND    equ 0x20            ; IRQ 0 to 7
PIC1_DATA       equ 0x21
PIC2_COMMAND    equ 0xa0            ; IRQ 8 to 15, through IRQ 2 of the first
PIC2_DATA       equ 0xa1
PIC2_LEVELS     equ 0x4d1
END_OF_INTERRUPT equ 0x20           ; OCW2: the request in service is done
READ_IN_SERVICE equ 0x0b            ; OCW3: the next read tells the requests in service

; IRQ 0-7 become vectors 08h-0Fh, IRQ 8-15 70h-77h. Open: timer, keyboard, cascade, floppy; clock,
; mouse, coprocessor, disk.
start_interrupt_controllers:
        mov bx, 0x7008
        call place_interrupts
        mov al, 0xb8                ; OCW1: 1 = masked
        out PIC1_DATA, al
        mov al, 0x8e
        out PIC2_DATA, al
        mov al, 1 << (SCI - 8)      ; which lines of the second one interrupt by their level
        mov dx, PIC2_LEVELS
        out dx, al
        ret

; BL = the vector of IRQ 0, BH = that of IRQ 8. Changes AL.
place_interrupts:
        mov al, 0x11                ; ICW1: edge-triggered, two of them, ICW4 follows
        out PIC1_COMMAND, al
        out PIC2_COMMAND, al
        mov al, bl                  ; ICW2: the first vector
        out PIC1_DATA, al
        mov al, bh
        out PIC2_DATA, al
        mov al, 1 << 2              ; ICW3: the second is at input 2 …
        out PIC1_DATA, al
        mov al, 2                   ; … and so is its number 2
        out PIC2_DATA, al
        mov al, 0x01                ; ICW4: for an 8086 or later
        out PIC1_DATA, al
        out PIC2_DATA, al
        ret

; Interrupts that nobody expects are masked, so that they do not come again.

unexpected_irq:                     ; IRQ 2 to 7
        push ax
        mov al, READ_IN_SERVICE
        out PIC1_COMMAND, al
        in al, PIC1_COMMAND
        test al, al
        jz .done                    ; none in service: the vector was called by INT, or spurious
        mov ah, al
        in al, PIC1_DATA
        or al, ah
        and al, ~(1 << 2) & 0xff    ; the second controller stays
        out PIC1_DATA, al
        mov al, END_OF_INTERRUPT
        out PIC1_COMMAND, al
.done:  pop ax
        iret

unexpected_irq_2:                   ; IRQ 9 to 15
        push ax
        mov al, READ_IN_SERVICE
        out PIC2_COMMAND, al
        in al, PIC2_COMMAND
        test al, al
        jz .done
        mov ah, al
        in al, PIC2_DATA
        or al, ah
        out PIC2_DATA, al
        mov al, END_OF_INTERRUPT
        out PIC2_COMMAND, al
        out PIC1_COMMAND, al
.done:  pop ax
        iret

; INT 75h, IRQ 13: the coprocessor has an error. Programs expect it as an NMI, as on the first PC.
int_0x75:
        push ax
        xor al, al
        out 0xf0, al                ; takes the request back
        mov al, END_OF_INTERRUPT
        out PIC2_COMMAND, al
        out PIC1_COMMAND, al
        pop ax
        int 0x02
        iret
