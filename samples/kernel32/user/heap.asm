; heap: memory that is asked for costs nothing until it is touched.

HEAP_ASKED  equ 1 << 20

        PROGRAM heap, 0x900000, 0x200
heap_main:
        mov dword [heap_before], 0  ; this page gets its copy before anything is counted
        SYSTEM_CALL SYS_MEMORY
        mov [heap_before], edx

        xor ebx, ebx
        SYSTEM_CALL SYS_BRK
        mov ebp, eax
        lea ebx, [eax + HEAP_ASKED]
        SYSTEM_CALL SYS_BRK
        mov esi, heap_asked
        call .tell

        lea edi, [ebp + 0x10000]
        mov ecx, 3
.touch: mov eax, [edi]              ; #PF: the kernel gives a frame
        inc dword [edi]             ; none any more
        add edi, 4096
        loop .touch
        mov esi, heap_touched
        call .tell

        mov ebx, ebp
        SYSTEM_CALL SYS_BRK
        mov esi, heap_given_back
        call .tell

        mov eax, [ebp + 0x10000]    ; it was there a moment ago

; Writes ESI, and how many frames have gone since the beginning.
.tell:  call write_text
        SYSTEM_CALL SYS_MEMORY
        mov eax, [heap_before]
        sub eax, edx
        call write_number
        mov al, 10
        jmp write_char

heap_before: dd 0
heap_asked: db "256 pages asked for, frames used: ", 0
heap_touched: db "3 pages touched, frames used: ", 0
heap_given_back: db "all given back, frames used: ", 0
        END_PROGRAM
