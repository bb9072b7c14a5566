; pci-32: the PCI BIOS for programs in protected mode (PCI BIOS Specification 2.1, 3.3), and the
; directory by which they find it (Standard BIOS 32-bit Service Directory 0.4). The caller's code segment
; may have any base, so that nothing here depends on where it lies.

; ------------------------------------------------------------------ service directory
; Found by its signature at a multiple of 16 bytes.

        align 16, db 0
bios32_directory:
        db "_32_"
        dd 0xf0000 + bios32_entry
        db 0                        ; revision
        db 1                        ; its length in paragraphs
.checksum:
        db 0                        ; the sum of all bytes is 0: the build computes it
        times 5 db 0
.end:

        bits 32

BIOS32_FOUND    equ 0x00
BIOS32_NO_SERVICE equ 0x80
BIOS32_NO_FUNCTION equ 0x81

; A far call. EAX = a service, BL = 0: where is it? Returns AL = 0, EBX = a physical address, ECX = how
; many bytes from there on belong to it, EDX = its entry in them; or AL = what is wrong.
bios32_entry:
        pushfd
        cmp eax, "$PCI"
        mov al, BIOS32_NO_SERVICE
        jne .done
        test bl, bl
        mov al, BIOS32_NO_FUNCTION
        jnz .done
        mov ebx, 0xf0000
        mov ecx, 0x10000
        mov edx, pci_entry
        mov al, BIOS32_FOUND
.done:  popfd
        retf

; ------------------------------------------------------------------ the services of INT 1Ah, AH = B1h

struc caller_32
.edi:   resd 1                      ; what PUSHAD leaves, from the last to the first
.esi:   resd 1
.ebp:   resd 1
.esp:   resd 1
.ebx:   resd 1
.edx:   resd 1
.ecx:   resd 1
.eax:   resd 1
.flags: resd 1
endstruc

; A far call, registers as for INT 1Ah. Returns AH = 0, CF = 0, or AH = what is wrong, CF = 1.
pci_entry:
        pushfd
        pushad
        mov ebp, esp
        cmp al, 0x01
        je .check
        cmp al, 0x02
        je .find_device
        cmp al, 0x03
        je .find_class
        cmp al, 0x08
        jb .unknown
        cmp al, 0x0d
        ja .unknown
        call pci_select_32          ; 08h to 0Ah read, 0Bh to 0Dh write
        mov al, [ebp + caller_32.eax]
        cmp al, 0x09
        jb .read_byte
        je .read_word
        cmp al, 0x0b
        jb .read_dword
        je .write_byte
        mov eax, ecx
        cmp byte [ebp + caller_32.eax], 0x0d
        je .write_dword
        out dx, ax
        jmp .done
.write_dword:
        out dx, eax
        jmp .done
.write_byte:
        mov al, cl
        out dx, al
        jmp .done
.read_byte:
        in al, dx
        mov [ebp + caller_32.ecx], al
        jmp .done
.read_word:
        in ax, dx
        mov [ebp + caller_32.ecx], ax
        jmp .done
.read_dword:
        in eax, dx
        mov [ebp + caller_32.ecx], eax
        jmp .done

.check: mov byte [ebp + caller_32.eax], 0x01
        mov word [ebp + caller_32.ebx], 0x0210
        mov byte [ebp + caller_32.ecx], 0
        mov dword [ebp + caller_32.edx], "PCI "
        mov dword [ebp + caller_32.edi], 0xf0000 + pci_entry
.done:  mov ah, PCI_OK
.end:   mov [ebp + caller_32.eax + 1], ah
        and byte [ebp + caller_32.flags], ~FLAG_CARRY & 0xff
        cmp ah, PCI_OK
        je .return
        or byte [ebp + caller_32.flags], FLAG_CARRY
.return:
        popad
        popfd
        retf
.unknown:
        mov ah, PCI_NO_FUNCTION
        jmp .end

.find_device:
        shl ecx, 16
        mov cx, dx
        mov ah, PCI_BAD_VENDOR
        cmp cx, 0xffff
        je .end
        mov edi, PCI_ID
        jmp .find
.find_class:
        mov edi, PCI_CLASS
.find:  xor ebx, ebx                ; through the bus, for ECX; SI = how many like it to pass over
.next:  call pci_select_32
        in eax, dx
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
        jmp .end
.found: mov [ebp + caller_32.ebx], bx
        jmp .done

; BX = bus, device and function; DI = register. Selects it; returns DX = its port. Changes EAX.
pci_select_32:
        movzx eax, bx
        shl eax, 8
        mov edx, edi
        mov al, dl
        and al, ~3 & 0xff
        or eax, PCI_ENABLE
        mov dx, PCI_ADDRESS
        out dx, eax
        mov dx, di
        and dx, 3
        add dx, PCI_DATA
        ret

        bits 16
