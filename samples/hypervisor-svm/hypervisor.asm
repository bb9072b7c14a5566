; hypervisor-svm: a small hypervisor of its own, on the bare computer, for processors of AMD's.
;
; It asks the processor whether there is SVM, enables it, fills a VMCB, gives a guest memory by nested page
; tables, runs it, answers its exits, gives it a timer, and switches SVM off again. "monitor" is "none" and
; "cpu" is "amd", so this program has the whole computer, and everything is done here, in machine code that
; you can step through. It is the sibling of hypervisor-vtx, which does the same by VT-x: compare them file
; by file.
;
; Read the files in this order:
;   boot.asm      up to long mode, as any kernel goes
;   probe.asm     1. is there SVM, and may we use it?      CPUID 8000_000AH, VM_CR
;   enable.asm    2. SVM on                                EFER.SVME, VM_HSAVE_PA
;   npt.asm       3. memory for the guest                  nested page tables, filled on demand
;   vmcb.asm      4. what the processor keeps the guest in intercepts, permission maps, guest state
;   exits.asm     5. the guest runs, and comes back        CLGI, VMLOAD, VMRUN, VMSAVE, STGI, a table of handlers
;   timer.asm     6. a timer for the guest                 INTR, virtual interrupts
;   guest.asm     the guest: a kernel that knows nothing of all that
; "APM 2" is volume 2 of AMD's manual; SVM is its chapter 15.

; ------------------------------------------------------------------ where things lie, host-physical
STACK_TOP       equ 0x7c00          ; the hypervisor's stack
PML4            equ 0x10000         ; its own page tables: the first GByte, linear = physical
PDPT            equ 0x11000
PD              equ 0x12000
VMCB            equ 0x13000         ; the VMCB of the one guest
HOST_SAVE       equ 0x14000         ; 4 KBytes that the processor wants for itself
HOST_VMCB       equ 0x15000         ; a VMCB for what VMRUN does not save of the host
IOPM            equ 0x16000         ; which ports exit: 3 pages
MSRPM           equ 0x19000         ; which MSRs exit: 2 pages
NPT_PML4        equ 0x1b000         ; the tables that the guest's physical addresses go through
NPT_PDPT        equ 0x1c000
NPT_PD          equ 0x1d000
NPT_PT          equ 0x1e000
TABLES_END      equ 0x1f000
GUEST_FRAMES    equ 0x200000        ; frames for the guest are given away from here, downwards

; ------------------------------------------------------------------ what the guest sees, guest-physical
GUEST_ENTRY     equ 0x1000          ; its kernel is loaded here
GUEST_MEMORY    equ 0x40000         ; it has 256 KBytes

; ------------------------------------------------------------------ the machine
COM1            equ 0x3f8
EXIT_PORT       equ 0xf4            ; a value written here ends the run
TIMER           equ 0x20            ; the vector of IRQ 0, after we move it

        org 0x7c00
%include "svm.inc"
%include "boot.asm"

        bits 64
; The hypervisor, in the order in which it happens.
main:
        lea rsi, [rel hello]
        call print
        call probe
        call enable
        call build_npt
        call load_guest
        call fill_vmcb
        call start_timer
        call run_guest              ; comes back when the guest has ended

; SVM is switched off, and we are a plain kernel again. STGI has been executed since the last exit: to clear
; SVME while interrupts are held would leave them so, with no instruction left to change that.
shut_down:
        cli
        call disable
        lea rsi, [rel goodbye]
        call print
        mov rax, [rel exits]
        call print_number
        lea rsi, [rel exits_made]
        call print
        call print_exits
        xor eax, eax
; Ends the run with the value in AL.
finish:
        mov dx, EXIT_PORT
        out dx, al
.never: cli
        hlt
        jmp .never

; Something cannot go on: prints the text at RSI and ends with the value 1.
give_up:
        call print
        mov al, 1
        jmp finish

hello:          db `hypervisor: hello\n`, 0
goodbye:        db `hypervisor: SVM is off again after `, 0
exits_made:     db ` exits\n`, 0

%include "console.asm"
%include "probe.asm"
%include "enable.asm"
%include "npt.asm"
%include "vmcb.asm"
%include "exits.asm"
%include "timer.asm"

        align 16
guest_image:                        ; the guest's kernel follows
%include "guest.asm"
