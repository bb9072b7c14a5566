; apm: INT 15h, AH = 53h, Advanced Power Management 1.2, in real mode. A program that wants to
; switch the machine off calls 5301h, then 5307h with BX = 1, CX = 3.

PM1_CONTROL     equ 0x604           ; ACPI's power-management port, where QEMU has it, too
SLEEP_ENABLE    equ 0x2000          ; bit 13, and 0 in bits 12:10: off

APM_ALL_DEVICES equ 0x0001          ; BX
APM_OFF         equ 3               ; CX: states of power
APM_NO_EVENT    equ 0x80

apm_services:
        mov si, .functions
.search:
        cmp al, [cs:si]
        je .found
        add si, 3
        cmp si, .end
        jb .search
        TELL_FAILURE                ; functions that do not exist change only CF
        ret
.found: call [cs:si + 1]
        ret

.functions:
        FUNCTION 0x00, apm_check
        FUNCTION 0x01, apm_done     ; connect the real-mode interface
        FUNCTION 0x04, apm_done     ; disconnect
        FUNCTION 0x05, apm_idle
        FUNCTION 0x06, apm_done     ; the processor is busy
        FUNCTION 0x07, apm_set_state
        FUNCTION 0x08, apm_done     ; enable, disable power management
        FUNCTION 0x0a, apm_get_status
        FUNCTION 0x0b, apm_get_event
        FUNCTION 0x0e, apm_version
        FUNCTION 0x0f, apm_done     ; engage, disengage power management
        FUNCTION 0x10, apm_capabilities
.end:

apm_done:
        TELL_SUCCESS
        ret

; AL = 00h: installation check. Returns AH, AL = version 1.2, BX = 'PM', CX = 0: no interface for
; protected mode.
apm_check:
        mov word [bp + caller.bx], 'P' << 8 | 'M'
        mov word [bp + caller.cx], 0
        ; fall through

; AL = 0Eh: driver version. Returns AX = version 1.2.
apm_version:
        mov word [bp + caller.ax], 0x0102
        jmp apm_done

; AL = 05h: the processor is idle. Rests until an interrupt comes.
apm_idle:
        sti
        hlt
        jmp apm_done

; AL = 07h: set power state. BX = 1: of everything; CX = 1 standby, 2 suspend, 3 off.
apm_set_state:
        cmp bx, APM_ALL_DEVICES
        jne apm_done
        cmp cx, APM_OFF
        jne apm_done
        mov dx, PM1_CONTROL
        mov ax, SLEEP_ENABLE
        out dx, ax                  ; here the machine ends
        jmp apm_done

; AL = 0Ah: get power status. Returns BH = 1: on the mains, BL = FFh: a battery that is unknown, CH =
; 80h: no battery, CL, DX = FFh, FFFFh: how full it is and for how long is unknown, SI = 0
; batteries.
apm_get_status:
        mov word [bp + caller.bx], 0x01ff
        mov word [bp + caller.cx], 0x80ff
        mov word [bp + caller.dx], 0xffff
        mov word [bp + caller.si], 0
        jmp apm_done

; AL = 0Bh: get event. Returns AH = 80h, CF = 1: there is none.
apm_get_event:
        mov byte [bp + caller.ah], APM_NO_EVENT
        TELL_FAILURE
        ret

; AL = 10h: get capabilities. Returns BL = 0 batteries, CX = 0.
apm_capabilities:
        mov byte [bp + caller.bl], 0
        mov word [bp + caller.cx], 0
        jmp apm_done
