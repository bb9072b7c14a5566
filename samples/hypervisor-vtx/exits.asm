; 5. The guest runs, and comes back (SDM 3C chapters 27, 28)

; The guest's general registers, as `on_exit` has pushed them: RBP points to them while an exit is handled. They
; stand in the order of their numbers, so that the number of one leads to it.
RAX_OF          equ 0 * 8
RCX_OF          equ 1 * 8
RDX_OF          equ 2 * 8
RBX_OF          equ 3 * 8

; Enters the guest for the first time. "Returns" by `stop_guest`, when the guest has ended.
run_guest:
        mov [rel callers_stack], rsp
        xor eax, eax                ; what the guest finds in its registers; RSP is in the VMCS
        xor ecx, ecx
        xor edx, edx
        xor ebx, ebx
        xor ebp, ebp
        xor esi, esi
        xor edi, edi
        vmlaunch                    ; step into it, and you are in the guest
        jmp vmx_failed              ; only a VM entry that is refused comes here

; Every VM exit comes to here. The processor has saved what the VMCS has fields for, and has loaded the host
; state. What it leaves alone is still the guest's: general registers, x87 and vector registers, CR2, DR0 to DR3.
on_exit:
        push r15
        push r14
        push r13
        push r12
        push r11
        push r10
        push r9
        push r8
        push rdi
        push rsi
        push rbp
        push rax                    ; RSP has no. 4: a place holder, the guest's is in the VMCS
        push rbx
        push rdx
        push rcx
        push rax
        mov rbp, rsp
        inc qword [rel exits]

        call keep_event
        get rax, EXIT_REASON
        lea rbx, [rel handlers]
.next:  mov ecx, [rbx]
        cmp ecx, eax
        je .found
        add rbx, HANDLER_SIZE
        cmp ecx, -1
        jne .next
        jmp unknown_exit            ; also where bit 31 tells that a VM entry has failed
.found: call [rbx + 4]
        call give_ticks

        pop rax
        pop rcx
        pop rdx
        pop rbx
        add rsp, 8
        pop rbp
        pop rsi
        pop rdi
        pop r8
        pop r9
        pop r10
        pop r11
        pop r12
        pop r13
        pop r14
        pop r15
        vmresume
        jmp vmx_failed

; Who handles what: a basic exit reason and an address in each row.
%macro handler 2
        dd %1
        dq %2
%endmacro
HANDLER_SIZE    equ 12
handlers:
        handler EXIT_EXTERNAL_INTERRUPT, handle_interrupt
        handler EXIT_INTERRUPT_WINDOW, handle_window
        handler EXIT_CPUID, handle_cpuid
        handler EXIT_HLT, handle_hlt
        handler EXIT_VMCALL, handle_vmcall
        handler EXIT_CR_ACCESS, handle_cr
        handler EXIT_IO, handle_io
        handler EXIT_EPT_VIOLATION, handle_ept
        dd -1

; The instruction that has exited is done: the guest goes on behind it. As behind every instruction, STI and
; MOV SS do not block interrupts any longer. Changes RAX, RDX.
advance:
        get rax, GUEST_RIP
        get rdx, EXIT_INSTRUCTION_LEN
        add rdx, rax
        put GUEST_RIP, rdx
        get rdx, GUEST_INTERRUPTIBILITY
        and edx, ~BLOCKED_BY_STI_OR_SS
        put GUEST_INTERRUPTIBILITY, rdx
        ret

; A VM exit in the middle of the delivery of an event: the event would be lost, unless the next VM entry
; delivers it again (SDM 3C 28.2.4).
keep_event:
        get rbx, IDT_VECTORING
        test ebx, VALID
        jz .none
        and ebx, ~(1 << 12)         ; undefined here, reserved there
        put ENTRY_INTERRUPTION, rbx
        get rbx, EXIT_INSTRUCTION_LEN
        put ENTRY_INSTRUCTION_LEN, rbx ; counts for INT n and its like alone
        get rbx, IDT_VECTORING_ERROR
        put ENTRY_ERROR_CODE, rbx
.none:  ret

; CPUID always exits. The guest gets what the processor says, but for VT-x, which is taken, and for the leaves
; that belong to hypervisors.
handle_cpuid:
        mov eax, [rbp + RAX_OF]
        mov ecx, [rbp + RCX_OF]
        mov r8d, eax
        cmp eax, 0x40000000
        je .ours
        cpuid
        cmp r8d, 1
        jne .tell
        btr ecx, 5                  ; no VMX
        bts ecx, 31                 ; you are not alone
        jmp .tell
.ours:  mov ebx, [rel signature]
        mov ecx, [rel signature + 4]
        mov edx, [rel signature + 8]
.tell:  mov [rbp + RAX_OF], rax
        mov [rbp + RBX_OF], rbx
        mov [rbp + RCX_OF], rcx
        mov [rbp + RDX_OF], rdx
        jmp advance

signature:      db "TinyTeaching"

; HLT: the guest rests in the processor, in the activity state HLT, until an interrupt of ours brings it back.
handle_hlt:
        get rax, GUEST_RFLAGS
        test eax, RFLAGS_IF
        jz stop_guest               ; nothing can wake it any more
        put GUEST_ACTIVITY, ACTIVITY_HLT
        jmp advance

; Hypercalls, by the number in EAX. 0: how many VM exits there were. 1: the guest has ended.
handle_vmcall:
        cmp dword [rbp + RAX_OF], 1
        je stop_guest
        mov rax, [rel exits]
        mov [rbp + RAX_OF], rax
        jmp advance

; MOV to CR0 or CR4 that changes a bit of ours. The guest believes what it has written (the shadow); the
; processor gets it with what VMX needs.
handle_cr:
        get rax, EXIT_QUALIFICATION
        mov ecx, eax
        shr ecx, 8
        and ecx, 15                 ; bits 11:8: the general register
        mov rbx, [rbp + rcx * 8]
        and eax, 0x3f               ; bits 3:0: which CR; bits 5:4: 0 for MOV to it
        jz .cr0
        cmp eax, 4
        jne unknown_exit
        put CR4_SHADOW, rbx
        or ebx, CR4_VMXE
        put GUEST_CR4, rbx
        jmp advance
.cr0:   put CR0_SHADOW, rbx
        or ebx, CR0_NE
        put GUEST_CR0, rbx
        jmp advance

; IN and OUT of a byte. The serial port is passed through to the true one; other ports are empty.
handle_io:
        get rbx, EXIT_QUALIFICATION
        mov edx, ebx
        shr edx, 16                 ; bits 31:16: the port
        mov al, [rbp + RAX_OF]
        test ebx, 0x17              ; bits 2:0: the size less 1; bit 4: INS, OUTS
        jnz unknown_exit
        lea ecx, [rdx - COM1]
        cmp ecx, 8
        jae .empty
        test ebx, 8                 ; bit 3: IN
        jz .out
        in al, dx
        jmp .read
.out:   out dx, al
        jmp advance
.empty: mov al, 0xff
        test ebx, 8
        jz advance
.read:  mov [rbp + RAX_OF], al
        jmp advance

; The EPT has nothing for a guest-physical address. In its own memory the guest gets a frame and does the
; access again, so RIP stays.
handle_ept:
        get rax, GUEST_PHYSICAL_ADDRESS
        cmp rax, GUEST_MEMORY
        jae unknown_exit
        jmp give_page

; Something nobody handles: tells which, and ends all.
unknown_exit:
        lea rsi, [rel no_handler]
        call print
        get rax, EXIT_REASON
        call print_number
        lea rsi, [rel line_end]
        jmp give_up

; The guest has ended: back to whoever has called `run_guest`, past all that lies on this stack.
stop_guest:
        mov rsp, [rel callers_stack]
        ret

        align 8
exits:          dq 0
callers_stack:  dq 0
no_handler:     db `hypervisor: no handler for exit reason `, 0
