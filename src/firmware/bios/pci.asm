; pci: the PCI bus's configuration space, and INT 1Ah, AH = B1h, by which programs reach it (PCI BIOS
; Specification 2.1).

PCI_ADDRESS     equ 0xcf8           ; double word: what is reached at …
PCI_DATA        equ 0xcfc           ; … these four ports
PCI_ENABLE      equ 0x80000000

; Registers of every function
PCI_ID          equ 0x00            ; vendor, device
PCI_COMMAND     equ 0x04
PCI_CLASS       equ 0x08            ; revision, and from bit 8 on the class
PCI_BAR4        equ 0x20            ; a base address register
PCI_INTERRUPT   equ 0x3c
PM_BASE         equ 0x40            ; registers of power management
PM_MISC         equ 0x80

IDE_MASTERS     equ 0xc001          ; bit 0: ports

PCI_ANSWER      equ 0x0103          ; command: at ports, in memory; errors are told

; What a PCI BIOS answers in AH
PCI_OK          equ 0x00
PCI_NO_FUNCTION equ 0x81
PCI_BAD_VENDOR  equ 0x83
PCI_NOT_FOUND   equ 0x86

; BX = bus (BH), device and function (BL: 5 and 3 bits); DI = register. Selects it; returns DX = its port.
; Changes EAX.
pci_select:
        movzx eax, bx
        shl eax, 8
        mov dx, di
        and dl, ~3 & 0xff
        mov al, dl
        or eax, PCI_ENABLE
        mov dx, PCI_ADDRESS
        out dx, eax
        mov dx, di
        and dx, 3
        add dx, PCI_DATA
        ret

; The same; returns EAX = the double word there. Changes DX.
pci_read:
        call pci_select
        in eax, dx
        ret

; ------------------------------------------------------------------ after power-on

; Functions answer, and IDE's channels are let through.
start_pci:
        mov si, .settings
.next:  movzx bx, byte [cs:si]
        movzx di, byte [cs:si + 1]
        call pci_select
        mov ax, [cs:si + 2]
        out dx, ax
        add si, 4
        cmp si, .end
        jb .next
        ret

; PCI_SETTING device, function, register, value
%macro PCI_SETTING 4
        db %1 << 3 | %2, %3
        dw %4
%endmacro
.settings:
        PCI_SETTING 0, 0, PCI_COMMAND, PCI_ANSWER ; host bridge
        PCI_SETTING 1, 0, PCI_COMMAND, PCI_ANSWER ; ISA bridge
        PCI_SETTING 1, 1, PCI_BAR4, IDE_MASTERS ; IDE: its bus masters' ports
        PCI_SETTING 1, 1, PCI_COMMAND, PCI_ANSWER
        PCI_SETTING 1, 1, 0x40, 0x8000  ; … its first channel
        PCI_SETTING 1, 1, 0x42, 0x8000  ; … its second
        PCI_SETTING 1, 3, PM_BASE, PM1_EVENTS | 1 ; power management: at which ports …
        PCI_SETTING 1, 3, PM_MISC, 1    ; … that answer
        PCI_SETTING 1, 3, PCI_INTERRUPT, SCI
        PCI_SETTING 1, 3, PCI_COMMAND, PCI_ANSWER
        PCI_SETTING 2, 0, PCI_COMMAND, PCI_ANSWER ; VGA
.end:

; ------------------------------------------------------------------ INT 1Ah, AH = B1h

; Returns AH = 0, CF = 0, or AH = what is wrong, CF = 1. All other registers are kept.
pci_services:
        mov ah, PCI_NO_FUNCTION
        movzx si, al
        dec si
        cmp si, (.end - .functions) / 2
        jae pci_failed
        add si, si
        jmp [cs:si + .functions]

.functions:                         ; from AL = 01h on
        dw pci_check, pci_find_device, pci_find_class
        dw pci_unknown, pci_unknown, pci_unknown, pci_unknown
        dw pci_read_byte, pci_read_word, pci_read_dword
        dw pci_write_byte, pci_write_word, pci_write_dword
.end:

pci_unknown:
        mov ah, PCI_NO_FUNCTION
pci_failed:
        mov [bp + caller.ah], ah
        TELL_FAILURE
        ret

pci_done:
        mov byte [bp + caller.ah], PCI_OK
        TELL_SUCCESS
        ret

; AL = 01h: installation check. Returns AL = 01h: mechanism #1, BX = version 2.10, CL = the last bus, EDX =
; 'PCI ', EDI = the physical address of the entry for protected mode.
pci_check:
        mov byte [bp + caller.al], 0x01
        mov word [bp + caller.bx], 0x0210
        mov byte [bp + caller.cl], 0
        mov dword [bp + caller.edx], "PCI "
        mov dword [bp + caller.edi], 0xf0000 + pci_entry
        jmp pci_done

; AL = 02h: find device. DX = vendor, CX = device, SI = how many like it to pass over. Returns BX = bus,
; device and function.
pci_find_device:
        push cx
        push dx
        pop ecx
        mov ah, PCI_BAD_VENDOR
        cmp cx, 0xffff
        je pci_failed
        mov di, PCI_ID
        jmp pci_find

; AL = 03h: find class. ECX = class, SI = how many like it to pass over. Returns BX = bus, device and
; function.
pci_find_class:
        mov di, PCI_CLASS
        ; fall through

; Goes through the bus. DI = a register, ECX = what it should be (of the class, bits 31:8).
pci_find:
        mov si, [bp + caller.si]
        xor bx, bx
.next:  call pci_read
        cmp eax, -1
        je .other
        cmp di, PCI_CLASS
        jne .compare
        shr eax, 8
.compare:
        cmp eax, ecx
        jne .other
        sub si, 1
        jb .found
.other: inc bl
        jnz .next
        mov ah, PCI_NOT_FOUND
        jmp pci_failed
.found: mov [bp + caller.bx], bx
        jmp pci_done

; AL = 08h, 09h, 0Ah: read a byte, word, double word. BX = bus, device and function, DI = register. Returns
; CL, CX, ECX.
pci_read_byte:
        call pci_select
        in al, dx
        mov [bp + caller.cl], al
        jmp pci_done
pci_read_word:
        call pci_select
        in ax, dx
        mov [bp + caller.cx], ax
        jmp pci_done
pci_read_dword:
        call pci_read
        mov [bp + caller.ecx], eax
        jmp pci_done

; AL = 0Bh, 0Ch, 0Dh: write a byte, word, double word: CL, CX, ECX.
pci_write_byte:
        call pci_select
        mov al, cl
        out dx, al
        jmp pci_done
pci_write_word:
        call pci_select
        mov ax, cx
        out dx, ax
        jmp pci_done
pci_write_dword:
        call pci_select
        mov eax, ecx
        out dx, eax
        jmp pci_done
