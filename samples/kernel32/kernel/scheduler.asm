; scheduler: who has the processor.
;
; All processes that are ready take turns. The timer ends a turn; who waits for something sleeps, on a
; channel: the address of whatever it waits for.
;
; The kernel itself is never preempted. Only the handlers of interrupts come in between, so that what
; they share with the rest of the kernel is guarded by holding them off for the moment.

PROCESSES   equ 16                  ; process 0 is the idle one
TIME_SLICE  equ 2                   ; ticks

FREE        equ 0                   ; states: no process is here
READY       equ 1                   ; it runs, or would like to
ASLEEP      equ 2
ENDED       equ 3                   ; until its parent asks for its status

OPEN_FILES  equ 8                   ; of a process

        struc Process
.state:     resd 1
.pid:       resd 1
.parent:    resd 1                  ; a PID
.esp:       resd 1                  ; of the kernel, while others run
.stack:     resd 1                  ; its kernel stack: a frame
.directory: resd 1                  ; physical address
.zero_from: resd 1                  ; its program ends here, and zeroes begin
.break_low: resd 1                  ; the heap begins, …
.break:     resd 1                  ; … and ends
.channel:   resd 1                  ; what it sleeps for
.wake_at:   resd 1                  ; the tick, if that is the time
.status:    resd 1                  ; once it has ended
.killed:    resd 1                  ; 1: it ends as soon as it is its turn
.name:      resb NAME_SIZE
.files:     resd 2 * OPEN_FILES     ; OpenFile, in files.asm
.end:
        endstruc

; Interrupts are off between these two. What IF was is kept: it may have been off already.
%macro CRITICAL 0
        pushfd
        cli
%endmacro
%macro END_CRITICAL 0
        popfd
%endmacro

        section .kernel

; Lets the next process run that is ready, in the order of the table; process 0 if none is. Interrupts
; are off. It returns when it is this process's turn again.
schedule:
        mov byte [reschedule], 0
        mov dword [time_slice], TIME_SLICE
        mov edx, [current]
        mov ecx, PROCESSES
.next:  add edx, Process.end
        cmp edx, processes + PROCESSES * Process.end
        jb .look
        mov edx, processes + Process.end ; not process 0
.look:  cmp dword [edx + Process.state], READY
        je .found
        loop .next
        mov edx, processes
.found: cmp edx, [current]
        jne switch_to
        ret

; The context switch: from the stack of one process to that of another. What the process had in other
; registers lies on its stack, saved by those who have called.
switch_to:
        push ebp
        push ebx
        push esi
        push edi
        mov eax, [current]
        mov [eax + Process.esp], esp
        mov [current], edx
        mov esp, [edx + Process.esp] ; from here on it is another process
        mov eax, [edx + Process.stack]
        add eax, PAGE
        mov [tss + Tss.esp0], eax   ; where its next system call or interrupt begins
        mov eax, [edx + Process.directory]
        mov cr3, eax                ; its address space; flushes the TLB
        pop edi
        pop esi
        pop ebx
        pop ebp
        ret

; Sleeps until somebody wakes channel EAX. Interrupts are off, or it might be woken too early.
sleep_on:
        mov edx, [current]
        mov [edx + Process.channel], eax
        mov dword [edx + Process.state], ASLEEP
        call schedule
        jmp die_if_killed

; Wakes all who sleep on channel EAX.
wake:
        mov edx, processes
.next:  cmp dword [edx + Process.state], ASLEEP
        jne .skip
        cmp [edx + Process.channel], eax
        jne .skip
        mov dword [edx + Process.state], READY
        mov byte [reschedule], 1
.skip:  add edx, Process.end
        cmp edx, processes + PROCESSES * Process.end
        jb .next
        ret

; Wakes those who sleep until now.
wake_sleepers:
        mov edx, processes
        mov ecx, [ticks]
.next:  cmp dword [edx + Process.state], ASLEEP
        jne .skip
        cmp dword [edx + Process.channel], ticks
        jne .skip
        cmp [edx + Process.wake_at], ecx
        jg .skip
        mov dword [edx + Process.state], READY
        mov byte [reschedule], 1
.skip:  add edx, Process.end
        cmp edx, processes + PROCESSES * Process.end
        jb .next
        ret

; Ends the process if it is to be killed; returns if not.
die_if_killed:
        mov eax, [current]
        cmp dword [eax + Process.killed], 0
        je .end
        mov ebx, KILLED
        jmp exit_process
.end:   ret

        section .data
        align 4
current:    dd processes            ; the process that runs

        section .bss
        alignb 4
processes:  resb PROCESSES * Process.end
time_slice: resd 1
reschedule: resb 1                  ; 1: on the way to ring 3, somebody else is to run
            alignb 4
