; disk: INT 13h. Hard disks are 80h, 81h, …, and done here; floppy disks (00h, 01h) are in floppy.asm.

; Status, in AH and at 0040:0074
DISK_OK         equ 0x00
DISK_BAD_PARAMETER equ 0x01
DISK_BAD_TRACK  equ 0x0c            ; what a sector beyond the end ends with
DISK_NOT_REMOVABLE equ 0xb2

END_OF_FUNCTIONS equ 0xff           ; ends a table of functions: there is no such one

; INT 40h is where the first hard disks' BIOS put the floppy's INT 13h.
int_0x40 equ int_0x13

int_0x13:
        SAVE_CALLER
        INTERRUPTS_AS_CALLER
        mov di, disk_functions.without_disk
        test dl, dl
        jns .floppy
        mov al, dl
        sub al, 0x80
        cmp al, [DISK_COUNT]
        jae .not_disk
        cmp byte [CD_EMULATING], EMULATING_DISK
        je .one_more
.disk:  push EXTENDED_DATA
        pop ds
        mov di, disk_functions      ; there is such a disk
        mov ah, drive_size
        mul ah
        add ax, DRIVES
        mov si, ax                  ; SI -> drive
        jmp .search
.one_more:                          ; the first disk is the CD's
        sub al, 1
        jae .disk
.image: mov di, emulated_functions
        jmp .cd
.not_disk:
        cmp dl, CD_NUMBER
        jne .search
        push ds
        push EXTENDED_DATA
        pop ds
        cmp byte [CD_PRESENT], 0
        pop ds
        je .search
        mov di, cd_functions
.cd:    push EXTENDED_DATA
        pop ds
        mov si, CD_DRIVE
        jmp .search
.floppy:
        call count_floppies
        cmp dl, al
        jae .search
        cmp byte [CD_EMULATING], EMULATING_FLOPPY
        jne .drive
        test dl, dl
        jz .image
        dec dx                      ; behind the CD's
.drive: mov di, floppy_functions
.search:
        mov ax, [bp + caller.ax]
.next:  cmp byte [cs:di], END_OF_FUNCTIONS
        je .none
        cmp ah, [cs:di]
        je .found
        add di, 3
        jmp .next
.none:  mov al, DISK_BAD_PARAMETER
        jmp .finish
.found: call [cs:di + 1]            ; returns AL = status
.finish:
        call finish_disk
        RETURN_TO_CALLER

; Functions have the caller's registers, but SI -> drive, DS = the extended data area. They return
; AL = status.
disk_functions:
        FUNCTION 0x00, disk_nothing_to_do ; reset
        FUNCTION 0x01, disk_last_status
        FUNCTION 0x02, disk_read
        FUNCTION 0x03, disk_write
        FUNCTION 0x04, disk_verify
        FUNCTION 0x05, disk_format
        FUNCTION 0x08, disk_parameters
        FUNCTION 0x09, disk_nothing_to_do ; initialize controller with the parameters
        FUNCTION 0x0c, disk_nothing_to_do ; seek: the disk seeks by itself
        FUNCTION 0x0d, disk_nothing_to_do ; reset
        FUNCTION 0x10, disk_nothing_to_do ; is it ready?
        FUNCTION 0x11, disk_nothing_to_do ; recalibrate
        FUNCTION 0x14, disk_nothing_to_do ; controller diagnostic
        FUNCTION 0x15, disk_type
        FUNCTION 0x41, edd_check
        FUNCTION 0x42, edd_read
        FUNCTION 0x43, edd_write
        FUNCTION 0x44, edd_verify
        FUNCTION 0x45, disk_nothing_to_do ; lock, unlock: no door
        FUNCTION 0x46, edd_eject
        FUNCTION 0x47, edd_verify   ; seek
        FUNCTION 0x48, edd_parameters
        FUNCTION 0x49, disk_nothing_to_do ; has the medium been changed? no
        FUNCTION 0x4e, edd_hardware
.without_disk:
        FUNCTION 0x01, disk_last_status
        FUNCTION 0x4b, cd_emulation
        db END_OF_FUNCTIONS

; AL = status. Into AH and the data area, and CF = 1 unless it is 0.
finish_disk:
        push DATA_AREA
        pop ds
        mov di, DISK_STATUS
        test byte [bp + caller.dl], 0x80
        jnz .note
        mov di, FLOPPY_STATUS
.note:  mov [di], al
        mov [bp + caller.ah], al
        TELL_SUCCESS
        test al, al
        jz .done
        TELL_FAILURE
.done:  ret

; AH = 00h, 09h, 0Ch, …
disk_nothing_to_do:
        mov al, DISK_OK
        ret

; AH = 01h: get status of the last operation. Returns AH = that status.
disk_last_status:
        push ds
        push DATA_AREA
        pop ds
        mov al, [DISK_STATUS]
        test dl, 0x80
        jnz .done
        mov al, [FLOPPY_STATUS]
.done:  pop ds
        ret

; AH = 02h: read sectors. AL = how many (1 to 128), CH = cylinder, CL = sector (bits 5:0) and
; cylinder's bits 9:8 (bits 7:6), DH = head, ES:BX -> buffer. Returns AL = how many were read.
disk_read:
        mov di, read_sectors
        jmp disk_move
; AH = 03h: write sectors, likewise.
disk_write:
        mov di, write_sectors
disk_move:
        call disk_place
        jc disk_bad_parameter
        call di
        mov [bp + caller.al], cl
        ret

; AH = 05h: format a track. AL, CH, DH, CL's bits 7:6 as above. Disks come formatted: nothing is
; done.
disk_format:
        and cl, 0xc0
        inc cx                      ; any sector will do
        ; fall through

; AH = 04h: verify sectors. AL, CH, CL, DH as above: only whether there is such a place.
disk_verify:
        call disk_place
        jnc disk_nothing_to_do
disk_bad_parameter:
        mov al, DISK_BAD_PARAMETER
        ret

; AL, CH, CL, DH = what to move. Returns EDX:EAX = the first sector, CX = how many. CF = 1: not
; possible.
disk_place:
        movzx ax, al
        dec ax
        cmp ax, 128                 ; 0 is no number of sectors either
        cmc
        jc .done
        inc ax
        push ax
        call chs_to_lba
        pop cx
.done:  ret

; AH = 08h: get drive parameters. Returns CH, CL, DH = the last cylinder, sector and head (in the
; places of 02h), DL = number of hard disks, AL = 0. The very last cylinder is kept back for
; diagnostics, as ever since the AT.
disk_parameters:
        mov ax, [si + drive.logical_cylinders]
        sub ax, 2
        mov ch, al
        shl ah, 6
        mov cl, [si + drive.logical_track]
        or cl, ah
        mov [bp + caller.cx], cx
        mov dh, [si + drive.logical_heads]
        dec dh
        mov byte [bp + caller.al], 0
        mov al, DISK_OK
        call finish_disk            ; now, because it looks at DL
        mov dl, [DISK_COUNT]
        mov [bp + caller.dx], dx
        jmp disk_answered

; AH = 15h: get disk type. Returns AH = 3: a hard disk; CX:DX = number of sectors.
disk_type:
        mov bx, [si + drive.logical_cylinders]
        dec bx
tell_disk_type:                     ; BX = cylinders
        mov ax, [si + drive.logical_heads]
        mul word [si + drive.logical_track]
        mul bx
        mov [bp + caller.cx], dx
        push ax
        mov al, DISK_OK
        call finish_disk
        pop word [bp + caller.dx]
        mov byte [bp + caller.ah], 3
        ; fall through

; Ends a function that has done all by itself: its caller is not returned to.
disk_answered:
        pop ax
        RETURN_TO_CALLER
