; emulate: a guest that the processor never runs.
;
; Under "monitor": "emulate" the monitor fetches, decodes and executes each instruction in software. What
; makes other techniques work hard (a port, CPUID, HLT, an interrupt, a hypercall) is one
; instruction among others here, and what costs nothing there (ADD) costs as much as all the rest.

        org 0x7c00
        bits 16

COM1    equ 0x3f8
EXIT    equ 0xf4                ; the exit device

start:  cli
        xor ax, ax
        mov ds, ax
        mov es, ax
        mov ss, ax
        mov sp, 0x7c00

; -------------------------------------------------- plain arithmetic: nothing that anybody would trap
        mov cx, 10
        xor bx, bx
.sum:   add bx, cx              ; break here: Step Into
        loop .sum

; -------------------------------------------------- a device: its register, in the middle of an instruction
        mov si, hello
        call print

; -------------------------------------------------- the processor that the guest believes to have
        mov eax, 1
        cpuid
        bt ecx, 31              ; "hypervisor present"
        jnc .alone
        mov si, watched
        call print
.alone:

; -------------------------------------------------- an instruction that writes the next one
        mov byte [.patch + 1], 'P'
.patch: mov al, 'x'             ; what was decoded before is forgotten
        mov dx, COM1
        out dx, al
        mov al, 10
        out dx, al

; -------------------------------------------------- an interrupt, and HLT that waits for it
        mov word [8 * 4], tick
        mov word [8 * 4 + 2], 0
        mov al, 0x34            ; channel 0, rate generator
        out 0x43, al
        mov al, 0
        out 0x40, al
        mov al, 0x10
        out 0x40, al
        mov al, 0x11            ; the interrupt controller: vectors from 8, timer alone
        out 0x20, al
        mov al, 8
        out 0x21, al
        mov al, 4
        out 0x21, al
        mov al, 1
        out 0x21, al
        mov al, 0xfe
        out 0x21, al
        sti
        hlt                     ; the monitor waits in the guest's place
        cli

; -------------------------------------------------- a hypercall: VMCALL, without any VMX
        mov eax, 1              ; print the byte in BL
        mov ebx, '!'
        vmcall
        mov si, bye
        call print
        mov al, 0
        out EXIT, al
        hlt

tick:   push ax
        mov al, 0x20            ; end of interrupt
        out 0x20, al
        pop ax
        iret

print:  mov dx, COM1
.next:  lodsb
        test al, al
        jz .done
        out dx, al
        jmp .next
.done:  ret

hello:  db 'Nobody runs me, and I run.', 10, 0
watched: db 'CPUID says: there is a hypervisor.', 10, 0
bye:    db ' Goodbye.', 10, 0
