; processes: how they begin and end.
;
; A process begins as a copy of another one (fork) and then becomes another program (exec). It ends and
; is not gone yet: its status waits for its parent (wait).

USER_FLAGS  equ 0x202               ; IF; bit 1 is always 1
TEXT_SIZE   equ 128                 ; of the text that a program is given
PROGRAM_LOW equ 0x400000            ; programs lie from here …
PROGRAM_HIGH equ 0x80000000         ; … to here

        section .kernel

; Process 0 is what runs already; process 1 is the shell, and the parent of all.
start_first_process:
        mov dword [processes + Process.state], READY
        mov dword [processes + Process.stack], boot_stack
        mov dword [processes + Process.directory], kernel_directory - KERNEL_BASE
        mov dword [processes + Process.name], 'idle'
        call new_process
        call new_directory
        mov [ebx + Process.directory], eax
        mov cr3, eax                ; the program is loaded into this address space,
        mov [current], ebx          ; and page faults are its own
        mov dword [ebx + Process.files], CONSOLE
        mov dword [ebx + Process.files + OpenFile.end], CONSOLE
        mov esi, shell_name
        mov edi, no_text
        mov ebp, [ebx + Process.stack]
        add ebp, PAGE - Frame.end
        call load_program
        call make_ready
        mov dword [current], processes
        mov eax, kernel_directory - KERNEL_BASE
        mov cr3, eax
        ret

; EBX = a free entry of the table, with a PID and a kernel stack. CF = 1: there is none, or no memory.
new_process:
        mov ebx, processes + Process.end
.look:  cmp dword [ebx + Process.state], FREE
        je .found
        add ebx, Process.end
        cmp ebx, processes + PROCESSES * Process.end
        jb .look
        stc
        ret
.found: push edi
        mov edi, ebx
        mov ecx, Process.end / 4
        xor eax, eax
        rep stosd
        pop edi
        call allocate_frame
        jc .end
        add eax, KERNEL_BASE
        mov [ebx + Process.stack], eax
        inc dword [last_pid]        ; CF stays 0
        mov eax, [last_pid]
        mov [ebx + Process.pid], eax
.end:   ret

; EBX has a Frame on top of its kernel stack. Below it comes what switch_to takes from there: it
; returns to leave_kernel, and that to ring 3.
make_ready:
        mov eax, [ebx + Process.stack]
        add eax, PAGE - Frame.end
        mov dword [eax - 4], leave_kernel
        mov [eax - 8], eax          ; EBP = the Frame
        sub eax, 20                 ; EBX, ESI, EDI mean nothing
        mov [ebx + Process.esp], eax
        mov dword [ebx + Process.state], READY
        ret

; ------------------------------------------------------------------ fork
; EAX = the child's PID, or an error. The child has all that the parent has, but that EAX is 0.
fork:
        call new_process
        mov eax, E_NO_ROOM
        jc .end
        call new_directory
        jc .no_space
        mov [ebx + Process.directory], eax
        call copy_space
        jc .no_tables
        mov edx, [current]
        mov eax, [edx + Process.pid]
        mov [ebx + Process.parent], eax
        mov eax, [edx + Process.zero_from]
        mov [ebx + Process.zero_from], eax
        mov eax, [edx + Process.break_low]
        mov [ebx + Process.break_low], eax
        mov eax, [edx + Process.break]
        mov [ebx + Process.break], eax
        lea esi, [edx + Process.name]
        lea edi, [ebx + Process.name]
        mov ecx, (NAME_SIZE + 8 * OPEN_FILES) / 4 ; the open files follow the name
        rep movsd
        call share_files            ; of EBX
        mov esi, ebp
        mov edi, [ebx + Process.stack]
        add edi, PAGE - Frame.end
        mov ecx, Frame.end / 4
        rep movsd
        mov edi, [ebx + Process.stack]
        mov dword [edi + PAGE - Frame.end + Frame.eax], 0
        call make_ready
        mov eax, [ebx + Process.pid]
.end:   ret

.no_tables:
        mov eax, [ebx + Process.directory]
        call release_space
        mov eax, [ebx + Process.directory]
        call release_frame
.no_space:
        mov eax, [ebx + Process.stack]
        sub eax, KERNEL_BASE
        call release_frame
        mov eax, E_NO_ROOM
        ret

; ------------------------------------------------------------------ exec
; Makes the present process run the program ESI with the text EDI, both in the kernel; EBP = its Frame.
; EAX = 0, or an error: then nothing has changed.
load_program:
        push ebx
        push esi
        push edi
        call find_file
        jc .missing
        mov eax, E_NO_PROGRAM
        cmp dword [ebx + File.size], Program.end
        jb .end
        mov edx, [ebx + File.frames] ; the header
        add edx, KERNEL_BASE
        cmp dword [edx + Program.magic], PROGRAM_MAGIC
        jne .end
        test dword [edx + Program.base], PAGE - 1 ; a user may have written it: trust nothing
        jnz .end
        cmp dword [edx + Program.base], PROGRAM_LOW
        jb .end
        cmp dword [edx + Program.base], PROGRAM_HIGH
        ja .end
        cmp dword [edx + Program.memory], HEAP_MOST
        ja .end
        push ebx
        mov esi, library_name
        call find_file
        mov ecx, ebx
        pop ebx
        jc .missing

        push ecx
        mov eax, cr3                ; the old program goes,
        call release_space
        mov eax, cr3
        mov cr3, eax
        pop ecx
        mov esi, ecx                ; and the new one comes
        mov edi, LIBRARY_AT
        call map_file
        mov esi, ebx
        mov edx, [esi + File.frames]
        mov edi, [edx + KERNEL_BASE + Program.base]
        call map_file

        mov eax, [ebx + File.frames]
        add eax, KERNEL_BASE
        mov ecx, [current]
        mov [ecx + Process.zero_from], edi ; behind the file
        mov edx, [eax + Program.base]
        add edx, [eax + Program.memory]
        mov [ecx + Process.break_low], edx
        mov [ecx + Process.break], edx
        mov edx, [eax + Program.entry]

        lea esi, [ebx + File.name]
        lea edi, [ecx + Process.name]
        mov ecx, NAME_SIZE / 4
        rep movsd
        mov edi, ebp                ; all registers begin as 0
        mov ecx, Frame.end / 4
        xor eax, eax
        rep stosd
        mov dword [ebp + Frame.ds], USER_DATA
        mov dword [ebp + Frame.es], USER_DATA
        mov [ebp + Frame.eip], edx
        mov dword [ebp + Frame.cs], USER_CODE
        mov dword [ebp + Frame.eflags], USER_FLAGS
        mov edi, KERNEL_BASE - TEXT_SIZE
        mov [ebp + Frame.esi], edi  ; the text lies on top of its stack
        mov [ebp + Frame.esp], edi
        mov dword [ebp + Frame.ss], USER_DATA
        mov esi, [esp]              ; the text, as it was given to us
        mov ecx, TEXT_SIZE / 4
        rep movsd                   ; a page fault: the stack has no page yet
        xor eax, eax
        jmp .end

.missing:
        mov eax, E_NO_FILE
.end:   pop edi
        pop esi
        pop ebx
        ret

; Maps the file ESI at EDI. Its frames are not copied, as long as nobody writes. EDI = what is behind.
map_file:
        push ebx
        xor ebx, ebx
.next:  cmp ebx, FILE_FRAMES
        jae .end
        mov eax, [esi + File.frames + ebx * 4]
        test eax, eax
        jz .end
        mov edx, eax
        or edx, SHARED
        call share_frame
        mov eax, edi
        call map_or_kill
        add edi, PAGE
        inc ebx
        jmp .next
.end:   pop ebx
        ret

; ------------------------------------------------------------------ exit
; Ends the present process with status EBX. It does not return.
exit_process:
        sti                         ; what follows takes a while
        mov esi, [current]
        cmp dword [esi + Process.pid], 1
        je switch_off               ; without the shell there is nothing to do
        mov [esi + Process.status], ebx
        call close_files
        mov eax, kernel_directory - KERNEL_BASE
        mov cr3, eax                ; leave the address space before it goes
        mov eax, [esi + Process.directory]
        call release_space
        mov eax, [esi + Process.directory]
        call release_frame
        mov dword [esi + Process.directory], kernel_directory - KERNEL_BASE

        mov edi, processes          ; its children become the shell's
        mov eax, [esi + Process.pid]
.next:  cmp [edi + Process.parent], eax
        jne .skip
        mov dword [edi + Process.parent], 1
.skip:  add edi, Process.end
        cmp edi, processes + PROCESSES * Process.end
        jb .next

        cli
        mov dword [esi + Process.state], ENDED
        mov eax, [esi + Process.parent]
        call find_process
        mov eax, ebx                ; a parent waits on the channel that is its own entry
        call wake
        call schedule               ; its stack is given back by the parent, who has another one

; EBX = the process with PID EAX. CF = 1: there is none.
find_process:
        mov ebx, processes
.look:  cmp dword [ebx + Process.state], FREE
        je .skip
        cmp [ebx + Process.pid], eax
        je .found                   ; CF = 0
.skip:  add ebx, Process.end
        cmp ebx, processes + PROCESSES * Process.end
        jb .look
        stc
.found: ret

; ------------------------------------------------------------------ wait
; Child EBX, or any if it is 0. ECX = 1: do not sleep. EAX = PID or 0 or an error, EDX = status.
wait_for_child:
        mov edi, [current]
.again: mov esi, processes
        mov eax, E_NO_CHILD
.look:  cmp dword [esi + Process.state], FREE
        je .skip
        mov edx, [esi + Process.parent]
        cmp edx, [edi + Process.pid]
        jne .skip
        test ebx, ebx
        jz .mine
        cmp ebx, [esi + Process.pid]
        jne .skip
.mine:  xor eax, eax                ; there is a child
        cmp dword [esi + Process.state], ENDED
        je .ended
.skip:  add esi, Process.end
        cmp esi, processes + PROCESSES * Process.end
        jb .look
        test eax, eax
        jnz .done                   ; no child
        test ecx, ecx
        jnz .done
        push ecx
        mov eax, edi
        CRITICAL
        call sleep_on
        END_CRITICAL
        pop ecx
        jmp .again

.ended: mov eax, [esi + Process.stack]
        sub eax, KERNEL_BASE
        call release_frame
        mov dword [esi + Process.state], FREE
        mov edx, [esi + Process.status]
        mov eax, [esi + Process.pid]
.done:  ret

        section .data
shell_name: db "shell", 0
library_name: db "library", 0
no_text:    times TEXT_SIZE db 0

        section .bss
        alignb 4
last_pid:   resd 1
