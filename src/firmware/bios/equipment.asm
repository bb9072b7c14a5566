; equipment: INT 11h and INT 12h, the two oldest questions: what is there, and how much memory?

; INT 11h: get equipment list. Returns AX: bit 0 floppy drives, 1 coprocessor, 2 mouse, 5:4 screen,
; 11:9 serial ports, 15:14 printers.
int_0x11:
        push ds
        push DATA_AREA
        pop ds
        mov ax, [EQUIPMENT]
        pop ds
        iret

; INT 12h: get memory size. Returns AX = KBytes from address 0 on that programs may use.
int_0x12:
        push ds
        push DATA_AREA
        pop ds
        mov ax, [MEMORY_SIZE]
        pop ds
        iret
