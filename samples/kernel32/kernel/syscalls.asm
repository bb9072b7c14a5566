; syscalls: what a program may ask for. The numbers are in interface.asm.
;
; Nothing that comes from ring 3 is trusted. An address may be anything: where it reaches into the
; kernel it is refused, and where nothing is, the page fault ends the process as if it had been there
; itself.

        section .kernel

; EBP = the Frame. The registers have what the program put there; EAX of the Frame is the answer.
on_system_call:
        mov eax, [ebp + Frame.eax]
        cmp eax, SYSCALLS
        mov edx, E_NO_CALL
        jae .answer
        mov edx, [ebp + Frame.edx]
        mov ecx, [ebp + Frame.ecx]
        mov ebx, [ebp + Frame.ebx]
        call [system_calls + eax * 4]
        mov edx, eax
.answer:
        mov [ebp + Frame.eax], edx
        ret

; ------------------------------------------------------------------ processes
sys_exit:
        and ebx, 0x7f
        jmp exit_process

sys_exec:
        call fetch_name
        jc .address
        push esi
        mov esi, ecx
        mov edi, text_buffer
        mov ecx, TEXT_SIZE
        call fetch_text
        pop esi
        jc .address
        mov edi, text_buffer
        call load_program
        test eax, eax
        js .end
        mov eax, [ebp + Frame.eax]  ; the Frame is the new program's
.end:   ret
.address:
        mov eax, E_ADDRESS
        ret

sys_wait:
        call wait_for_child
        mov [ebp + Frame.edx], edx
        ret

sys_getpid:
        mov eax, [current]
        mov eax, [eax + Process.pid]
        ret

sys_yield:
        mov byte [reschedule], 1    ; leave_kernel looks at it
        xor eax, eax
        ret

sys_sleep:
        test ebx, ebx
        jle .end
        CRITICAL
        mov edx, [current]
        add ebx, [ticks]
        mov [edx + Process.wake_at], ebx
        mov eax, ticks
        call sleep_on
        END_CRITICAL
.end:   xor eax, eax
        ret

sys_brk:
        mov edi, [current]
        mov eax, [edi + Process.break]
        test ebx, ebx
        jz .end
        mov eax, E_ARGUMENT
        cmp ebx, [edi + Process.break_low]
        jb .end
        mov ecx, [edi + Process.break_low]
        add ecx, HEAP_MOST
        cmp ebx, ecx
        ja .end
        mov esi, [edi + Process.break]
        mov [edi + Process.break], ebx ; what is added gets frames when it is touched
        push ebx
        cmp ebx, [edi + Process.zero_from] ; the pages of the file stay
        jae .low
        mov ebx, [edi + Process.zero_from]
.low:   add ebx, PAGE - 1
        and ebx, PTE_FRAME
        add esi, PAGE - 1
        and esi, PTE_FRAME
        call unmap_pages            ; what is taken away
        pop eax
.end:   ret

; The EBX-th process, counted without gaps, to the ProcessInfo at ECX. 0, or E_ARGUMENT: no more.
sys_process:
        mov edi, ecx
        mov ecx, ProcessInfo.end
        call check_buffer
        jc .end
        mov edx, processes
.look:  cmp dword [edx + Process.state], FREE
        je .skip
        dec ebx
        js .found
.skip:  add edx, Process.end
        cmp edx, processes + PROCESSES * Process.end
        jb .look
        mov eax, E_ARGUMENT
.end:   ret
.found: lea esi, [edx + Process.name]
        mov ecx, NAME_SIZE / 4
        rep movsd
        mov eax, [edx + Process.pid]
        stosd
        mov eax, [edx + Process.parent]
        stosd
        mov eax, [edx + Process.state]
        stosd
        mov eax, [edx + Process.directory]
        call count_pages
        stosd
        xor eax, eax
        ret

sys_kill:
        mov eax, ebx
        mov ebx, processes
        cmp eax, 1
        jbe .not                    ; neither the idle process nor the shell
        call find_process
        jc .not
        mov dword [ebx + Process.killed], 1
        cmp dword [ebx + Process.state], ASLEEP
        jne .end
        mov dword [ebx + Process.state], READY ; it will find that out when it wakes
.end:   xor eax, eax
        ret
.not:   mov eax, E_ARGUMENT
        ret

; ------------------------------------------------------------------ files
sys_open:
        call fetch_name
        mov eax, E_ADDRESS
        jc .end
        mov edx, ecx
        mov edi, [current]
        add edi, Process.files
        mov ecx, OPEN_FILES
.look:  cmp dword [edi + OpenFile.file], 0
        je .free
        add edi, OpenFile.end
        loop .look
.full:  mov eax, E_NO_ROOM
.end:   ret

.free:  push edx
        call find_file
        pop edx
        jc .new
        cmp edx, OPEN_CREATE
        jne .open
        mov eax, E_BUSY             ; somebody reads or writes it
        cmp dword [ebx + File.opens], 0
        jne .end
        call empty_file
        jmp .open
.new:   mov eax, E_NO_FILE
        cmp edx, OPEN_CREATE
        jne .end
        mov eax, E_ARGUMENT
        cmp byte [esi], 0           ; a file needs a name
        je .end
        call create_file
        jc .full
.open:  inc dword [ebx + File.opens]
        mov [edi + OpenFile.file], ebx
        mov dword [edi + OpenFile.position], 0
        mov eax, edi                ; the descriptor is its number
        sub eax, [current]
        sub eax, Process.files
        shr eax, 3
        ret

sys_close:
        call open_file
        jc .end
        call close_file
        xor eax, eax
.end:   ret

sys_read:
        call open_file
        jc .end
        xchg ecx, edx               ; ECX = length
        mov edi, edx
        call check_buffer
        jc .end
        mov ebx, [esi + OpenFile.file]
        cmp ebx, CONSOLE
        je read_line
        mov edx, [esi + OpenFile.position]
        call read_file
        add [esi + OpenFile.position], eax
.end:   ret

sys_write:
        call open_file
        jc .end
        xchg ecx, edx
        mov edi, edx
        call check_buffer
        jc .end
        mov ebx, [esi + OpenFile.file]
        cmp ebx, CONSOLE
        je .print
        mov edx, [esi + OpenFile.position]
        push esi
        mov esi, edi
        call write_file
        pop esi
        add [esi + OpenFile.position], eax
        test eax, eax
        jnz .end
        mov eax, E_NO_ROOM
.end:   ret

.print: push ecx
        mov esi, edi
        jecxz .none
.next:  lodsb
        push ecx
        call print_char
        pop ecx
        loop .next
.none:  pop eax
        ret

sys_unlink:
        call fetch_name
        mov eax, E_ADDRESS
        jc .end
        call find_file
        mov eax, E_NO_FILE
        jc .end
        cmp dword [ebx + File.opens], 0
        mov eax, E_BUSY
        jne .end
        call empty_file
        mov byte [ebx + File.name], 0
        xor eax, eax
.end:   ret

; The EBX-th file, counted without gaps, to the FileInfo at ECX. 0, or E_ARGUMENT: no more.
sys_list:
        mov edi, ecx
        mov ecx, FileInfo.end
        call check_buffer
        jc .end
        mov edx, files
.look:  cmp byte [edx + File.name], 0
        je .skip
        dec ebx
        js .found
.skip:  add edx, File.end
        cmp edx, files + FILES * File.end
        jb .look
        mov eax, E_ARGUMENT
.end:   ret
.found: lea esi, [edx + File.name]
        mov ecx, FileInfo.end / 4   ; the size follows the name
        rep movsd
        xor eax, eax
        ret

; ------------------------------------------------------------------ the machine
sys_memory:
        mov eax, [frames_free]
        mov [ebp + Frame.edx], eax
        mov eax, [frames_in_all]
        ret

sys_ticks:
        mov eax, [ticks]
        ret

; ------------------------------------------------------------------ descriptors
; ESI = the OpenFile of descriptor EBX. CF = 1: it is none; EAX = the error.
open_file:
        mov eax, E_ARGUMENT
        cmp ebx, OPEN_FILES
        cmc
        jc .end
        mov esi, [current]
        lea esi, [esi + Process.files + ebx * 8]
        cmp dword [esi + OpenFile.file], 1 ; CF = 1 if it is 0
.end:   ret

; Closes the OpenFile at ESI.
close_file:
        mov eax, [esi + OpenFile.file]
        mov dword [esi + OpenFile.file], 0
        cmp eax, CONSOLE
        jbe .end
        dec dword [eax + File.opens]
.end:   ret

; Closes all files of the present process.
close_files:
        push esi
        mov esi, [current]
        add esi, Process.files
        mov ecx, OPEN_FILES
.next:  call close_file
        add esi, OpenFile.end
        loop .next
        pop esi
        ret

; The process EBX has got the descriptors of another one.
share_files:
        mov ecx, OPEN_FILES
.next:  mov eax, [ebx + Process.files + ecx * 8 - 8]
        cmp eax, CONSOLE
        jbe .skip
        inc dword [eax + File.opens]
.skip:  loop .next
        ret

; ------------------------------------------------------------------ what comes from ring 3
; CF = 1 if the ECX bytes at EDI do not all lie below the kernel; EAX = the error.
check_buffer:
        mov eax, edi
        add eax, ecx
        jc .bad
        cmp eax, KERNEL_BASE + 1
        cmc
        jnc .end
.bad:   mov eax, E_ADDRESS
.end:   ret

; ESI = a copy of the name at EBX. CF = 1: it is too long, or lies in the kernel.
fetch_name:
        push ecx
        mov esi, ebx
        mov edi, name_buffer
        mov ecx, NAME_SIZE
        call fetch_text
        mov esi, name_buffer
        pop ecx
        ret

; Copies the text at ESI to EDI, ECX bytes at most, its 0 included. CF = 1: it is not one.
fetch_text:
.next:  cmp esi, KERNEL_BASE
        jae .bad
        lodsb
        stosb
        test al, al
        jz .end                     ; CF = 0
        loop .next
.bad:   stc
.end:   ret

        section .data
        align 4
system_calls:
            dd sys_exit, fork, sys_exec, sys_wait, sys_getpid, sys_yield, sys_sleep, sys_brk
            dd sys_open, sys_close, sys_read, sys_write, sys_unlink, sys_list
            dd sys_process, sys_kill, sys_memory, sys_ticks, switch_off

        section .bss
name_buffer: resb NAME_SIZE
text_buffer: resb TEXT_SIZE
