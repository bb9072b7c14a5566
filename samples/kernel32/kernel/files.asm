; files: a file system in memory. A file is a name, a length, and frames with what it holds.

FILES       equ 32
FILE_FRAMES equ 10                  ; so a file has 40 KBytes at most
FILE_MOST   equ FILE_FRAMES * PAGE

        struc File
.name:      resb NAME_SIZE          ; a 0 at the beginning: there is no file here
.size:      resd 1
.opens:     resd 1                  ; how many descriptors lead to it
.frames:    resd FILE_FRAMES        ; physical addresses, 0 behind the last one
.end:
        endstruc

; A descriptor is the number of one of these in the process.
        struc OpenFile
.file:      resd 1                  ; 0: free. CONSOLE, or the File
.position:  resd 1
.end:
        endstruc
CONSOLE     equ 1

; A file that is there from the beginning.
        struc FirstFile
.name:      resb NAME_SIZE
.contents:  resd 1                  ; where it lies in the kernel's image
.size:      resd 1
.end:
        endstruc

        section .kernel

; The programs have come with the kernel; they become files.
set_up_files:
        mov edi, first_files        ; in user/programs.asm
.next:  cmp byte [edi + FirstFile.name], 0
        je .end
        mov esi, edi
        call create_file
        mov esi, [edi + FirstFile.contents]
        xor edx, edx
.more:  mov ecx, [edi + FirstFile.size]
        sub ecx, edx                ; what is left of it
        jz .done
        push edx
        call write_file
        pop edx
        add edx, eax
        add esi, eax
        jmp .more
.done:  add edi, FirstFile.end
        jmp .next
.end:   ret

; EBX = the file whose name is at ESI. CF = 1: there is none.
find_file:
        mov ebx, files
.look:  cmp byte [ebx + File.name], 0
        je .skip
        call has_name
        je .found                   ; CF = 0
.skip:  add ebx, File.end
        cmp ebx, files + FILES * File.end
        jb .look
        stc
.found: ret

; ZF = 1 if the file EBX has the name at ESI.
has_name:
        xor ecx, ecx
.next:  mov al, [esi + ecx]
        cmp al, [ebx + File.name + ecx]
        jne .end
        inc ecx
        test al, al
        jnz .next
.end:   ret

; EBX = a new empty file with the name at ESI. CF = 1: there are too many.
create_file:
        mov ebx, files
.look:  cmp byte [ebx + File.name], 0
        je .free
        add ebx, File.end
        cmp ebx, files + FILES * File.end
        jb .look
        stc
        ret
.free:  xor ecx, ecx
.copy:  mov al, [esi + ecx]
        mov [ebx + File.name + ecx], al
        inc ecx
        test al, al
        jnz .copy
        ret                         ; CF = 0 by TEST

; Makes the file EBX empty.
empty_file:
        push esi
        xor esi, esi
.next:  mov eax, [ebx + File.frames + esi * 4]
        test eax, eax
        jz .end
        mov dword [ebx + File.frames + esi * 4], 0
        call release_frame          ; a process that runs it keeps it
        inc esi
        cmp esi, FILE_FRAMES
        jb .next
.end:   mov dword [ebx + File.size], 0
        pop esi
        ret

; Reading and writing stop at the end of a page: who wants more asks again.

; Reads ECX bytes of the file EBX, from EDX on, to EDI. EAX = how many there were; 0 at its end.
read_file:
        push esi
        push edi
        mov eax, [ebx + File.size]
        sub eax, edx
        jbe .none
        cmp eax, ecx
        jae .more
        mov ecx, eax
.more:  call stay_in_page
        mov esi, edx
        shr esi, 12
        mov esi, [ebx + File.frames + esi * 4]
        and edx, PAGE - 1
        lea esi, [esi + edx + KERNEL_BASE]
        mov eax, ecx
        rep movsb
        jmp .end
.none:  xor eax, eax
.end:   pop edi
        pop esi
        ret

; Writes ECX bytes from ESI to the file EBX, from EDX on. EAX = how many found room.
write_file:
        push esi
        push edi
        cmp edx, FILE_MOST
        jae .full
        call stay_in_page
        push ecx
        push edx
        call frame_to_write
        pop edx
        pop ecx
        jc .full
        mov edi, edx
        and edi, PAGE - 1
        lea edi, [edi + eax + KERNEL_BASE]
        mov eax, ecx
        rep movsb
        add edx, eax
        cmp [ebx + File.size], edx
        jae .end
        mov [ebx + File.size], edx
        jmp .end
.full:  xor eax, eax
.end:   pop edi
        pop esi
        ret

; ECX = no more than there is from position EDX to the end of the page.
stay_in_page:
        mov eax, edx
        and eax, PAGE - 1
        sub eax, PAGE
        neg eax
        cmp ecx, eax
        jbe .end
        mov ecx, eax
.end:   ret

; EAX = the frame at position EDX of the file EBX, which no process shares. CF = 1: there is no memory.
frame_to_write:
        shr edx, 12
        push edx
        mov eax, [ebx + File.frames + edx * 4]
        test eax, eax
        jz .new
        call own_frame
        jmp .put
.new:   call allocate_frame
.put:   pop edx
        jc .end
        mov [ebx + File.frames + edx * 4], eax
.end:   ret

        section .bss
        alignb 4
files:      resb FILES * File.end
