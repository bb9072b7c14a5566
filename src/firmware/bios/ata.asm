; ata: hard disks at the two ATA channels (ATA/ATAPI-6), by programmed input and output: the
; processor itself moves each word. No interrupts: the disk is asked until it is ready, but not
; for ever.

; Registers, from the channel's base
ATA_DATA        equ 0
ATA_ERROR       equ 1
ATA_COUNT       equ 2
ATA_LBA_LOW     equ 3
ATA_LBA_MID     equ 4
ATA_LBA_HIGH    equ 5
ATA_DEVICE      equ 6
ATA_STATUS      equ 7               ; reading
ATA_COMMAND     equ 7               ; writing

STATUS_BUSY     equ 0x80
STATUS_FAULT    equ 0x20
STATUS_DATA     equ 0x08            ; DRQ: a sector can be moved
STATUS_ERROR    equ 0x01
DEVICE_LBA      equ 0x40
CONTROL_NO_IRQ  equ 0x02            ; nIEN

READ_SECTORS    equ 0x20
READ_SECTORS_EXT equ 0x24           ; with 48 bits of LBA
WRITE_SECTORS   equ 0x30
WRITE_SECTORS_EXT equ 0x34
IDENTIFY        equ 0xec

PATIENCE        equ 1000000         ; how often a disk is asked whether it is ready

; What we know about a disk. The records lie in the extended data area, the first for disk 80h.
struc drive
.base:      resw 1
.control:   resw 1
.device:    resb 1                  ; A0h first, B0h second of its channel
.unit:      resb 1                  ; 0 to 3: first and second of channel 1, of channel 2
            resw 1
.sectors:   resq 1
.cylinders: resw 1                  ; as the disk tells them …
.heads:     resw 1
.track:     resw 1                  ; sectors in a track
.logical_cylinders: resw 1          ; … and as INT 13h does
.logical_heads: resw 1
.logical_track: resw 1
            resd 1
endstruc

; The extended data area
DISK_TABLE_0    equ 0x3d            ; 16 bytes: what vector 41h points to
DISK_TABLE_1    equ 0x4d            ; … and 46h
BOOT_REASONS    equ 0x60            ; three bytes (boot.asm)
; 80h to BFh: ACPI's FACS (acpi-tables.asm)
DRIVES          equ 0x100           ; four records
; 180h to 1C7h: the CD (cd.asm, el-torito.asm)
IDENTITY        equ 0x200           ; 512 bytes: what a disk answers to IDENTIFY

; Looks for disks at both channels, and gives them their numbers in the order found. Vectors 41h
; and 46h point to tables of the first two.
find_disks:
        mov byte [DISK_CONTROL], 0xc0
        push ds
        push EXTENDED_DATA
        pop ds
        push ds
        pop es
        mov si, DRIVES
        mov cl, 0
.look:  mov [si + drive.unit], cl
        mov bx, 0x1f0
        mov dx, 0x3f6
        test cl, 2
        jz .first_channel
        mov bx, 0x170
        mov dx, 0x376
.first_channel:
        mov [si + drive.base], bx
        mov [si + drive.control], dx
        mov al, cl
        shl al, 4
        and al, 0x10
        or al, 0xa0
        mov [si + drive.device], al
        push cx
        call identify
        pop cx
        jc .next
        call choose_geometry
        add si, drive_size
.next:  inc cl
        cmp cl, 4
        jb .look
        lea ax, [si - DRIVES]
        mov cl, drive_size
        div cl
        pop ds
        mov [DISK_COUNT], al
        xor dx, dx
        mov es, dx
        cmp al, 1
        jb .done
        mov word [es:0x41 * 4], DISK_TABLE_0
        mov word [es:0x41 * 4 + 2], EXTENDED_DATA
        je .done
        mov word [es:0x46 * 4], DISK_TABLE_1
        mov word [es:0x46 * 4 + 2], EXTENDED_DATA
.done:  ret

; SI -> drive. Asks it what it is. CF = 1 when it is no disk; a CD-ROM drive is noted (cd.asm).
identify:
        mov dx, [si + drive.base]
        add dx, ATA_STATUS
        in al, dx
        cmp al, 0xff                ; nothing is connected
        je .none
        mov dx, [si + drive.base]
        add dx, ATA_DEVICE
        mov al, [si + drive.device]
        out dx, al
        inc dx                      ; ATA_STATUS
        in al, dx
        test al, al
        jz .none
        cmp al, 0xff
        je .none
        call quiet
        call wait_while_busy
        jc .failed
        mov al, IDENTIFY
        out dx, al
        call wait_for_data
        jc .failed                  ; a CD-ROM drive gives up the command
        mov dx, [si + drive.base]
        mov di, IDENTITY
        mov cx, 256
        rep insw
        call loud
        mov ax, [IDENTITY + 1 * 2]
        mov [si + drive.cylinders], ax
        mov ax, [IDENTITY + 3 * 2]
        mov [si + drive.heads], ax
        mov ax, [IDENTITY + 6 * 2]
        mov [si + drive.track], ax
        mov eax, [IDENTITY + 60 * 2]
        xor edx, edx
        test byte [IDENTITY + 83 * 2 + 1], 4 ; more than 28 bits of LBA can tell?
        jz .sectors
        mov eax, [IDENTITY + 100 * 2]
        mov edx, [IDENTITY + 102 * 2]
.sectors:
        mov [si + drive.sectors], eax
        mov [si + drive.sectors + 4], edx
        clc
        ret
.failed:
        call loud
.none:  call identify_cd
        stc
        ret

; SI -> drive. With interrupts of the disk off, and on again: reading its status takes back a
; request.
quiet:  push dx
        push ax
        mov dx, [si + drive.control]
        mov al, CONTROL_NO_IRQ | 8
        out dx, al
        pop ax
        pop dx
        ret
loud:   push dx
        push ax
        mov dx, [si + drive.base]
        add dx, ATA_STATUS
        in al, dx
        mov dx, [si + drive.control]
        mov al, 8
        out dx, al
        pop ax
        pop dx
        ret

; SI -> drive. Returns AL = status, DX = the status register; CF = 1 when it stays busy.
wait_while_busy:
        push ecx
        mov dx, [si + drive.base]
        add dx, ATA_STATUS
        mov ecx, PATIENCE
.wait:  in al, dx
        test al, STATUS_BUSY
        jz .ready
        dec ecx
        jnz .wait
        stc
.ready: pop ecx
        ret

; SI -> drive. Waits until a sector can be moved; CF = 1 when it will not come.
wait_for_data:
        call wait_while_busy
        jc .done
        test al, STATUS_ERROR | STATUS_FAULT
        jnz .failed
        test al, STATUS_DATA
        jz .failed
        clc
.done:  ret
.failed:
        stc
        ret

; ------------------------------------------------------------------ moving sectors

; SI -> drive, EDX:EAX = the first sector, CX = how many, ES:BX -> buffer. Returns AL = status of
; INT 13h, CX = how many have been moved.
read_sectors:
        push bp
        mov bp, .sector
        mov di, (READ_SECTORS_EXT << 8) | READ_SECTORS
        call move_sectors
        pop bp
        ret
.sector:
        rep insw
        ret

write_sectors:
        push bp
        mov bp, .sector
        mov di, (WRITE_SECTORS_EXT << 8) | WRITE_SECTORS
        call move_sectors
        pop bp
        ret
.sector:
        push ds
        push si
        mov si, di
        push es
        pop ds
        rep outsw
        mov di, si
        pop si
        pop ds
        ret

; BP = what moves a sector, DI = the two commands for it; the rest as above.
move_sectors:
        push cx                     ; how many were wanted
        call quiet
        call send_command
        mov ax, es                  ; ES:DI -> buffer, DI as small as can be
        mov di, bx
        shr bx, 4
        add ax, bx
        mov es, ax
        and di, 15
        pop bx
        push bx
.next:  call wait_for_data
        jc .failed
        mov dx, [si + drive.base]
        mov cx, 256
        call bp
        mov ax, es                  ; the buffer may be larger than a segment
        add ax, 512 / 16
        mov es, ax
        sub di, 512
        dec bx
        jnz .next
        call wait_while_busy        ; until the last sector is written
        jc .failed
        test al, STATUS_ERROR | STATUS_FAULT
        mov al, DISK_OK
        jz .done
.failed:
        mov al, DISK_BAD_TRACK
.done:  call loud
        pop cx
        sub cx, bx
        ret

; SI -> drive, EDX:EAX = the first sector, CX = how many (at most 256 when 28 bits of LBA do), DI
; = commands: the low byte is for 28 bits, the high byte for 48.
send_command:
        push eax
        push edx
        call wait_while_busy
        pop edx
        pop eax
        push bx
        mov ebx, edx                ; EBX:EAX from here on, because DX is for ports
        test ebx, ebx
        jnz .lba48
        cmp eax, 0x0fffff00
        jae .lba48
        cmp cx, 256
        ja .lba48
        ror eax, 24
        mov dx, [si + drive.base]
        add dx, ATA_DEVICE
        or al, [si + drive.device]
        or al, DEVICE_LBA           ; bits 27:24
        out dx, al
        rol eax, 24
        call send_count_and_lba
        mov ax, di
        jmp .send
.lba48: mov dx, [si + drive.base]
        add dx, ATA_DEVICE
        push ax
        mov al, [si + drive.device]
        or al, DEVICE_LBA
        out dx, al
        pop ax
        push eax
        push cx
        shrd eax, ebx, 24           ; the upper three bytes first …
        mov cl, ch
        call send_count_and_lba
        pop cx
        pop eax
        call send_count_and_lba     ; … then the lower three
        mov ax, di
        mov al, ah
.send:  mov dx, [si + drive.base]
        add dx, ATA_COMMAND
        out dx, al
        pop bx
        ret

; CL = count, EAX = LBA: three bytes of it.
send_count_and_lba:
        mov dx, [si + drive.base]
        add dx, ATA_COUNT
        push eax
        mov al, cl
        out dx, al
        pop eax
        push eax
        inc dx                      ; ATA_LBA_LOW
        out dx, al
        shr eax, 8
        inc dx
        out dx, al
        shr eax, 8
        inc dx
        out dx, al
        pop eax
        ret
