; hypervisor-vtx: a small hypervisor of its own, on the bare computer.
;
; It asks the processor whether there is VT-x, enters VMX operation, fills a VMCS, gives a guest memory by
; EPT, launches it, answers its VM exits, injects timer interrupts, and leaves VMX operation again. Press F5
; with the configuration "hypervisor-vtx": "monitor" is "none", so this program has the whole computer, and
; what the built-in monitor does elsewhere is done here, in machine code that you can step through.
;
; Read the files in this order:
;   boot.asm      up to long mode, as any kernel goes
;   probe.asm     1. is there VT-x, and may we use it?     CPUID, IA32_FEATURE_CONTROL
;   enable.asm    2. into VMX operation                    CR4.VMXE, VMXON, VMCLEAR, VMPTRLD
;   ept.asm       3. memory for the guest                  extended page tables, filled on demand
;   vmcs.asm      4. what the processor keeps the guest in controls, host state, guest state
;   exits.asm     5. the guest runs, and comes back        VMLAUNCH, a table of handlers, VMRESUME
;   timer.asm     6. a timer for the guest                 event injection, interrupt-window exiting
;   guest.asm     the guest: a kernel that knows nothing of all that
; "SDM" is Intel's manual; the chapters on VMX are in volume 3C.

; ------------------------------------------------------------------ where things lie, host-physical
STACK_TOP       equ 0x7c00          ; the hypervisor's stack before the launch
PML4            equ 0x10000         ; its own page tables: the first GByte, linear = physical
PDPT            equ 0x11000
PD              equ 0x12000
VMXON_REGION    equ 0x13000         ; 4 KBytes that the processor wants for itself
VMCS_REGION     equ 0x14000         ; the VMCS of the one guest
EPT_PML4        equ 0x15000         ; the tables that the guest's physical addresses go through
EPT_PDPT        equ 0x16000
EPT_PD          equ 0x17000
EPT_PT          equ 0x18000
EXIT_STACK_TOP  equ 0x1a000         ; the stack on which VM exits are handled
GUEST_FRAMES    equ 0x200000        ; frames for the guest are given away from here, downwards

; ------------------------------------------------------------------ what the guest sees, guest-physical
GUEST_ENTRY     equ 0x1000          ; its kernel is loaded here
GUEST_MEMORY    equ 0x40000         ; it has 256 KBytes

; ------------------------------------------------------------------ the machine
COM1            equ 0x3f8
EXIT_PORT       equ 0xf4            ; a value written here ends the run
TIMER           equ 0x20            ; the vector of IRQ 0, after we move it

        org 0x7c00
%include "vmx.inc"
%include "boot.asm"

        bits 64
; The hypervisor, in the order in which it happens.
main:
        lea rsi, [rel hello]
        call print
        call probe
        call enable
        call build_ept
        call load_guest
        call fill_vmcs
        call start_timer
        call run_guest              ; comes back when the guest has ended

; VMXOFF: VT-x is gone, and we are a plain kernel again.
shut_down:
        vmxoff
        mov rax, cr4
        and eax, ~CR4_VMXE
        mov cr4, rax
        lea rsi, [rel goodbye]
        call print
        mov rax, [rel exits]
        call print_number
        lea rsi, [rel exits_made]
        call print
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
goodbye:        db `hypervisor: out of VMX operation after `, 0
exits_made:     db ` VM exits\n`, 0

%include "console.asm"
%include "probe.asm"
%include "enable.asm"
%include "ept.asm"
%include "vmcs.asm"
%include "exits.asm"
%include "timer.asm"

        align 16
guest_image:                        ; the guest's kernel follows
%include "guest.asm"
