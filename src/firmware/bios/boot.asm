; boot: INT 19h loads the first program, and INT 18h is what is left when there is none.

BOOT_SECTOR     equ 0x7c00          ; 0000:7C00
BOOT_SIGNATURE  equ 0xaa55          ; the last two bytes of a sector that can be booted: 55 AA

; Kinds of devices in CMOS
BOOT_NOTHING    equ 0
BOOT_FLOPPY     equ 1
BOOT_DISK       equ 2
BOOT_CD         equ 3

; Why a device has not been booted
REASON_NOT_ASKED equ 0
REASON_NONE     equ 1
REASON_UNREADABLE equ 2
REASON_NO_SIGNATURE equ 3
REASON_NO_RECORD equ 4

; INT 19h: bootstrap loader. Goes through the devices in the order that CMOS tells.
int_0x19:
        push EXTENDED_DATA
        pop ds
        xor ax, ax
        mov [BOOT_REASONS], ax
        mov [BOOT_REASONS + 2], al
        mov al, CMOS_BOOT_ORDER
        call read_cmos
        mov bl, al
        mov al, CMOS_BOOT_THIRD
        call read_cmos
        shr al, 4
        mov bh, al                  ; BX = three places of four bits, the first lowest
        test bx, bx
        jnz .next
        mov bx, BOOT_DISK | BOOT_FLOPPY << 4 | BOOT_CD << 8
.next:  mov ax, bx
        and ax, 15
        jz .none_left
        cmp ax, BOOT_CD
        ja .skip
        push bx
        mov si, ax
        mov dl, [cs:si + .numbers - 1]
        call boot_from
        pop bx
        mov [si + BOOT_REASONS - 1], al
.skip:  shr bx, 4
        jmp .next
.none_left:
        call tell_reasons
        int 0x18
.numbers:
        db 0x00, 0x80, 0xe0         ; floppy, disk, CD

; DL = drive, SI = its kind. Starts its first sector, or what a CD tells (el-torito.asm); returns only
; when that is not possible: AL = reason.
boot_from:
        cmp si, BOOT_CD
        je boot_cd_device
        mov al, REASON_NONE
        push ds
        push DATA_AREA
        pop ds
        mov ah, [DISK_COUNT]
        mov cl, [EQUIPMENT]         ; bit 0: there are floppy drives
        pop ds
        cmp si, BOOT_DISK
        je .count
        mov ah, cl
        and ah, 1
.count: test ah, ah
        jz .failed
        xor bx, bx
        mov es, bx
        mov bx, BOOT_SECTOR
        mov ax, 0x0201              ; read one sector: cylinder 0, head 0, sector 1
        mov cx, 1
        mov dh, 0
        int 0x13
        mov al, REASON_UNREADABLE
        jc .failed
        mov al, REASON_NO_SIGNATURE
        cmp word [es:BOOT_SECTOR + 510], BOOT_SIGNATURE
        je start_program            ; ES:BX -> it
.failed:
        ret

boot_cd_device:
        push si
        call boot_cd
        pop si
        ret

; DL = drive, ES:BX = where to start. All other registers are 0, as far as they can be.
start_program:
        mov cx, es
        xor eax, eax
        mov ds, ax
        mov es, ax
        mov gs, ax
        mov ss, ax
        mov esp, STACK_AT_BOOT
        push word 0x0202            ; flags: interrupts on
        push cx
        push bx
        movzx edx, dl
        xor ebx, ebx
        xor ecx, ecx
        xor esi, esi
        xor edi, edi
        xor ebp, ebp
        mov ax, BOOT_SIGNATURE
        iret

; ------------------------------------------------------------------ nothing can be booted

; DS = extended data area. Says of each device why it was not booted.
tell_reasons:
        mov si, .title
        call print
        mov di, .devices
.next:  mov bx, [cs:di]             ; -> its reason
        movzx bx, byte [bx]
        test bx, bx
        jz .skip                    ; it was not asked for
        mov si, [cs:di + 2]
        call print
        add bx, bx
        mov si, [cs:bx + .reasons - 2]
        call print
.skip:  add di, 4
        cmp di, .end
        jb .next
        ret

.devices: dw BOOT_REASONS + BOOT_DISK - 1, .disk
          dw BOOT_REASONS + BOOT_FLOPPY - 1, .floppy
          dw BOOT_REASONS + BOOT_CD - 1, .cd
.end:
.title:   db "No bootable disk.", 13, 10, 0
.disk:    db "  Disk 0x80:   ", 0
.floppy:  db "  Floppy 0x00: ", 0
.cd:      db "  CD:          ", 0
.reasons: dw .none, .unreadable, .no_signature, .no_record
.none:    db "there is none.", 13, 10, 0
.unreadable:
          db "the first sector cannot be read.", 13, 10, 0
.no_signature:
          db "the first sector does not end with 55 AA.", 13, 10, 0
.no_record:
          db "there is no boot record on it (El Torito).", 13, 10, 0

; CS:SI -> text that ends with 0.
print:
        mov al, [cs:si]
        inc si
        test al, al
        jz .done
        push bx
        mov bx, 7
        mov ah, 0x0e
        int 0x10
        pop bx
        jmp print
.done:  ret

; INT 18h: once BASIC in ROM, for those without a disk. Now the end.
int_0x18:
        cli
        hlt
        jmp int_0x18
