; el-torito: booting from a CD ("El Torito" Bootable CD-ROM Format Specification 1.0). A catalog on the
; disc tells where an image lies: it is loaded and started as it is, or presented as a disk that
; programs read by INT 13h as if it were one of the machine's.

BOOT_RECORD     equ 17              ; the sector that tells where the catalog is

; Offsets in that sector, and in the catalog
RECORD_CATALOG  equ 0x47
CATALOG_ID      equ 0x00            ; 1
CATALOG_KEY     equ 0x1e            ; 55 AA
CATALOG_BOOTABLE equ 0x20           ; 88h
CATALOG_MEDIA   equ 0x21
CATALOG_SEGMENT equ 0x22
CATALOG_COUNT   equ 0x26            ; sectors of 512 bytes to load
CATALOG_IMAGE   equ 0x28            ; where the image begins

; Media
EMULATE_NOTHING equ 0
EMULATE_1200    equ 1
EMULATE_1440    equ 2
EMULATE_2880    equ 3
EMULATE_DISK    equ 4

; At 40:B0, of which no PC makes use
EMULATING_NOTHING equ 0
EMULATING_FLOPPY equ 1
EMULATING_DISK  equ 2

; What AH = 4Bh tells, kept in the extended data area
struc specification
.size:     resb 1                   ; 13h
.media:    resb 1
.drive:    resb 1
.controller: resb 1
.image:    resd 1
.device:   resw 1
.buffer:   resw 1
.segment:  resw 1
.count:    resw 1
.cylinder: resb 1                   ; as AH = 08h tells them
.sector:   resb 1
.head:     resb 1
endstruc
CD_BOOT         equ 0x1b4

; DS = extended data area. Starts what the CD says; returns only when that is not possible: AL = reason.
boot_cd:
        mov al, REASON_NONE
        cmp byte [CD_PRESENT], 0
        je .done
        mov si, CD_DRIVE
        mov eax, BOOT_RECORD
        call .read
        jc .done
        mov al, REASON_NO_RECORD
        cmp dword [es:BOOT_SECTOR], 0x30444300 ; 0, 'CD0…
        jne .done
        cmp dword [es:BOOT_SECTOR + 7], 0x54204c45 ; 'EL T…
        jne .done
        mov eax, [es:BOOT_SECTOR + RECORD_CATALOG]
        call .read
        jc .done
        mov al, REASON_NO_RECORD
        cmp byte [es:BOOT_SECTOR + CATALOG_ID], 1
        jne .done
        cmp word [es:BOOT_SECTOR + CATALOG_KEY], BOOT_SIGNATURE
        jne .done
        cmp byte [es:BOOT_SECTOR + CATALOG_BOOTABLE], 0x88
        jne .done
        jmp start_cd
.done:  ret
; EAX = sector, to 0000:7C00. CF = 1 and AL = reason when it cannot be read.
.read:  xor bx, bx
        mov es, bx
        mov bx, BOOT_SECTOR
        mov cx, 1
        call read_cd_sectors
        xor bx, bx
        mov es, bx
        test al, al
        jz .good
        mov al, REASON_UNREADABLE
        stc
.good:  ret

; The catalog's first entry lies at 0000:7C20.
start_cd:
        push ds
        pop es
        mov di, CD_BOOT             ; notes what AH = 4Bh will tell
        push 0
        pop gs
        mov al, specification_size
        stosb
        mov al, [gs:BOOT_SECTOR + CATALOG_MEDIA]
        and al, 0x0f
        cmp al, EMULATE_DISK
        ja .unknown
        stosb
        mov bl, al
        mov al, CD_NUMBER
        stosb                       ; as long as nothing is emulated
        mov al, [CD_DRIVE + drive.unit]
        mov ah, al
        shr al, 1
        stosb
        and ah, 1
        mov eax, [gs:BOOT_SECTOR + CATALOG_IMAGE]
        stosd
        mov al, [CD_DRIVE + drive.unit]
        and ax, 1
        stosw
        xor ax, ax
        stosw
        mov ax, [gs:BOOT_SECTOR + CATALOG_SEGMENT]
        test ax, ax
        jnz .segment
        mov ax, BOOT_SECTOR >> 4
.segment:
        stosw
        mov ax, [gs:BOOT_SECTOR + CATALOG_COUNT]
        stosw
        xor ax, ax
        stosb
        stosw
        xor eax, eax                ; loads the first sectors of the image
        mov cx, [CD_BOOT + specification.count]
        mov es, [CD_BOOT + specification.segment]
        push bx
        xor bx, bx
        call read_image
        pop bx
        test al, al
        mov al, REASON_UNREADABLE
        jnz .failed
        cmp bl, EMULATE_NOTHING
        je .start
        call begin_emulation
.start: mov dl, [CD_BOOT + specification.drive]
        mov bx, [CD_BOOT + specification.segment]
        mov ax, bx                  ; SSSS:0000 as S000:SSS0
        and ax, 0xf000
        mov es, ax
        shl bx, 4
        jmp start_program
.unknown:
        mov al, REASON_NO_RECORD
.failed:
        ret

; SI -> the drive's record, EAX = a sector of 512 bytes of the image, CX = how many, ES:BX -> buffer.
; Returns AL = status, CX = how many were read.
read_image:
        push cx
        call normalize_buffer
.next:  test cx, cx
        jz .done
        mov bx, ax                  ; how many of this sector of the CD: at most 4
        and bx, 3
        mov dx, bx
        shl bx, 8
        mov [CD_SKIP], bx
        neg dx
        add dx, 4
        cmp dx, cx
        jbe .some
        mov dx, cx
.some:  mov bx, dx
        shl bx, 8
        mov [CD_WORDS], bx
        push eax
        shr eax, 2
        add eax, [CD_BOOT + specification.image]
        call read_cd_sector
        pop eax
        jc .failed
        call next_buffer
        movzx edx, dx
        add eax, edx
        sub cx, dx
        jmp .next
.failed:
        mov dl, DISK_BAD_TRACK
        jmp end_of_reading
.done:  mov dl, DISK_OK
        jmp end_of_reading

; ------------------------------------------------------------------ the emulated disk

; BL = medium; the image's first sector lies where it is to be started. DS = extended data area. From
; now on there is one floppy drive, or one disk, more, and it is the first one.
begin_emulation:
        mov si, CD_DRIVE
        mov al, 0
        mov cx, 80                  ; cylinders, heads, sectors in a track
        mov dx, 2
        mov di, 15
        cmp bl, EMULATE_1200
        je .floppy
        mov di, 18
        cmp bl, EMULATE_1440
        je .floppy
        mov di, 36
        cmp bl, EMULATE_2880
        je .floppy
        mov es, [CD_BOOT + specification.segment]
        movzx dx, byte [es:0x1be + 5] ; the end of the first partition
        inc dx
        mov ax, [es:0x1be + 6]
        movzx di, al
        and di, 0x3f
        mov cl, ah
        mov ch, al
        shr ch, 6
        inc cx
        test di, di
        jnz .disk
        mov di, 63                  ; there is no partition
        mov dx, 16
        mov cx, 1024
.disk:  mov al, 0x80
.floppy:
        mov [CD_BOOT + specification.drive], al
        mov [si + drive.logical_cylinders], cx
        mov [si + drive.logical_heads], dx
        mov [si + drive.logical_track], di
        mov bx, cx                  ; and as AH = 08h tells them
        dec bx
        mov [CD_BOOT + specification.cylinder], bl
        mov cl, bh
        shl cl, 6
        mov bx, di
        or cl, bl
        mov [CD_BOOT + specification.sector], cl
        dec dx
        mov [CD_BOOT + specification.head], dl
        push ds
        push DATA_AREA
        pop ds
        test al, al
        jnz .hard
        mov byte [CD_EMULATING], EMULATING_FLOPPY
        test byte [EQUIPMENT], 1
        jz .first
        add byte [EQUIPMENT], 0x40
.first: or byte [EQUIPMENT], 1
        pop ds
        ret
.hard:  mov byte [CD_EMULATING], EMULATING_DISK
        inc byte [DISK_COUNT]
        pop ds
        ret

; DS = data area. The drives have their own numbers again.
end_emulation:
        mov al, [CD_EMULATING]
        mov byte [CD_EMULATING], EMULATING_NOTHING
        cmp al, EMULATING_DISK
        jb .floppy
        dec byte [DISK_COUNT]
        ret
.floppy:
        test al, al
        jz .done
        test byte [EQUIPMENT], 0xc0
        jz .last
        sub byte [EQUIPMENT], 0x40
        ret
.last:  and byte [EQUIPMENT], ~1 & 0xff
.done:  ret

; INT 13h, AH = 4Bh: a CD that is booted as if it were a disk. AL = 0: tell, and end that; 1: tell.
; DS:SI -> 19 bytes.
cd_emulation:
        cmp al, 1
        ja disk_nothing_to_do
        push ax
        push EXTENDED_DATA
        pop ds
        mov si, CD_BOOT
        mov byte [si], specification_size ; also where no CD was booted: all else is 0
        mov es, [bp + caller.ds]
        mov di, [bp + caller.si]
        mov cx, specification_size
        rep movsb
        push DATA_AREA
        pop ds
        pop ax
        test al, al
        jnz disk_nothing_to_do
        call end_emulation
        jmp disk_nothing_to_do

; INT 13h for the emulated disk. SI -> the drive's record, DS = the extended data area.
emulated_functions:
        FUNCTION 0x00, disk_nothing_to_do
        FUNCTION 0x01, disk_last_status
        FUNCTION 0x02, image_read
        FUNCTION 0x03, image_write
        FUNCTION 0x04, disk_verify
        FUNCTION 0x05, image_format
        FUNCTION 0x08, image_parameters
        FUNCTION 0x09, disk_nothing_to_do
        FUNCTION 0x0c, disk_nothing_to_do
        FUNCTION 0x0d, disk_nothing_to_do
        FUNCTION 0x10, disk_nothing_to_do
        FUNCTION 0x11, disk_nothing_to_do
        FUNCTION 0x14, disk_nothing_to_do
        FUNCTION 0x15, image_kind
        FUNCTION 0x16, image_changed
        FUNCTION 0x4b, cd_emulation
        db END_OF_FUNCTIONS

image_read:
        mov di, read_image
        jmp disk_move

image_write:
        mov byte [bp + caller.al], 0
image_format:
        mov al, DISK_WRITE_PROTECTED
        ret

; AH = 16h: has the floppy disk been changed? A hard disk cannot be.
image_changed:
        cmp byte [CD_BOOT + specification.media], EMULATE_DISK
        jne floppy_change
        jmp disk_bad_parameter

; AH = 08h, for a floppy disk also BL = type and ES:DI -> its table.
image_parameters:
        mov cx, [CD_BOOT + specification.cylinder]
        xchg cl, ch
        mov [bp + caller.cx], cx
        mov dh, [CD_BOOT + specification.head]
        mov bl, [CD_BOOT + specification.media]
        push DATA_AREA
        pop ds
        mov dl, [DISK_COUNT]
        cmp bl, EMULATE_DISK
        je .tell
        call count_floppies
        mov dl, al
        mov bh, 0
        movzx ax, byte [cs:bx + .types - 1]
        mov [bp + caller.bx], ax
        imul ax, ax, floppy_type_size
        add ax, floppy_types - floppy_type_size + floppy_type.table
        mov [bp + caller.di], ax
        mov [bp + caller.es], cs
.tell:  mov byte [bp + caller.al], 0
        mov al, DISK_OK
        push dx
        call finish_disk            ; now, because it looks at DL
        pop dx
        mov [bp + caller.dx], dx
        jmp disk_answered
.types: db 2, 4, 5

; AH = 15h: AH = 1 for a floppy disk; a disk tells its sectors.
image_kind:
        cmp byte [CD_BOOT + specification.media], EMULATE_DISK
        jne floppy_kind
        mov bx, [si + drive.logical_cylinders]
        jmp tell_disk_type
