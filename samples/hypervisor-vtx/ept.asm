; 3. Memory for the guest (SDM 3C 29.3)
;
; What the guest takes for a physical address goes through four more levels of tables, the EPT. The guest
; cannot see them. They begin empty: each page gets a frame when the guest first touches it.

EPT_READ_WRITE_EXECUTE  equ 7
EPT_WRITE_BACK          equ 6 << 3  ; memory type, in the last level

; One page table is enough for the guest's 256 KBytes.
build_ept:
        mov qword [EPT_PML4], EPT_PDPT | EPT_READ_WRITE_EXECUTE
        mov qword [EPT_PDPT], EPT_PD | EPT_READ_WRITE_EXECUTE
        mov qword [EPT_PD], EPT_PT | EPT_READ_WRITE_EXECUTE
        ret

; Gives the guest a frame for the page at guest-physical RAX, filled with zeros. Returns its host-physical
; address in RDI. Changes RAX, RCX.
give_page:
        mov rdi, [rel next_frame]
        sub rdi, 4096
        mov [rel next_frame], rdi
        mov rcx, rdi
        or rcx, EPT_READ_WRITE_EXECUTE | EPT_WRITE_BACK
        shr rax, 12
        mov [EPT_PT + rax * 8], rcx
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
