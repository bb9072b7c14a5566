; shell: reads a line, finds the command, does it. It is process 1, and a program like all others.

LINE_MOST   equ 128

        PROGRAM shell, 0x400000, 0x900
shell_main:
        call tell_ended             ; of what has run in the background
        mov esi, shell_prompt
        call write_text
        xor ebx, ebx
        mov ecx, shell_line
        mov edx, LINE_MOST
        SYSTEM_CALL SYS_READ
        test eax, eax
        jz shell_off                ; Ctrl+D
        mov byte [shell_line + eax - 1], 0 ; the end of the line
        mov esi, shell_line
        call skip_spaces
        cmp byte [esi], 0
        je shell_main
        mov edi, shell_commands
.look:  mov ebx, [edi]              ; the name of a command
        test ebx, ebx
        jz .unknown
        call is_word
        je .found
        add edi, 8
        jmp .look
.found: call skip_spaces
        call [edi + 4]              ; ESI = what follows the command
        jmp shell_main
.unknown:
        mov esi, shell_unknown
        call write_text
        jmp shell_main

; ------------------------------------------------------------------ words
skip_spaces:
        cmp byte [esi], ' '
        jne .end
        inc esi
        jmp skip_spaces
.end:   ret

; ZF = 1 if the word at ESI is the one at EBX; ESI is behind it then.
is_word:
        push esi
.next:  mov al, [ebx]
        test al, al
        jz .end
        cmp al, [esi]
        jne .no
        inc ebx
        inc esi
        jmp .next
.end:   cmp byte [esi], 0
        je .yes
        cmp byte [esi], ' '
        jne .no
.yes:   add esp, 4                  ; forget where it began; that changes ZF …
        cmp eax, eax                ; … so it is made again
        ret
.no:    pop esi
        ret

; Ends the word at ESI with 0. ESI = the next one.
end_word:
        cmp byte [esi], 0
        je .end
        cmp byte [esi], ' '
        je .space
        inc esi
        jmp end_word
.space: mov byte [esi], 0
        inc esi
        call skip_spaces
.end:   ret

; EAX is an error if it is below 0: says which. SF = 1 if so.
tell_error:
        test eax, eax
        jns .end
        push eax
        neg eax
        mov esi, [shell_errors + eax * 4 - 4]
        call write_text
        pop eax
        test eax, eax
.end:   ret

; ------------------------------------------------------------------ commands
shell_help:
        mov esi, shell_help_text
        jmp write_text

shell_list:
        xor edi, edi
.next:  mov ebx, edi
        mov ecx, shell_info
        SYSTEM_CALL SYS_LIST
        test eax, eax
        js .end
        mov eax, [shell_info + FileInfo.size]
        mov ecx, 6
        call write_padded
        mov esi, shell_gap
        call write_text
        mov esi, shell_info + FileInfo.name
        call write_text
        mov al, 10
        call write_char
        inc edi
        jmp .next
.end:   ret

; cat FILE
shell_cat:
        mov ebx, esi
        call end_word
        mov ecx, OPEN_READ
        SYSTEM_CALL SYS_OPEN
        call tell_error
        js .end
        mov edi, eax
.next:  mov ebx, edi
        mov ecx, shell_line         ; the command is not needed any more
        mov edx, LINE_MOST
        SYSTEM_CALL SYS_READ
        test eax, eax
        jle .close
        mov edx, eax
        mov ebx, 1
        SYSTEM_CALL SYS_WRITE
        jmp .next
.close: mov ebx, edi
        SYSTEM_CALL SYS_CLOSE
.end:   ret

; echo TEXT, echo TEXT > FILE
shell_echo:
        mov edi, esi
.look:  cmp byte [edi], 0
        je .here
        cmp byte [edi], '>'
        je .there
        inc edi
        jmp .look
.here:  mov byte [edi], 10          ; in the place of the 0
        mov edx, edi
        sub edx, esi
        inc edx
        mov ecx, esi
        mov ebx, 1
        SYSTEM_CALL SYS_WRITE
        ret

.there: push esi                    ; the text
        lea esi, [edi + 1]
.back:  cmp edi, [esp]              ; without the spaces before ">"
        je .short
        cmp byte [edi - 1], ' '
        jne .short
        dec edi
        jmp .back
.short: call skip_spaces
        mov ebx, esi
        call end_word
        mov byte [edi], 10
        mov ecx, OPEN_CREATE
        SYSTEM_CALL SYS_OPEN
        pop ecx                     ; the text
        push esi
        call tell_error
        pop esi
        js .end
        mov ebx, eax
        mov edx, edi
        sub edx, ecx
        inc edx
        SYSTEM_CALL SYS_WRITE
        push ebx
        call tell_error
        pop ebx
        SYSTEM_CALL SYS_CLOSE
.end:   ret

; rm FILE
shell_remove:
        mov ebx, esi
        call end_word
        SYSTEM_CALL SYS_UNLINK
        jmp tell_error

; run PROGRAM [TEXT] [&]
shell_run:
        mov ebx, esi                ; the program
        call end_word
        xor edi, edi                ; 1: in the background
        mov edx, esi
.look:  cmp byte [edx], 0
        je .end
        inc edx
        jmp .look
.end:   cmp edx, ebx                ; is the last character "&"?
        je .fork
        cmp byte [edx - 1], '&'
        jne .fork
        inc edi
        mov byte [edx - 1], 0
        cmp edx, esi
        jbe .fork
.trim:  dec edx
        cmp edx, esi
        jbe .fork
        cmp byte [edx - 1], ' '
        jne .fork
        mov byte [edx - 1], 0
        jmp .trim
.fork:  SYSTEM_CALL SYS_FORK
        call tell_error
        js .done
        test eax, eax
        jz .child
        test edi, edi
        jnz .background
        mov ebx, eax
        xor ecx, ecx
        SYSTEM_CALL SYS_WAIT
        test edx, edx
        jz .done
        jmp tell_status
.background:
        call write_bracketed
        mov al, 10
        jmp write_char
.done:  ret

.child: mov ecx, esi                ; everything is a copy of the shell's, this line, too
        SYSTEM_CALL SYS_EXEC
        call tell_error             ; it comes back only if it has failed
        mov ebx, 1
        SYSTEM_CALL SYS_EXIT

; ps
shell_processes:
        mov esi, shell_processes_title
        call write_text
        xor edi, edi
.next:  mov ebx, edi
        mov ecx, shell_info
        SYSTEM_CALL SYS_PROCESS
        test eax, eax
        js .end
        mov eax, [shell_info + ProcessInfo.pid]
        mov ecx, 4
        call write_padded
        mov eax, [shell_info + ProcessInfo.parent]
        mov ecx, 7
        call write_padded
        mov eax, [shell_info + ProcessInfo.pages]
        mov ecx, 6
        call write_padded
        mov eax, [shell_info + ProcessInfo.state]
        mov esi, [shell_states + eax * 4]
        call write_text
        mov esi, shell_info + ProcessInfo.name
        call write_text
        mov al, 10
        call write_char
        inc edi
        jmp .next
.end:   ret

; kill PID
shell_kill:
        call read_number
        mov ebx, eax
        mov eax, E_ARGUMENT
        jc tell_error
        SYSTEM_CALL SYS_KILL
        jmp tell_error

; wait: until nothing runs in the background any more
shell_wait:
        xor ebx, ebx
        xor ecx, ecx
        SYSTEM_CALL SYS_WAIT
        test eax, eax
        js .end
        call tell_status
        jmp shell_wait
.end:   ret

; mem
shell_memory:
        SYSTEM_CALL SYS_MEMORY
        push edx
        call write_number
        mov esi, shell_frames
        call write_text
        pop eax
        call write_number
        mov esi, shell_free
        jmp write_text

; uptime
shell_uptime:
        SYSTEM_CALL SYS_TICKS
        call write_number
        mov esi, shell_ticks
        jmp write_text

shell_off:
        SYSTEM_CALL SYS_OFF

; ------------------------------------------------------------------ processes in the background
; Tells of the children that have ended meanwhile.
tell_ended:
        xor ebx, ebx
        mov ecx, 1                  ; do not wait
        SYSTEM_CALL SYS_WAIT
        test eax, eax
        jle .end
        call tell_status
        jmp tell_ended
.end:   ret

; Writes EAX in brackets.
write_bracketed:
        push eax
        mov al, '['
        call write_char
        pop eax
        call write_number
        mov al, ']'
        jmp write_char

; Writes that process EAX has ended with status EDX.
tell_status:
        push edx
        call write_bracketed
        mov esi, shell_status
        call write_text
        pop eax
        call write_number
        mov al, 10
        jmp write_char

; ------------------------------------------------------------------ data
shell_commands:
        dd .help, shell_help, .ls, shell_list, .cat, shell_cat, .echo, shell_echo, .rm, shell_remove
        dd .run, shell_run, .ps, shell_processes, .kill, shell_kill, .wait, shell_wait
        dd .mem, shell_memory, .uptime, shell_uptime, .shutdown, shell_off, 0
.help:  db "help", 0
.ls:    db "ls", 0
.cat:   db "cat", 0
.echo:  db "echo", 0
.rm:    db "rm", 0
.run:   db "run", 0
.ps:    db "ps", 0
.kill:  db "kill", 0
.wait:  db "wait", 0
.mem:   db "mem", 0
.uptime: db "uptime", 0
.shutdown: db "shutdown", 0

shell_errors:
        dd .no_file, .no_program, .no_room, .busy, .address, .no_child, .argument, .no_call
.no_file: db "no such file", 10, 0
.no_program: db "not a program", 10, 0
.no_room: db "no room", 10, 0
.busy:  db "it is in use", 10, 0
.address: db "an address that may not be used, or too long a name", 10, 0
.no_child: db "no such child", 10, 0
.argument: db "that makes no sense", 10, 0
.no_call: db "no such system call", 10, 0

shell_states: dd .free, .ready, .asleep, .ended
.free:  db "  free    ", 0
.ready: db "  ready   ", 0
.asleep: db "  asleep  ", 0
.ended: db "  ended   ", 0

shell_help_text:
        db "help               this", 10
        db "ls                 files", 10
        db "cat FILE           what a file holds", 10
        db "echo TEXT > FILE   makes a file", 10
        db "rm FILE            removes one", 10
        db "run PROGRAM TEXT   starts one; with & at the end, in the background", 10
        db "ps                 processes", 10
        db "kill PID           ends one", 10
        db "wait               until all in the background have ended", 10
        db "mem                frames of 4 KBytes", 10
        db "uptime             since the start", 10
        db "shutdown           power off", 10, 0
shell_prompt: db "> ", 0
shell_unknown: db "unknown; try help", 10, 0
shell_gap: db "  ", 0
shell_processes_title: db " pid parent pages  state   name", 10, 0
shell_frames: db " frames, ", 0
shell_free: db " free", 10, 0
shell_ticks: db " ticks of 10 milliseconds", 10, 0
shell_status: db " status ", 0
shell_info: times ProcessInfo.end db 0
shell_line: times LINE_MOST db 0
        END_PROGRAM
