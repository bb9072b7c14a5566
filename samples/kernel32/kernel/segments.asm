; segments: the GDT and the TSS.
;
; Paging does the work here, so all segments are flat: they begin at 0 and end at 4 GBytes. What
; remains of segmentation is the privilege: a ring has a code segment and a data segment.

KERNEL_CODE equ 0x08
KERNEL_DATA equ 0x10
USER_CODE   equ 0x18 | 3            ; bits 1:0 of a selector: the privilege that is asked for
USER_DATA   equ 0x20 | 3
TASK        equ 0x28

        section .kernel

; The GDT that the entry has loaded lies at a physical address, which is none any more.
set_up_segments:
        lgdt [gdt_pointer]
        mov eax, tss                ; a descriptor has the base in pieces
        mov [gdt.task + 2], ax
        shr eax, 16
        mov [gdt.task + 4], al
        mov [gdt.task + 7], ah
        mov dword [tss + Tss.ss0], KERNEL_DATA
        mov word [tss + Tss.io_map], Tss.end ; behind the end: ring 3 has no ports
        mov eax, TASK
        ltr ax
        ret

        section .data
        align 8
gdt:        dq 0                            ; the null descriptor
            dq 0x00cf9a000000ffff           ; 0x08: ring 0, code
            dq 0x00cf92000000ffff           ; 0x10: ring 0, data
            dq 0x00cffa000000ffff           ; 0x18: ring 3, code
            dq 0x00cff2000000ffff           ; 0x20: ring 3, data
.task:      dw Tss.end - 1, 0               ; 0x28: the TSS
            db 0, 0x89, 0, 0
.end:
gdt_pointer:
            dw gdt.end - gdt - 1
            dd gdt

; The task-state segment was made for switching tasks in hardware. What it is needed for today: when
; the processor comes from ring 3 to ring 0, it finds there the stack to go on with.
        struc Tss
.link:      resd 1
.esp0:      resd 1                  ; top of the kernel stack of the process that runs
.ss0:       resd 1
            resb 102 - 12
.io_map:    resw 1                  ; where the bit map of ports begins
.end:
        endstruc

        section .bss
        alignb 4
tss:        resb Tss.end
