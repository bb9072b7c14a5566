; 3. Memory for the guest (APM 2 15.25)
;
; What the guest takes for a physical address goes through four more levels of tables. The guest cannot see
; them. They have the format of our own page tables, because we are in long mode; and they count as tables of
; a user, whatever the guest's privilege. They begin empty: each page gets a frame when the guest first
; touches it.

NPT_ENTRY       equ 7               ; present, writable, user

; One page table is enough for the guest's 256 KBytes.
build_npt:
        mov qword [NPT_PML4], NPT_PDPT | NPT_ENTRY
        mov qword [NPT_PDPT], NPT_PD | NPT_ENTRY
        mov qword [NPT_PD], NPT_PT | NPT_ENTRY
        ret

; Gives the guest a frame for the page at guest-physical RAX, filled with zeros. Returns its host-physical
; address in RDI. Changes RAX, RCX. An entry that becomes present needs no flush: the TLB keeps no entry for
; what was not there.
give_page:
        mov rdi, [rel next_frame]
        sub rdi, 4096
        mov [rel next_frame], rdi
        mov rcx, rdi
        or rcx, NPT_ENTRY
        shr rax, 12
        mov [NPT_PT + rax * 8], rcx
        push rdi
        xor eax, eax
        mov ecx, 4096 / 8
        rep stosq
        pop rdi
        ret

; Copies the guest's kernel to where it will find itself, as a boot loader would.
load_guest:
        lea rsi, [rel guest_image]
        mov ebx, GUEST_ENTRY
.page:  mov eax, ebx
        call give_page
        mov ecx, 4096 / 8
        rep movsq
        add ebx, 4096
        cmp ebx, GUEST_ENTRY + GUEST_PAGES * 4096
        jb .page
        ret

        align 8
next_frame:     dq GUEST_FRAMES
