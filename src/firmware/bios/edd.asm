; edd: the functions of INT 13h that count sectors in LBA (Enhanced Disk Drive Specification).

; The disk address packet, DS:SI
struc packet
.size:    resb 1                    ; 10h (not looked at)
          resb 1
.count:   resw 1
.offset:  resw 1                    ; the buffer
.segment: resw 1
.lba:     resq 1
endstruc

; AH = 41h: installation check. Returns BX = AA55h, AH = 30h (version 3.0), CX = 7: functions
; 42h-44h, 47h, 48h (bit 0), 45h, 46h, 49h (bit 1), 4Eh (bit 2).
edd_check:
        mov word [bp + caller.bx], 0xaa55
        mov word [bp + caller.cx], 7
        mov al, DISK_OK
        call finish_disk
        mov byte [bp + caller.ah], 0x30
        jmp disk_answered

; AH = 42h: extended read. DS:SI -> packet; its count becomes how many were read.
edd_read:
        mov di, read_sectors
        jmp edd_move
; AH = 43h: extended write, likewise.
edd_write:
        mov di, write_sectors
edd_move:
        call edd_place
        jc disk_bad_parameter
        test cx, cx
        jz disk_nothing_to_do
        call di
        push ds
        mov si, [bp + caller.si]
        mov ds, [bp + caller.ds]
        mov [si + packet.count], cx
        pop ds
        ret

; AH = 44h: verify sectors; AH = 47h: seek. DS:SI -> packet. Only whether there is the first of
; them.
edd_verify:
        call edd_place
        jc disk_bad_parameter
        mov al, DISK_OK
        ret

; The caller's packet: EDX:EAX = the first sector, CX = how many, ES:BX -> buffer.
edd_packet:
        push ds
        push si
        mov si, [bp + caller.si]
        mov ds, [bp + caller.ds]
        mov eax, [si + packet.lba]
        mov edx, [si + packet.lba + 4]
        mov cx, [si + packet.count]
        les bx, [si + packet.offset]
        pop si
        pop ds
        ret

; Returns EDX:EAX = the first sector, CX = how many, ES:BX -> buffer. CF = 1: the disk ends before.
edd_place:
        call edd_packet
        cmp edx, [si + drive.sectors + 4]
        ja .bad
        jb .good
        cmp eax, [si + drive.sectors]
        jae .bad
.good:  clc
        ret
.bad:   stc
        ret

; AH = 46h: eject. A hard disk cannot be.
edd_eject:
        mov al, DISK_NOT_REMOVABLE
        ret

; AH = 4Eh: set hardware configuration. AL = 1, 3, 4, 6: defaults, which are as they are.
edd_hardware:
        cmp al, 1
        je disk_nothing_to_do
        cmp al, 3
        je disk_nothing_to_do
        cmp al, 4
        je disk_nothing_to_do
        cmp al, 6
        je disk_nothing_to_do
        jmp disk_bad_parameter

; ------------------------------------------------------------------ AH = 48h: get drive parameters

struc parameters
.size:      resw 1
.flags:     resw 1                  ; bit 1: cylinders, heads and sectors are valid
.cylinders: resd 1
.heads:     resd 1
.track:     resd 1
.sectors:   resq 1
.sector:    resw 1                  ; bytes in a sector
.table:     resd 1                  ; far pointer: the disk's ports (EDD 2.0)
.key:       resw 1                  ; BEDDh: where the disk is follows (EDD 3.0)
.length:    resb 1                  ; bytes from the key on
            resb 3
.bus:       resb 4
.interface: resb 8
.port:      resq 1
.device:    resq 1
            resb 1
.checksum:  resb 1                  ; the sum from the key on is 0
endstruc

EDD_1           equ parameters.table
EDD_2           equ parameters.key
PATH            equ parameters_size - parameters.key

; DS:SI -> buffer, whose first word says how long it is.
edd_parameters:
        mov di, [bp + caller.si]
        mov es, [bp + caller.ds]
        mov bx, [es:di + parameters.size]
        cmp bx, EDD_1
        jb disk_bad_parameter
        mov word [es:di + parameters.size], EDD_1
        mov word [es:di + parameters.flags], 2
        movzx eax, word [si + drive.cylinders]
        mov [es:di + parameters.cylinders], eax
        movzx eax, word [si + drive.heads]
        mov [es:di + parameters.heads], eax
        movzx eax, word [si + drive.track]
        mov [es:di + parameters.track], eax
        mov eax, [si + drive.sectors]
        mov [es:di + parameters.sectors], eax
        mov eax, [si + drive.sectors + 4]
        mov [es:di + parameters.sectors + 4], eax
        mov word [es:di + parameters.sector], 512
        cmp bx, EDD_2
        jb disk_nothing_to_do

        mov word [es:di + parameters.size], EDD_2
        call tell_disk_ports
        cmp bx, parameters_size
        jb disk_nothing_to_do

        mov al, [si + drive.unit]
        mov ah, al
        shr al, 1                   ; the channel …
        and ah, 1                   ; … and the drive on it
        push cs
        pop ds
        mov si, .path
        add di, parameters.key
        push di
        mov cx, PATH
        rep movsb
        pop di
        mov [es:di + parameters.port + 3 - parameters.key], al
        mov [es:di + parameters.device - parameters.key], ah
        mov cx, PATH - 1
        mov al, 0
.sum:   sub al, [es:di]
        inc di
        loop .sum
        mov [es:di], al
        jmp disk_nothing_to_do
.path:  dw 0xbedd
        db PATH, 0, 0, 0
        db 'PCI ', 'ATA     '
        db 0, 1, 1, 0, 0, 0, 0, 0   ; bus, device, function, channel
        dq 0
        db 0, 0

; SI -> drive, ES:DI -> the answer: where its ports are told.
tell_disk_ports:
        movzx ax, byte [si + drive.unit]
        shl ax, 4
        add ax, disk_ports
        mov [es:di + parameters.table], ax
        mov [es:di + parameters.table + 2], cs
        ret

; The "device parameter table extension" of each disk: its ports and how it is spoken to.
%macro DISK_PORTS 4                 ; base, control, device register, IRQ
        dw %1, %2
        db %3, 0, %4, 0, 0, 0
        dw 0x10                     ; LBA
        dw 0
        db 0x11                     ; version of this table
        db -((%1 & 0xff) + (%1 >> 8) + (%2 & 0xff) + (%2 >> 8) + %3 + %4 + 0x10 + 0x11) & 0xff
%endmacro

disk_ports:
        DISK_PORTS 0x1f0, 0x3f6, 0xe0, 14
        DISK_PORTS 0x1f0, 0x3f6, 0xf0, 14
        DISK_PORTS 0x170, 0x376, 0xe0, 15
        DISK_PORTS 0x170, 0x376, 0xf0, 15
