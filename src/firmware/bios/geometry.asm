; geometry: cylinders, heads and sectors. Disks count their sectors from 0 (LBA), but the first
; programs for PCs speak of cylinders, heads and tracks, and their numbers must fit into 10, 8 and
; 6 bits.

; SI -> drive. Up to 1,024 cylinders the disk's own numbers do; larger ones are told with more heads
; ("LBA-assisted translation"). Also fills the table of vector 41h or 46h for the first two disks.
choose_geometry:
        mov ax, [si + drive.track]
        mov [si + drive.logical_track], ax
        mov bx, [si + drive.heads]
        mov ax, [si + drive.cylinders]
        cmp ax, 1024
        jbe .known
        mov word [si + drive.logical_track], 63
        mov eax, [si + drive.sectors]
        cmp dword [si + drive.sectors + 4], 0
        jne .largest
        cmp eax, 63 * 255 * 1024
        ja .largest
        xor edx, edx
        mov ecx, 63
        div ecx                     ; EAX = tracks
        mov ecx, eax
        shr ecx, 10                 ; tracks in a cylinder, so that 1,024 cylinders are enough
        mov ebx, 16                 ; 16, 32, 64 or 128 heads, or 255
.more:  cmp ecx, ebx
        jbe .heads
        add bx, bx
        cmp bx, 256
        jb .more
        mov bx, 255
.heads: xor edx, edx
        div ebx
        cmp eax, 1024
        jbe .known
        mov ax, 1024
        jmp .known
.largest:
        mov ax, 1024
        mov bx, 255
.known: mov [si + drive.logical_cylinders], ax
        mov [si + drive.logical_heads], bx
        mov di, DISK_TABLE_0
        cmp si, DRIVES
        je .table
        mov di, DISK_TABLE_1
        cmp si, DRIVES + drive_size
        jne .done
.table: mov [di], ax                ; cylinders
        mov [di + 2], bl            ; heads
        mov word [di + 5], 0xffff   ; no write precompensation
        mov byte [di + 8], 0xc8     ; retries off, more than eight heads
        mov [di + 12], ax           ; landing zone
        mov al, [si + drive.logical_track]
        mov [di + 14], al
.done:  ret

; SI -> drive, CH, CL, DH = cylinder, sector and head as INT 13h has them. Returns EDX:EAX = LBA;
; CF = 1 when there is no such place.
chs_to_lba:
        push bx
        mov al, ch
        mov ah, cl
        shr ah, 6                   ; AX = cylinder: bits 9:8 are above the sector's
        and cl, 0x3f
        jz .bad                     ; sectors count from 1
        cmp ax, [si + drive.logical_cylinders]
        jae .bad
        movzx bx, dh
        cmp bx, [si + drive.logical_heads]
        jae .bad
        movzx cx, cl
        cmp cx, [si + drive.logical_track]
        ja .bad
        movzx eax, ax
        movzx edx, word [si + drive.logical_heads]
        imul eax, edx
        movzx ebx, bx
        add eax, ebx                ; track
        movzx edx, word [si + drive.logical_track]
        imul eax, edx
        movzx ecx, cx
        lea eax, [eax + ecx - 1]
        xor edx, edx
        pop bx
        clc
        ret
.bad:   pop bx
        stc
        ret
