; floppy: INT 13h for floppy disks, 00h (A:) and 01h (B:). floppy-controller.asm does the work.

; What there is to know of a type of drive, and of the disks made for it
struc floppy_type
.cylinder: resb 1                   ; the last one
.sectors: resb 1                    ; in a track
.rate:  resb 1                      ; as FLOPPY_RATE has it
.state: resb 1                      ; as 40:90 tells it: rate (7:6), known (4), which disk in which drive
.table: resb 11                     ; what AH = 08h points to
endstruc

%macro FLOPPY_TYPE 7                ; cylinders, sectors, rate, state, motor time, gaps in data, in formats
        db %1 - 1, %2, %3, %4
        db 0xaf, 0x02, %5, 2, %2, %6, 0xff, %7, 0xf6, 15, 8
%endmacro

floppy_types:                       ; by the numbers that CMOS tells, from 1 on
        FLOPPY_TYPE 40,  9, 2, 0x93, 0x25, 0x2a, 0x50
        FLOPPY_TYPE 80, 15, 0, 0x15, 0x25, 0x1b, 0x54
        FLOPPY_TYPE 80,  9, 2, 0x97, 0x25, 0x2a, 0x50
        FLOPPY_TYPE 80, 18, 0, 0x17, 0x25, 0x1b, 0x6c
        FLOPPY_TYPE 80, 36, 3, 0xd7, 0x25, 0x1b, 0x54

FLOPPY_CHANGED  equ 0x06            ; status
FLOPPY_BAD_MARK equ 0x02
FLOPPY_NO_SECTOR equ 0x04
FLOPPY_OVERRUN  equ 0x08
FLOPPY_BOUNDARY equ 0x09
FLOPPY_BAD_MEDIA equ 0x0c
FLOPPY_FAILED   equ 0x20

; In POST: tells the data area of the drives that CMOS tells of.
find_floppies:
        mov al, CMOS_FLOPPIES
        call read_cmos
        test al, al
        jz .done
        or byte [EQUIPMENT], 0x01
        mov ah, 0x07                ; there is a drive, its type is known, it has several data rates
        test al, 0x0f
        jz .one
        or byte [EQUIPMENT], 0x40
        mov ah, 0x77
.one:   mov [FLOPPY_KINDS], ah
        call start_dma
.done:  ret

; Returns AL = how many floppy drives there are. DS = data area.
count_floppies:
        mov al, [EQUIPMENT]
        test al, 1
        jz .none
        shr al, 6
        inc ax
        ret
.none:  mov al, 0
        ret

; DL = drive. Returns AL = its type, SI -> what is known of it.
find_floppy_type:
        mov al, CMOS_FLOPPIES
        call read_cmos
        test dl, dl
        jnz .second
        shr al, 4
.second:
        and ax, 0x0f
        imul si, ax, floppy_type_size
        add si, floppy_types - floppy_type_size
        ret

; Functions have the caller's registers, but DS = the data area. They return AL = status.
floppy_functions:
        FUNCTION 0x00, floppy_reset
        FUNCTION 0x01, disk_last_status
        FUNCTION 0x02, floppy_read
        FUNCTION 0x03, floppy_write
        FUNCTION 0x04, floppy_verify
        FUNCTION 0x05, floppy_format
        FUNCTION 0x08, floppy_parameters
        FUNCTION 0x15, floppy_kind
        FUNCTION 0x16, floppy_change
        FUNCTION 0x17, floppy_set_kind
        FUNCTION 0x18, floppy_set_media
        FUNCTION 0x4b, cd_emulation
        db END_OF_FUNCTIONS

; AH = 00h: reset. The next function starts the controller anew, and has the heads find track 0.
floppy_reset:
        and byte [FLOPPY_CALIBRATED], 0xfc
        mov dx, FLOPPY_DOR
        in al, dx
        and al, ~4 & 0xff
        out dx, al
        mov al, DISK_OK
        ret

; AH = 02h: read sectors. AL = how many, CH = cylinder, CL = sector, DH = head, ES:BX -> buffer. What
; does not lie on one side of the disk goes on on the other one. Returns AL = how many were read.
floppy_read:
        mov di, 0xe646              ; READ DATA of both sides; DMA writes to memory
        jmp floppy_move
; AH = 03h: write sectors, likewise.
floppy_write:
        mov di, 0xc54a              ; WRITE DATA; DMA reads memory
        jmp floppy_move
; AH = 04h: verify sectors, likewise; nothing comes into memory.
floppy_verify:
        mov di, 0xe642
floppy_move:
        push di
        call find_floppy_type
        pop di
        mov ax, [bp + caller.ax]
        test al, al
        jz .bad
        cmp al, 72
        ja .bad
        cmp dh, 1
        ja .bad
        cmp ch, [cs:si + floppy_type.cylinder]
        ja .bad
        test cl, cl
        jz .bad
        cmp cl, [cs:si + floppy_type.sectors]
        ja .bad
        movzx cx, al
        shl cx, 9                   ; bytes
        call floppy_transfer
        test al, al
        jz .done
        mov byte [bp + caller.al], 0
.done:  ret
.bad:   mov al, DISK_BAD_PARAMETER
        ret

; AH = 05h: format a track. AL = sectors, CH = cylinder, DH = head, ES:BX -> four bytes for each sector:
; cylinder, head, sector, 2.
floppy_format:
        call find_floppy_type
        mov al, [bp + caller.al]
        test al, al
        jz floppy_move.bad
        cmp al, [cs:si + floppy_type.sectors]
        ja floppy_move.bad
        cmp ch, [cs:si + floppy_type.cylinder]
        ja floppy_move.bad
        cmp dh, 1
        ja floppy_move.bad
        movzx cx, al
        shl cx, 2
        mov di, 0x4d4a
        ; fall through

; DI = the controller's command (high) and the DMA controller's mode, SI -> type, CX = bytes, ES:BX ->
; buffer. Returns AL = status.
floppy_transfer:
        mov ax, di
        call floppy_dma
        mov al, FLOPPY_BOUNDARY
        jc .done
        push di
        call floppy_start
        jc .failed
        call floppy_seek
        jc .failed
        pop di
        mov ax, di
        mov al, ah
        call floppy_send
        jc .late
        mov al, dh
        shl al, 2
        or al, dl
        call floppy_send
        mov cx, [bp + caller.cx]
        mov bx, di
        cmp bh, 0x4d
        je .format
        mov al, ch                  ; cylinder, head, sector, size, …
        call floppy_send
        mov al, dh
        call floppy_send
        mov al, cl
        call floppy_send
        mov al, 2
        call floppy_send
        mov al, [cs:si + floppy_type.sectors] ; … the last sector of the track, gap, length
        call floppy_send
        mov al, [cs:si + floppy_type.table + 5]
        call floppy_send
        mov al, 0xff
        call floppy_send
        jmp .sent
.format:
        mov al, 2                   ; size, how many, gap, filler
        call floppy_send
        mov al, [bp + caller.al]
        call floppy_send
        push ds
        call find_floppy_table
        mov bx, [di + 7]
        pop ds
        mov al, bl
        call floppy_send
        mov al, bh
        call floppy_send
.sent:  call wait_for_floppy
        jc .late
        call floppy_result
        call floppy_status
        jmp .stop
.late:  call floppy_reset           ; it may be anywhere
        mov al, FLOPPY_TIMEOUT
        jmp .stop
.failed:
        pop di
.stop:  push ds
        call find_floppy_table
        mov ah, [di + 2]            ; ticks until the motor stops
        pop ds
        mov [FLOPPY_MOTOR_TIME], ah
.done:  ret

; Makes a status of INT 13h of the controller's status registers at 40:42. Returns it in AL.
floppy_status:
        mov al, DISK_OK
        test byte [FLOPPY_RESULT], 0xc0
        jz .done
        mov ah, [FLOPPY_RESULT + 1] ; ST1
        mov al, FLOPPY_NO_SECTOR
        test ah, 0x84               ; beyond the end of the track, no such sector
        jnz .done
        mov al, FLOPPY_BAD_MARK
        test ah, 0x01
        jnz .done
        mov al, FLOPPY_OVERRUN
        test ah, 0x10
        jnz .done
        mov al, FLOPPY_FAILED
.done:  ret

; AH = 08h: get drive parameters. Returns BL = type, CH, CL, DH = the last cylinder, sector and head, DL
; = number of drives, ES:DI -> the parameter table, AX = 0.
floppy_parameters:
        call find_floppy_type
        mov [bp + caller.bx], ax
        mov ch, [cs:si + floppy_type.cylinder]
        mov cl, [cs:si + floppy_type.sectors]
        mov [bp + caller.cx], cx
        call count_floppies
        mov ah, 1
        mov [bp + caller.dx], ax
        lea ax, [si + floppy_type.table]
        mov [bp + caller.di], ax
        mov [bp + caller.es], cs
        mov byte [bp + caller.al], 0
        mov al, DISK_OK
        ret

; AH = 15h: get disk type. Returns AH = 1: a floppy drive that does not tell when its disk is changed.
floppy_kind:
        mov al, DISK_OK
        call finish_disk
        mov byte [bp + caller.ah], 1
        jmp disk_answered

; AH = 16h: has the disk been changed? Nobody knows.
floppy_change:
        mov al, FLOPPY_CHANGED
        ret

; AH = 17h: set the disk's type. AL = 1 to 4. Disks lie in the drives made for them: nothing is to be set.
floppy_set_kind:
        mov al, [bp + caller.al]
        dec al
        cmp al, 4
        jae floppy_move.bad
        mov al, DISK_OK
        ret

; AH = 18h: set the type of what is to be formatted. CH = the last cylinder, CL = sectors in a track.
; Returns ES:DI -> the parameter table.
floppy_set_media:
        call find_floppy_type
        mov al, FLOPPY_BAD_MEDIA
        cmp ch, [cs:si + floppy_type.cylinder]
        jne .done
        cmp cl, [cs:si + floppy_type.sectors]
        jne .done
        lea ax, [si + floppy_type.table]
        mov [bp + caller.di], ax
        mov [bp + caller.es], cs
        mov al, DISK_OK
.done:  ret
