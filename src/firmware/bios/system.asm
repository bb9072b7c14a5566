; system: INT 15h, services that found no other place: A20, waiting, blocks above 1 MByte, memory
; sizes.

int_0x15:
        SAVE_CALLER
        mov si, .functions
.search:
        cmp ah, [cs:si]
        je .found
        add si, 3
        cmp si, .end
        jb .search
        call unsupported
        RETURN_TO_CALLER
.found: call [cs:si + 1]
        RETURN_TO_CALLER

.functions:
        FUNCTION 0x24, a20_services
        FUNCTION 0x4f, keyboard_intercept
        FUNCTION 0x52, media_eject
        FUNCTION 0x53, apm_services
        FUNCTION 0x83, start_wait
        FUNCTION 0x86, wait_here
        FUNCTION 0x87, move_block
        FUNCTION 0x88, get_extended_memory
        FUNCTION 0x89, switch_to_protected_mode
        FUNCTION 0x90, device_busy
        FUNCTION 0x91, device_ready
        FUNCTION 0xc0, get_configuration
        FUNCTION 0xc1, get_extended_data_area
        FUNCTION 0xc2, mouse_services
        FUNCTION 0xe8, memory_services
.end:

; Functions that do not exist return AH = 86h, CF = 1.
unsupported:
        mov byte [bp + caller.ah], 0x86
        TELL_FAILURE
        ret

; AH = 4Fh: keyboard intercept. INT 09h asks with AL = scan code, CF = 1; a program that has hung
; itself into INT 15h may change AL, or clear CF to keep the key for itself.
keyboard_intercept:
        TELL_FAILURE
        ret

; AH = 52h: may the medium be ejected? Yes, AH = 0.
media_eject:
        mov byte [bp + caller.ah], 0
        ; fall through

; AH = 90h, 91h: a device will be busy, is ready again. Multitasking systems hang themselves into
; these.
device_busy:
device_ready:
        TELL_SUCCESS
        ret

; AH = C0h: get configuration. Returns ES:BX -> the table, AH = 0.
get_configuration:
        mov word [bp + caller.es], cs
        mov word [bp + caller.bx], configuration
        mov byte [bp + caller.ah], 0
        TELL_SUCCESS
        ret

configuration:
        dw 8                        ; bytes that follow
        db 0xfc, 0x00, 1            ; model: an AT; submodel, revision
        db 0x74                     ; second 8259A, clock, INT 15h/4Fh, extended data area
        db 0x40                     ; INT 16h/09h
        db 0, 0, 0

; AH = C1h: get extended BIOS data area. Returns ES = its segment.
get_extended_data_area:
        mov ax, [EXTENDED_SEGMENT]
        mov [bp + caller.es], ax
        TELL_SUCCESS
        ret

; ------------------------------------------------------------------ AH = 24h: address line 20

SYSTEM_CONTROL  equ 0x92            ; system control port A
A20_ON          equ 2               ; its bit 1; bit 0 would reset the machine

; AL = 00h: off. 01h: on. 02h: tell, AL = 0 off, 1 on. 03h: how, BX = 3: keyboard controller and
; port 92h. All return AH = 0.
a20_services:
        cmp al, 1
        jb .off
        je .on
        cmp al, 3
        jb .tell
        ja unsupported
        mov word [bp + caller.bx], 3
.done:  mov byte [bp + caller.ah], 0
        TELL_SUCCESS
        ret
.off:   in al, SYSTEM_CONTROL
        and al, ~(A20_ON | 1) & 0xff
        out SYSTEM_CONTROL, al
        jmp .done
.on:    in al, SYSTEM_CONTROL
        and al, ~1 & 0xff
        or al, A20_ON
        out SYSTEM_CONTROL, al
        jmp .done
.tell:  in al, SYSTEM_CONTROL
        shr al, 1
        and al, 1
        mov [bp + caller.al], al
        jmp .done

; ------------------------------------------------------------------ waiting by the clock

; AH = 83h: event wait. AL = 0: set bit 7 of the byte at ES:BX after CX:DX microseconds; AL = 1:
; never mind. CF = 1 and AH = 83h while somebody else waits.
start_wait:
        cmp al, 1
        je .cancel
        ja unsupported
        mov di, es
        call begin_wait
        jc .busy
        TELL_SUCCESS
        ret
.busy:  mov byte [bp + caller.ah], 0x83
        TELL_FAILURE
        ret
.cancel:
        mov byte [WAIT_ACTIVE], 0
        mov ah, RTC_PERIODIC
        call turn_off
        TELL_SUCCESS
        ret

; AH = 86h: wait CX:DX microseconds. CF = 1 and AH = 83h while somebody else waits.
wait_here:
        push 0                      ; a byte on the stack: bit 7 tells when the time is over
        mov di, ss
        mov bx, sp
        call begin_wait
        jc .busy
.rest:  sti
        hlt                         ; until the clock interrupts
        cli
        test byte [ss:bx], 0x80
        jz .rest
        pop ax
        TELL_SUCCESS
        ret
.busy:  pop ax
        jmp start_wait.busy

; DI:BX -> byte, CX:DX = microseconds. CF = 1 when somebody waits already.
begin_wait:
        test byte [WAIT_ACTIVE], 1
        stc
        jnz .done
        mov byte [WAIT_ACTIVE], 1
        mov [WAIT_FLAG], bx
        mov [WAIT_FLAG + 2], di
        mov [WAIT_TIME], dx
        mov [WAIT_TIME + 2], cx
        in al, PIC2_DATA            ; IRQ 8 must come through
        and al, ~1 & 0xff
        out PIC2_DATA, al
        mov ah, RTC_PERIODIC
        call turn_on
        clc
.done:  ret

; ------------------------------------------------------------------ AH = 87h: copy extended memory

; CX = words, ES:SI -> a descriptor table, as protected mode wants it: the caller has filled in
; where from (10h) and where to (18h). What is missing (08h: the table itself, 20h: our code, 28h:
; our stack) we fill in. Returns AH = 0.
SOURCE          equ 0x10
TARGET          equ 0x18

move_block:
        mov ax, es
        movzx eax, ax
        shl eax, 4
        movzx esi, word [bp + caller.si]
        add eax, esi                ; the linear address of the table
        mov word [es:si + 0x08], 0x2f
        mov [es:si + 0x0a], eax
        mov bx, cs
        mov di, 0x20
        mov dl, 0x9b                ; code
        call put_descriptor
        mov bx, ss
        mov di, 0x28
        mov dl, 0x93                ; data
        call put_descriptor

        in al, SYSTEM_CONTROL
        push ax
        or al, A20_ON
        and al, ~1 & 0xff
        out SYSTEM_CONTROL, al
        mov dx, ss                  ; DX, because SS means a descriptor in a moment
        cli
        lgdt [es:si + 0x08]
        mov eax, cr0
        or al, 1
        mov cr0, eax
        jmp 0x20:.protected
.protected:
        mov ax, 0x28
        mov ss, ax
        mov ax, SOURCE
        mov ds, ax
        mov ax, TARGET
        mov es, ax
        xor si, si
        xor di, di
        rep movsw
        mov ax, 0x28                ; segments of 64 KBytes, as real mode wants them
        mov ds, ax
        mov es, ax
        mov eax, cr0
        and al, ~1 & 0xff
        mov cr0, eax
        jmp 0xf000:.real
.real:  mov ss, dx
        push DATA_AREA
        pop ds
        pop ax
        out SYSTEM_CONTROL, al      ; A20 as it was
        mov byte [bp + caller.ah], 0
        TELL_SUCCESS
        ret

; BX = a segment in real mode, DL = access rights. Makes its descriptor at ES:SI+DI.
put_descriptor:
        push si
        add si, di
        movzx eax, bx
        shl eax, 4                  ; the base
        mov word [es:si], 0xffff    ; the limit
        mov [es:si + 2], eax
        mov [es:si + 5], dl
        mov word [es:si + 6], 0
        pop si
        ret

; ------------------------------------------------------------------ memory sizes

; AH = 88h: get extended memory size. Returns AX = KBytes above 1 MByte, at most 63 MBytes.
get_extended_memory:
        call memory_end
        shr eax, 10
        sub eax, 1024
        cmp eax, 63 * 1024
        jbe .fits
        mov eax, 63 * 1024
.fits:  mov [bp + caller.ax], ax
        TELL_SUCCESS
        ret
