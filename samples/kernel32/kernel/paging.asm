; paging: address spaces, and what happens when a page is not as an instruction needs it.
;
; A page directory has 1024 entries for 4 MBytes each: page tables, of 1024 entries for 4 KBytes each.
; Each process has a directory. The upper quarter of all of them is the kernel's and the same.
;
; Whoever changes an entry that was present has to tell the TLB, in which the processor keeps what it
; has read: INVLPG for a page, a write of CR3 for all. An entry that was not present is not in there.

PTE_PRESENT equ 1 << 0
PTE_WRITABLE equ 1 << 1
PTE_USER    equ 1 << 2              ; ring 3 may use it
PDE_LARGE   equ 1 << 7
PTE_COPY    equ 1 << 9              ; ours, the processor ignores it: whoever writes gets a copy
PTE_FRAME   equ ~(PAGE - 1)
PRIVATE     equ PTE_PRESENT | PTE_WRITABLE | PTE_USER
SHARED      equ PTE_PRESENT | PTE_USER | PTE_COPY

KERNEL_ENTRIES equ KERNEL_BASE >> 22 ; where the kernel's entries begin
ENTRIES     equ 1024
HEAP_MOST   equ 32 << 20

FAULT_PRESENT equ 1 << 0            ; error code: it is there, but may not be used so
FAULT_WRITE equ 1 << 1

        section .kernel

; EAX = where the page-table entry for address EAX lies. CF = 1: there is no page table.
find_entry:
        mov ecx, cr3
        mov edx, eax
        shr edx, 22
        mov ecx, [ecx + edx * 4 + KERNEL_BASE]
        test cl, PTE_PRESENT
        jz .none
        and ecx, PTE_FRAME
        shr eax, 12
        and eax, ENTRIES - 1        ; CF = 0
        lea eax, [ecx + eax * 4 + KERNEL_BASE]
        ret
.none:  stc
        ret

; Puts EDX into the entry for address EAX, which was not present. CF = 1: no memory for a page table.
map_page:
        push ebx
        push esi
        mov ebx, eax
        mov esi, edx
        call find_entry
        jnc .put
        call allocate_frame
        jc .end
        or eax, PRIVATE             ; both levels must permit: the page table decides
        mov ecx, cr3
        mov edx, ebx
        shr edx, 22
        mov [ecx + edx * 4 + KERNEL_BASE], eax
        mov eax, ebx
        call find_entry
.put:   mov [eax], esi
.end:   pop esi
        pop ebx
        ret

; Takes the pages from EBX up to ESI away, both multiples of PAGE.
unmap_pages:
        cmp ebx, esi
        jae .end
        mov eax, ebx
        call find_entry
        jc .next
        mov edx, [eax]
        test dl, PTE_PRESENT
        jz .next
        mov dword [eax], 0
        invlpg [ebx]                ; or somebody might use the frame, whosever it is then
        mov eax, edx
        call release_frame
.next:  add ebx, PAGE
        jmp unmap_pages
.end:   ret

; ------------------------------------------------------------------ page faults
; Three of them are no mistakes: memory that begins as 0 gets its frame when it is first touched, and
; memory that two share is copied when one of them writes. The instruction is executed again then.
; The kernel itself makes such faults, when it reads or writes for a process.
on_page_fault:
        mov ebx, cr2                ; the address
        cmp ebx, KERNEL_BASE
        jae .kernel
        test byte [ebp + Frame.error], FAULT_PRESENT
        jnz .copy

        call begins_as_zero
        jc .forbidden
        call allocate_frame
        jc .no_room
        or eax, PRIVATE
        mov edx, eax
        mov eax, ebx
        jmp map_or_kill

.copy:  test byte [ebp + Frame.error], FAULT_WRITE
        jz .forbidden
        mov eax, ebx
        call find_entry
        mov esi, eax
        mov eax, [esi]
        test eax, PTE_COPY
        jz .forbidden
        and eax, PTE_FRAME
        call own_frame
        jc .no_room
        or eax, PRIVATE
        mov [esi], eax
        invlpg [ebx]                ; it was read-only
        ret

.kernel:
        mov eax, [ebp + Frame.cs]
        and eax, 3
        cmp eax, 3
        mov esi, page_fault_text
        jne panic
.forbidden:
        mov esi, reads_text
        test byte [ebp + Frame.error], FAULT_WRITE
        jz .tell
        mov esi, writes_text
.tell:  call tell_culprit
        mov eax, ebx
        call print_hex
        jmp kill_current

.no_room:
        mov esi, no_memory_text
        call tell_culprit
        jmp kill_current

; Puts EDX into the entry for EAX as map_page does, or ends the process.
map_or_kill:
        call map_page
        jc on_page_fault.no_room
        ret

; CF = 0 if EBX lies in the stack of the process, or behind its program and below its break.
begins_as_zero:
        cmp ebx, STACK_LOW
        jae .end                    ; and CF = 0
        mov eax, [current]
        cmp ebx, [eax + Process.zero_from]
        jb .end
        cmp ebx, [eax + Process.break]
        cmc
.end:   ret

; ------------------------------------------------------------------ address spaces
; EAX = the physical address of a directory with the kernel in it, and nothing else. CF = 1: no memory.
new_directory:
        call allocate_frame
        jc .end
        push esi
        push edi
        lea edi, [eax + KERNEL_BASE + KERNEL_ENTRIES * 4]
        mov esi, kernel_directory + KERNEL_ENTRIES * 4
        mov ecx, ENTRIES - KERNEL_ENTRIES
        rep movsd
        pop edi
        pop esi
        clc
.end:   ret

; Gives the directory at EAX all that the present address space has, without copying a page: both get
; them read-only, to be copied when one of the two writes. CF = 1: no memory for the page tables.
copy_space:
        push ebx
        push esi
        push edi
        lea edi, [eax + KERNEL_BASE]
        mov esi, cr3
        add esi, KERNEL_BASE
        xor ebx, ebx
.next:  mov eax, [esi + ebx * 4]
        test al, PTE_PRESENT
        jz .skip
        call copy_table
        jc .end
        mov [edi + ebx * 4], eax
.skip:  inc ebx
        cmp ebx, KERNEL_ENTRIES
        jb .next
        clc
.end:   mov eax, cr3                ; the parent's pages were writable: flush the TLB
        mov cr3, eax
        pop edi
        pop esi
        pop ebx
        ret

; EAX = the directory's entry for a copy of the page table of which EAX is the entry.
copy_table:
        push ebx
        push esi
        push edi
        and eax, PTE_FRAME
        lea esi, [eax + KERNEL_BASE]
        call allocate_frame
        jc .end
        push eax
        lea edi, [eax + KERNEL_BASE]
        mov ebx, ENTRIES
.next:  mov eax, [esi]
        test al, PTE_PRESENT
        jz .skip
        test al, PTE_WRITABLE
        jz .share
        xor eax, PTE_WRITABLE | PTE_COPY
        mov [esi], eax
.share: mov [edi], eax
        call share_frame
.skip:  add esi, 4
        add edi, 4
        dec ebx
        jnz .next
        pop eax
        or eax, PRIVATE             ; CF = 0
.end:   pop edi
        pop esi
        pop ebx
        ret

; Gives back all that the directory at EAX maps below the kernel. The TLB is for the caller to flush.
release_space:
        push ebx
        push esi
        lea esi, [eax + KERNEL_BASE]
        xor ebx, ebx
.next:  mov eax, [esi + ebx * 4]
        test al, PTE_PRESENT
        jz .skip
        mov dword [esi + ebx * 4], 0
        call release_table
.skip:  inc ebx
        cmp ebx, KERNEL_ENTRIES
        jb .next
        pop esi
        pop ebx
        ret

; Gives back the page table of which EAX is the entry, and all its pages.
release_table:
        push eax
        and eax, PTE_FRAME
        lea edx, [eax + KERNEL_BASE]
        mov ecx, ENTRIES
.next:  mov eax, [edx]
        add edx, 4
        test al, PTE_PRESENT
        jz .skip
        call release_frame
.skip:  loop .next
        pop eax
        jmp release_frame

; EAX = how many pages the directory at EAX maps below the kernel.
count_pages:
        push ebx
        push esi
        push edi
        lea esi, [eax + KERNEL_BASE]
        lea edi, [esi + KERNEL_ENTRIES * 4]
        xor eax, eax
.table: mov edx, [esi]
        test dl, PTE_PRESENT
        jz .skip
        and edx, PTE_FRAME
        mov ecx, ENTRIES
.page:  mov ebx, [edx + ecx * 4 - 4 + KERNEL_BASE]
        and ebx, PTE_PRESENT        ; bit 0: 1 page or none
        add eax, ebx
        loop .page
.skip:  add esi, 4
        cmp esi, edi
        jb .table
        pop edi
        pop esi
        pop ebx
        ret

        section .data
page_fault_text: db "#PF, page fault", 0
reads_text: db "#PF, page fault: may not read ", 0
writes_text: db "#PF, page fault: may not write ", 0
no_memory_text: db "no memory is left", 0
