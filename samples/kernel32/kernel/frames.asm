; frames: the physical memory, in frames of 4 KBytes.
;
; A frame may be used several times: by two processes after a fork, by a file and the processes that
; run it. So there is a counter for each; 0 is free. Physical memory is mapped from KERNEL_BASE on, so
; the kernel reaches every frame by adding that.

FRAMES_MOST equ MEMORY_MOST / PAGE
FIRST_FRAME equ FRAMES_AT / PAGE

        section .kernel

; How much memory there is: the firmware of a PC has noted it in the CMOS memory. Where no firmware
; has, it is tried out.
set_up_frames:
        mov al, 0x31                ; KBytes above 1 MByte
        call read_cmos
        mov ah, al
        mov al, 0x30
        call read_cmos
        movzx eax, ax
        shr eax, 2                  ; 4 KBytes are a frame
        jnz .noted
        call try_memory
.noted: add eax, FIRST_FRAME
        cmp eax, FRAMES_MOST
        jbe .known
        mov eax, FRAMES_MOST
.known: mov [last_frame], eax
        sub eax, FIRST_FRAME
        mov [frames_free], eax
        mov [frames_in_all], eax
        mov dword [next_frame], FIRST_FRAME
        ret

; EAX = how many frames above 1 MByte hold what is written to them: looks at one of each megabyte.
try_memory:
        mov edx, KERNEL_BASE + FRAMES_AT
.next:  mov eax, [edx]
        not eax                     ; surely another value
        mov [edx], eax
        cmp [edx], eax
        jne .end
        add edx, 1 << 20
        cmp edx, KERNEL_BASE + MEMORY_MOST
        jb .next
.end:   mov eax, edx
        sub eax, KERNEL_BASE + FRAMES_AT
        shr eax, 12
        ret

; AL = register AL of the CMOS memory.
read_cmos:
        out 0x70, al
        in al, 0x71
        ret

; EAX = the physical address of a frame that nobody uses, filled with 0. CF = 1: there is none.
allocate_frame:
        mov eax, [next_frame]       ; goes round, so that a search is short
        mov ecx, [frames_in_all]
.look:  cmp eax, [last_frame]
        jb .try
        mov eax, FIRST_FRAME
.try:   cmp byte [frame_uses + eax], 0
        je .found
        inc eax
        loop .look                  ; the last frame that is looked at is where it began
        stc
        ret
.found: inc byte [frame_uses + eax]
        dec dword [frames_free]
        lea ecx, [eax + 1]
        mov [next_frame], ecx
        shl eax, 12
        push edi
        push eax
        lea edi, [eax + KERNEL_BASE]
        mov ecx, PAGE / 4
        xor eax, eax                ; and CF = 0
        rep stosd
        pop eax
        pop edi
        ret

; One more uses the frame at EAX. A byte is enough: all processes and a file are PROCESSES + 1.
; (Here and below bits 11:0 of EAX do not matter: an entry of a page table will do.)
share_frame:
        shr eax, 12
        inc byte [frame_uses + eax]
        ret

; One less uses the frame at EAX.
release_frame:
        shr eax, 12
        dec byte [frame_uses + eax]
        jnz .used
        inc dword [frames_free]
.used:  ret

; EAX = a frame with what the frame at EAX holds, that only the caller uses: the same, or a copy.
; CF = 1: there is no memory for a copy.
own_frame:
        mov ecx, eax
        shr ecx, 12
        cmp byte [frame_uses + ecx], 1 ; and CF = 0 if it is the same
        je .own
        push eax
        call allocate_frame
        pop ecx
        jc .own
        push esi
        push edi
        push eax
        lea esi, [ecx + KERNEL_BASE]
        lea edi, [eax + KERNEL_BASE]
        mov eax, ecx
        mov ecx, PAGE / 4
        rep movsd
        call release_frame          ; one less uses the original
        pop eax
        pop edi
        pop esi
        clc
.own:   ret

        section .bss
        alignb 4
frames_in_all: resd 1
frames_free: resd 1
last_frame: resd 1                  ; the first that is not there
next_frame: resd 1                  ; where to look first
frame_uses: resb FRAMES_MOST
