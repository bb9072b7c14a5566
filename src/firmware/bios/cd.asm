; cd: a CD-ROM drive, spoken to in packets (ATA/ATAPI-6; SFF-8020i), and INT 13h for it. Its number
; is E0h, its sectors have 2,048 bytes.

PACKET          equ 0xa0            ; the command for commands
PACKET_TEST_UNIT_READY equ 0x00
PACKET_START_STOP equ 0x1b
PACKET_PREVENT  equ 0x1e
PACKET_READ     equ 0x28
CD_NUMBER       equ 0xe0
CD_WORDS_IN_SECTOR equ 1024
CD_SIGNATURE_LOW equ 0x14           ; in ATA_LBA_MID and ATA_LBA_HIGH: it takes packets
CD_SIGNATURE_HIGH equ 0xeb

DISK_WRITE_PROTECTED equ 0x03       ; status
DISK_LOCKED     equ 0xb1

; The extended data area, behind the records of disks
CD_DRIVE        equ 0x180           ; a record like theirs: how to reach it, and how an emulated disk is divided
CD_PACKET       equ 0x1a0           ; 12 bytes
CD_SKIP         equ 0x1ac           ; word: words of a sector that are passed over …
CD_WORDS        equ 0x1ae           ; word: … and that are wanted
CD_PRESENT      equ 0x1b0
CD_IS_LOCKED    equ 0x1b1

; SI -> drive. Is it a CD-ROM drive? Then it is noted.
identify_cd:
        mov dx, [si + drive.base]
        add dx, ATA_LBA_MID
        in al, dx
        cmp al, CD_SIGNATURE_LOW
        jne .no
        inc dx
        in al, dx
        cmp al, CD_SIGNATURE_HIGH
        jne .no
        mov eax, [si]               ; base, control
        mov [CD_DRIVE], eax
        mov ax, [si + drive.device] ; device, unit
        mov [CD_DRIVE + drive.device], ax
        mov byte [CD_PRESENT], 1
.no:    ret

; The packet at CD_PACKET, SI -> the drive's record. CF = 1 when the drive refuses it.
send_packet:
        push cx
        push dx
        mov dx, [si + drive.base]
        add dx, ATA_DEVICE
        mov al, [si + drive.device]
        out dx, al
        call quiet
        call wait_while_busy
        jc .done
        mov dx, [si + drive.base]
        inc dx                      ; ATA_ERROR; written, it is the features register
        mov al, 0
        out dx, al
        add dx, ATA_LBA_MID - ATA_ERROR
        out dx, al                  ; as many bytes at a time as a sector has
        inc dx
        mov al, CD_WORDS_IN_SECTOR * 2 >> 8
        out dx, al
        add dx, ATA_COMMAND - ATA_LBA_HIGH
        mov al, PACKET
        out dx, al
        call wait_for_data
        jc .done
        mov dx, [si + drive.base]
        push si
        mov si, CD_PACKET
        mov cx, 6
        rep outsw
        pop si
        call wait_while_busy
        jc .done
        test al, STATUS_ERROR
        jz .done
        stc
.done:  pop dx
        pop cx
        ret

; AL = the packet's first byte, AH = its fifth. All others are 0.
make_packet:
        mov byte [CD_PACKET], al
        mov byte [CD_PACKET + 1], 0
        mov word [CD_PACKET + 2], 0
        mov [CD_PACKET + 4], ah
        mov byte [CD_PACKET + 5], 0
        mov dword [CD_PACKET + 6], 0
        mov word [CD_PACKET + 10], 0
        ret

; EAX = sector. Of its words, [CD_SKIP] are passed over, [CD_WORDS] come to ES:DI, the rest is passed
; over. CF = 1 when it cannot be read.
read_cd_sector:
        push eax
        push cx
        push dx
        push eax
        mov ax, PACKET_READ
        call make_packet
        pop eax
        bswap eax
        mov [CD_PACKET + 2], eax
        mov byte [CD_PACKET + 8], 1
        call send_packet
        jc .failed
        test al, STATUS_DATA
        jz .failed
        mov dx, [si + drive.base]
        mov cx, [CD_SKIP]
        call .pass
        mov cx, [CD_WORDS]
        rep insw
        mov cx, CD_WORDS_IN_SECTOR
        sub cx, [CD_SKIP]
        sub cx, [CD_WORDS]
        call .pass
        call wait_while_busy
        jc .failed
        test al, STATUS_ERROR
        jz .done
.failed:
        stc
.done:  pushf
        call loud
        popf
        pop dx
        pop cx
        pop eax
        ret
.pass:  jcxz .none
        in ax, dx
        loop .pass
.none:  ret

; EAX = the first sector, CX = how many, ES:BX -> buffer. Returns AL = status, CX = how many were read.
read_cd_sectors:
        mov word [CD_SKIP], 0
        mov word [CD_WORDS], CD_WORDS_IN_SECTOR
        push cx
        call normalize_buffer
.next:  jcxz .done
        call read_cd_sector
        jc .failed
        inc eax
        call next_buffer
        dec cx
        jmp .next
.failed:
        mov dl, DISK_BAD_TRACK
        jmp end_of_reading
.done:  mov dl, DISK_OK
        ; fall through

; How read_cd_sectors and read_image end: the stack has how many were wanted, CX = how many were not
; read, DL = status. Returns AL = status, CX = how many were read.
end_of_reading:
        pop ax
        sub ax, cx
        mov cx, ax
        mov al, dl
        ret

; ES:BX -> buffer. Returns ES:DI -> the same, DI as small as can be.
normalize_buffer:
        push ax
        mov di, bx
        shr bx, 4
        mov ax, es
        add ax, bx
        mov es, ax
        and di, 15
        pop ax
        ret

; A buffer may be larger than a segment.
next_buffer:
        push bx
        mov bx, di
        push ax
        call normalize_buffer
        pop ax
        pop bx
        ret

; ------------------------------------------------------------------ INT 13h for the CD

; SI -> the drive's record, DS = the extended data area. They return AL = status.
cd_functions:
        FUNCTION 0x00, disk_nothing_to_do
        FUNCTION 0x01, disk_last_status
        FUNCTION 0x09, disk_nothing_to_do
        FUNCTION 0x0c, disk_nothing_to_do
        FUNCTION 0x0d, disk_nothing_to_do
        FUNCTION 0x10, disk_nothing_to_do
        FUNCTION 0x11, disk_nothing_to_do
        FUNCTION 0x14, disk_nothing_to_do
        FUNCTION 0x15, floppy_kind
        FUNCTION 0x41, edd_check
        FUNCTION 0x42, cd_read
        FUNCTION 0x43, cd_write
        FUNCTION 0x44, disk_nothing_to_do
        FUNCTION 0x45, cd_lock
        FUNCTION 0x46, cd_eject
        FUNCTION 0x47, disk_nothing_to_do
        FUNCTION 0x48, cd_parameters
        FUNCTION 0x49, cd_changed
        FUNCTION 0x4b, cd_emulation
        FUNCTION 0x4e, edd_hardware
        db END_OF_FUNCTIONS

; AH = 42h: extended read. DS:SI -> packet; its count becomes how many were read.
cd_read:
        call edd_packet
        test edx, edx
        jz .read
        mov cx, 0                   ; no CD is so large
        mov al, DISK_BAD_TRACK
        jmp .tell
.read:  call read_cd_sectors
.tell:  push ds
        mov si, [bp + caller.si]
        mov ds, [bp + caller.ds]
        mov [si + packet.count], cx
        pop ds
        ret

; AH = 43h: extended write. Nothing is written.
cd_write:
        push ds
        mov si, [bp + caller.si]
        mov ds, [bp + caller.ds]
        mov word [si + packet.count], 0
        pop ds
        mov al, DISK_WRITE_PROTECTED
        ret

; AH = 45h: lock. AL = 0: lock, 1: unlock, 2: tell. Returns AL = 1 when it is locked.
cd_lock:
        cmp al, 2
        ja disk_bad_parameter
        je .tell
        xor al, 1
        mov [CD_IS_LOCKED], al
        mov ah, al
        mov al, PACKET_PREVENT
        call make_packet
        call send_packet
        call loud
.tell:  mov al, [CD_IS_LOCKED]
        mov [bp + caller.al], al
        mov al, DISK_OK
        ret

; AH = 46h: eject. AL = 0.
cd_eject:
        mov byte [bp + caller.al], 0
        cmp byte [CD_IS_LOCKED], 0
        mov al, DISK_LOCKED
        jne .done
        mov ax, 0x0200 | PACKET_START_STOP
        call make_packet
        call send_packet
        call loud
        mov al, DISK_OK
.done:  ret

; AH = 48h: get drive parameters. DS:SI -> buffer.
cd_parameters:
        mov di, [bp + caller.si]
        mov es, [bp + caller.ds]
        mov bx, [es:di + parameters.size]
        cmp bx, EDD_1
        jb disk_bad_parameter
        mov ax, EDD_1
        cmp bx, EDD_2
        jb .size
        mov ax, EDD_2
.size:  mov [es:di + parameters.size], ax
        push di
        add di, parameters.flags
        mov ax, 0x74                ; removable, tells of changes, can be locked, no geometry
        stosw
        mov ax, 0xffff
        mov cx, (parameters.sector - parameters.cylinders) / 2
        rep stosw
        mov ax, CD_WORDS_IN_SECTOR * 2
        stosw
        pop di
        cmp bx, EDD_2
        jb disk_nothing_to_do
        call tell_disk_ports
        jmp disk_nothing_to_do

; AH = 49h: has the disc been changed? Nobody knows.
cd_changed:
        mov al, DISK_OK
        call finish_disk
        mov byte [bp + caller.ah], FLOPPY_CHANGED
        TELL_FAILURE
        jmp disk_answered
