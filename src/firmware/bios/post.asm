; post: the power-on self test. It makes a PC out of a computer that has just been switched on:
; memory has its tables, devices are set up, disks are found. Then INT 19h loads the first
; program.

STACK_AT_BOOT   equ 0x6f04          ; SS:SP = 0000:6F04, which programs get as their first stack
CMOS_SHUTDOWN   equ 0x0f            ; why the processor was reset

; The processor's first instruction brings it here, in real mode, with interrupts off.
power_on:
        cli
        cld
        mov al, CMOS_SHUTDOWN       ; no calls yet: there is no stack
        out CMOS_INDEX, al
        in al, CMOS_DATA
        mov ah, al
        mov al, 0                   ; asked for once
        out CMOS_DATA, al
        cmp ah, 0x0a
        je resume
        cmp ah, 0x05
        je resume_after_eoi

        xor ax, ax
        mov ss, ax
        mov sp, STACK_AT_BOOT
        fninit
        call fill_vectors
        call fill_data_area
        push DATA_AREA
        pop ds
        call turn_on_caches
        call lock_features
        call start_pci
        call start_interrupt_controllers
        call start_timer
        call start_clock
        call start_keyboard
        call find_mouse
        call find_serial_ports
        call find_printer_ports
        call start_option_roms      ; from here on there is a screen
        push DATA_AREA
        pop ds
        call find_floppies
        call find_disks
        call fill_facs
        sti
        int 0x19

; Programs for the 286 reset the processor to get back from protected mode, and have left in the
; data area where they want to go on.
resume_after_eoi:
        mov al, END_OF_INTERRUPT
        out PIC2_COMMAND, al
        out PIC1_COMMAND, al
resume:
        push DATA_AREA
        pop ds
        jmp far [RESET_VECTOR]

; ------------------------------------------------------------------ the data areas

EXTENDED_DATA   equ 0x9fc0          ; the extended data area: the last KByte below 640 KBytes

fill_data_area:
        push DATA_AREA
        pop es
        xor di, di
        xor ax, ax
        mov cx, 256 / 2
        rep stosw
        push es
        pop ds
        mov word [EXTENDED_SEGMENT], EXTENDED_DATA
        mov word [MEMORY_SIZE], 639
        mov word [EQUIPMENT], 0x0022 ; coprocessor (bit 1), colours and 80 columns (bits 5:4)
        mov word [KEY_HEAD], KEY_BUFFER
        mov word [KEY_TAIL], KEY_BUFFER
        mov word [KEY_BUFFER_FIRST], KEY_BUFFER
        mov word [KEY_BUFFER_LAST], KEY_BUFFER_END
        mov byte [KEYBOARD_FLAGS], 0x10
        push EXTENDED_DATA
        pop es
        xor di, di
        xor ax, ax
        mov cx, 1024 / 2
        rep stosw
        mov byte [es:0], 1          ; its size in KBytes
        ret

; ------------------------------------------------------------------ option ROMs

ROM_SIGNATURE   equ 0xaa55

; Adapters bring their own services in ROMs, each at a multiple of 2 KBytes with a signature:
; their code at offset 3 is called. The first one is that of the graphics adapter. (Their
; checksums are not computed: 32,000 additions would take longer than all the rest.)
start_option_roms:
        mov bx, 0xc000
.look:  mov es, bx
        mov dx, 2048 / 16           ; how far to the next place
        cmp word [es:0], ROM_SIGNATURE
        jne .next
        movzx dx, byte [es:2]       ; its size in blocks of 512 bytes
        shl dx, 5
        push bx
        push dx
        push cs
        push .back
        push es
        push 3
        retf                        ; calls ES:0003
.back:  pop dx
        pop bx
.next:  add bx, dx
        cmp bx, 0xf000
        jb .look
        ret

; ------------------------------------------------------------------ the processor's features

CR0_CACHES_OFF  equ 0x60000000      ; CD and NW, which are 1 after a reset

turn_on_caches:
        mov eax, cr0
        and eax, ~CR0_CACHES_OFF
        mov cr0, eax
        ret

IA32_FEATURE_CONTROL equ 0x3a
CPUID_VMX       equ 5               ; bit of ECX

; Firmware decides whether VMXON is allowed, and locks its decision until the next reset (SDM 3C
; 24.7, "Enabling and Entering VMX Operation"): bit 0 locks, bit 2 allows VMX outside SMX.
lock_features:
        mov eax, 1
        cpuid
        bt ecx, CPUID_VMX
        jnc .done
        mov ecx, IA32_FEATURE_CONTROL
        rdmsr
        test al, 1
        jnz .done                   ; it has been locked before: writing would fault
        or al, 1 | 4
        wrmsr
.done:  ret
