; 5. The guest runs, and comes back (APM 2 15.5 to 15.7)

; The guest's general registers but RAX and RSP, which are in the VMCB. RBP points to these while an exit is
; handled.
RCX_OF          equ 0 * 8
RDX_OF          equ 1 * 8
RBX_OF          equ 2 * 8
REGISTERS       equ 14

; Runs the guest. "Returns" by `stop_guest`, when the guest has ended.
run_guest:
        mov [rel callers_stack], rsp
        mov rax, HOST_VMCB
        vmsave                      ; ours, for the VMLOAD behind each exit
        xor eax, eax                ; what the guest finds in its registers
        mov ecx, REGISTERS
.zero:  push rax
        loop .zero

enter_guest:
        clgi                        ; from here to STGI nothing interrupts, not even an NMI: what runs now
        call give_ticks             ; is neither quite the host nor quite the guest
        pop rcx
        pop rdx
        pop rbx
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
        mov rax, VMCB
        vmload                      ; FS, GS, LDTR, TR, and the MSRs of system calls: the guest's
        vmrun                       ; step into it, and you are in the guest

        ; #VMEXIT: we go on behind VMRUN. RAX, RSP, RIP, RFLAGS, control registers, and ES, CS, SS and DS are
        ; ours again; everything else is still the guest's.
        vmsave
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
        push rbx
        push rdx
        push rcx
        mov rbp, rsp
        mov rax, HOST_VMCB
        vmload
        stgi                        ; an interrupt that has waited is taken here, by our own handler
        call keep_event
        call handle_exit
        jmp enter_guest

; Looks for the exit code in the table, counts the exit, and calls its handler.
handle_exit:
        inc qword [rel exits]
        mov rax, [VMCB.EXITCODE]
        lea rbx, [rel handlers]
.next:  cmp rax, [rbx]
        je .found
        add rbx, HANDLER_SIZE
        lea rcx, [rel handlers_end]
        cmp rbx, rcx
        jb .next
        jmp unknown_exit
.found: inc qword [rbx + HANDLED]
        jmp [rbx + HANDLER]

; Who handles what: an exit code, an address, how many there were, and the name.
%macro handler 3
        dq %1, %2, 0
        db %3
        times 8 - %strlen(%3) db 0
%endmacro
HANDLER         equ 8
HANDLED         equ 16
NAME            equ 24
HANDLER_SIZE    equ 32
        align 8
handlers:
        handler VMEXIT_INTR, handle_interrupt, "INTR"
        handler VMEXIT_CPUID, handle_cpuid, "CPUID"
        handler VMEXIT_HLT, handle_hlt, "HLT"
        handler VMEXIT_IOIO, handle_io, "IOIO"
        handler VMEXIT_MSR, handle_msr, "MSR"
        handler VMEXIT_VMMCALL, handle_vmmcall, "VMMCALL"
        handler VMEXIT_NPF, handle_npf, "NPF"
handlers_end:

; How often each of them was called, a line for each.
print_exits:
        lea rcx, [rel handlers]
.next:  lea rsi, [rel indent]
        call print
        lea rsi, [rcx + NAME]
        call print
        lea rsi, [rel space]
        call print
        mov rax, [rcx + HANDLED]
        call print_number
        lea rsi, [rel line_end]
        call print
        add rcx, HANDLER_SIZE
        lea rax, [rel handlers_end]
        cmp rcx, rax
        jb .next
        ret

; The instruction that has exited is done: the guest goes on behind it. As behind every instruction, STI and
; MOV SS do not block interrupts any longer. Changes RAX.
advance:
        mov rax, [VMCB.NRIP]
        mov [VMCB.RIP], rax
        mov qword [VMCB.INTERRUPT_SHADOW], 0
        ret

; An exit in the middle of the delivery of an event: the event would be lost, unless the next VMRUN injects it
; (APM 2 15.7.2, 15.20). What an instruction has raised (INT n, INT3, INTO) it raises again: RIP is at it.
keep_event:
        mov rax, [VMCB.EXITINTINFO] ; with the error code
        test eax, EVENT_V
        jz .none
        mov ecx, eax
        and ecx, EVENT_TYPE
        cmp ecx, EVENT_SOFTWARE
        je .none
        cmp ecx, EVENT_EXCEPTION
        jne .keep
        mov ecx, eax
        and ecx, EVENT_VECTOR
        sub ecx, 3
        cmp ecx, 1
        jbe .none                   ; 3 and 4: #BP, #OF
.keep:  mov [VMCB.EVENTINJ], rax
.none:  ret

; CPUID. The guest gets what the processor says, but for SVM, which is taken, and for the leaves that belong to
; hypervisors.
handle_cpuid:
        mov eax, [VMCB.RAX]
        mov ecx, [rbp + RCX_OF]
        mov r8d, eax
        cmp eax, 0x40000000
        je .ours
        cpuid
        cmp r8d, 1
        je .standard
        cmp r8d, 0x80000001
        je .extended
        cmp r8d, 0x8000000a
        jne .tell
        xor eax, eax                ; nothing about SVM
        xor ebx, ebx
        xor ecx, ecx
        xor edx, edx
        jmp .tell
.standard:
        bts ecx, 31                 ; you are not alone
        jmp .tell
.extended:
        btr ecx, 2                  ; no SVM
        jmp .tell
.ours:  mov ebx, [rel signature]
        mov ecx, [rel signature + 4]
        mov edx, [rel signature + 8]
.tell:  mov [VMCB.RAX], rax
        mov [rbp + RBX_OF], rbx
        mov [rbp + RCX_OF], rcx
        mov [rbp + RDX_OF], rdx
        jmp advance

signature:      db "TinyTeaching"

; HLT: we rest in the place of the guest, until there is an interrupt for it. STI takes effect behind HLT, so
; that none can come between the look at `ticks` and the sleep.
handle_hlt:
        test qword [VMCB.RFLAGS], RFLAGS_IF
        jz stop_guest               ; nothing can wake it any more
        call advance
        test dword [VMCB.VIRTUAL_INTERRUPT], V_IRQ
        jnz .done                   ; one has waited for the end of STI's shadow
.sleep: cli
        cmp dword [rel ticks], 0
        jne .awake
        sti
        hlt
        jmp .sleep
.awake: sti
.done:  ret

; Hypercalls, by the number in EAX. 0: how many exits there were. 1: the guest has ended.
handle_vmmcall:
        cmp dword [VMCB.RAX], 1
        je stop_guest
        mov rax, [rel exits]
        mov [VMCB.RAX], rax
        jmp advance

; RDMSR and WRMSR. There is one MSR for the guest, EFER, and in it SVME is ours: 1 for the processor, 0 for the
; guest. All others do not exist.
handle_msr:
        cmp dword [rbp + RCX_OF], EFER
        jne general_protection
        mov rdx, [VMCB.EFER]
        btr rdx, 12                 ; SVME
        cmp qword [VMCB.EXITINFO1], 0 ; 1 for WRMSR
        jne .write
        mov eax, edx
        mov [VMCB.RAX], rax
        shr rdx, 32
        mov [rbp + RDX_OF], rdx
        jmp advance
.write: mov eax, [VMCB.RAX]
        mov ecx, eax
        and ecx, ~(EFER_SCE | EFER_NXE)
        or ecx, [rbp + RDX_OF]
        jnz general_protection      ; this guest stays below 64 bits
        or eax, EFER_SVME
        mov [VMCB.EFER], rax
        jmp advance

; The instruction raises #GP(0): the event is injected, and RIP stays, as behind every fault.
general_protection:
        mov eax, EVENT_V | EVENT_EV | EVENT_EXCEPTION | 13
        mov [VMCB.EVENTINJ], rax    ; the upper half is the error code
        ret

; IN and OUT of a byte. The serial port is passed through to the true one; other ports are empty.
handle_io:
        mov ebx, [VMCB.EXITINFO1]
        mov edx, ebx
        shr edx, 16                 ; bits 31:16: the port
        mov ecx, ebx
        and ecx, IOIO_SZ8 | IOIO_STR
        cmp ecx, IOIO_SZ8
        jne unknown_exit
        mov al, [VMCB.RAX]
        lea ecx, [rdx - COM1]
        cmp ecx, 8
        jae .empty
        test ebx, IOIO_TYPE
        jz .out
        in al, dx
        jmp .read
.out:   out dx, al
        jmp advance
.empty: mov al, 0xff
        test ebx, IOIO_TYPE
        jz advance
.read:  mov [VMCB.RAX], al
        jmp advance

; The nested tables have nothing for a guest-physical address. In its own memory the guest gets a frame and
; does the access again, so RIP stays.
handle_npf:
        test dword [VMCB.EXITINFO1], NPF_P
        jnz unknown_exit            ; all that we give may be read, written and executed
        mov rax, [VMCB.EXITINFO2]
        cmp rax, GUEST_MEMORY
        jae unknown_exit
        jmp give_page

; Something nobody handles, VMEXIT_INVALID among it: tells which, and ends all.
unknown_exit:
        lea rsi, [rel no_handler]
        call print
        mov rax, [VMCB.EXITCODE]
        mov ebx, 16
        call print_to_base
        lea rsi, [rel hexadecimal]
        jmp give_up

; The guest has ended: back to whoever has called `run_guest`, past all that lies on this stack.
stop_guest:
        mov rsp, [rel callers_stack]
        ret

        align 8
exits:          dq 0
callers_stack:  dq 0
no_handler:     db `hypervisor: no handler for exit code `, 0
hexadecimal:    db `h\n`, 0
indent:         db `hypervisor:   `, 0
space:          db ` `, 0
line_end:       db `\n`, 0
