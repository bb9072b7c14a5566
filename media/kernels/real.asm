; A boot sector in real mode.
;
; F5 debugs it: the BIOS loads these 512 bytes to 0x7c00 and jumps there. Step Over (F10) goes line by line.
; [if monitor]
; It asks its monitor to end it, so it runs under any "monitor" but "none".
; [else]
; It asks nobody: it runs on the bare computer (in Run and Debug: "... on the bare computer") as under any monitor.
; [end]

COM1        equ 0x3f8               ; the first serial port
; [if interrupts]
TIMER       equ 8                   ; the vector at which the BIOS has put IRQ 0
TICKS       equ 3                   ; how many to wait for
; [end]

        org 0x7c00
        bits 16

start:
        cli                         ; no interrupt before there is a stack
        xor ax, ax                  ; all segments begin at 0
        mov ds, ax
        mov es, ax
        mov ss, ax
        mov sp, 0x7c00              ; the stack grows down from here

        mov si, hello
        call print
; [if interrupts]

        ; Let IRQ 0 lead to us instead of the BIOS, and sleep until it has come often enough.
        mov word [TIMER * 4], tick
        mov word [TIMER * 4 + 2], 0
        sti
.wait:  hlt
        cmp byte [ticks], TICKS
        jb .wait
        cli
        mov si, ticked
        call print
; [end]

; [if monitor]
        mov eax, 2                  ; hypercall 2 ends the guest
        vmcall                      ; a VM exit: Step Into (F11) shows what the monitor does
; [else]
        mov dx, 0x604               ; the power-management port
        mov ax, 0x2000              ; "soft off"
        out dx, ax
; [end]
.never: hlt
        jmp .never

; Prints the text at SI, which ends with 0.
print:
        mov dx, COM1
.next:  lodsb                       ; AL = the next character
        test al, al
        jz .done
        out dx, al                  ; under a monitor, a VM exit
        jmp .next
.done:  ret
; [if interrupts]

; IRQ 0: the timer.
tick:
        push ax
        inc byte [cs:ticks]
        mov al, 0x20                ; tell the interrupt controller that it is served
        out 0x20, al
        pop ax
        iret
; [end]

hello:  db "Hello from real mode.", 10, 0
; [if interrupts]
ticked: db "The timer has ticked.", 10, 0
ticks:  db 0
; [end]

        times 510 - ($ - $$) db 0
        dw 0xaa55                   ; what makes it a boot sector
