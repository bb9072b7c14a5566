; acpi-tables: how operating systems find out what the machine has (ACPI Specification 6.5, chapter 5).
; The root pointer leads to the table of tables, that to the others; all of them lie here in the ROM,
; but for the one that is written (FACS), which POST puts into the extended data area.

SCI             equ 9               ; the interrupt request of ACPI's events
APM_CONTROL     equ 0xb2
ACPI_ENABLE     equ 0xf1
ACPI_DISABLE    equ 0xf0
PM1_EVENTS      equ 0x600           ; status and enable registers; control is at PM1_CONTROL (apm.asm)
PM_TIMER        equ 0x608
RESET_CONTROL   equ 0xcf9           ; writing 06h resets the machine
FACS            equ EXTENDED_DATA + 8 ; segment of the FACS, at a multiple of 64 bytes

; ------------------------------------------------------------------ root pointer, RSDP (5.2.5)
; Found by its signature at a multiple of 16 bytes. Revision 0 is the one of ACPI 1.0, with addresses of
; 32 bits.

        align 16, db 0
acpi_root_pointer:
        db "RSD PTR "
.checksum:
        db 0                        ; the sum of all bytes is 0: the build computes it
        db "RSIDE "                 ; who built the machine
        db 0                        ; revision
        dd 0xf0000 + acpi_root_table
.end:

; ------------------------------------------------------------------ what tables begin with (5.2.6)

; ACPI_HEADER "FACP", 3: the signature, and the revision of the table's format.
%macro ACPI_HEADER 2
        db %1
        dd .end - .begin
        db %2
.checksum:
        db 0
        db "RSIDE ", "RINGSIDE"     ; who built the machine, what it is called
        dd 1                        ; revision of this table
        db "RSID"                   ; what made the table, and its version
        dd 1
%endmacro

; ------------------------------------------------------------------ table of tables, RSDT (5.2.7)

        align 16, db 0
acpi_root_table:
.begin: ACPI_HEADER "RSDT", 1
        dd 0xf0000 + acpi_fixed
        dd 0xf0000 + acpi_interrupts
        dd 0xf0000 + acpi_event_timer
.end:

; ------------------------------------------------------------------ fixed hardware, FADT (5.2.9)

FADT_DESKTOP    equ 1               ; kind of machine
FADT_LEGACY     equ 1 << 0          ; there are devices on an ISA bus …
FADT_KEYBOARD   equ 1 << 1          ; … among them a keyboard controller at 60h and 64h
FADT_WBINVD     equ 1 << 0          ; WBINVD works
FADT_C1         equ 1 << 2          ; HLT works
FADT_NO_POWER_BUTTON equ 1 << 4     ; none that is part of the fixed hardware
FADT_NO_SLEEP_BUTTON equ 1 << 5
FADT_NO_RTC_WAKE equ 1 << 6         ; the clock's alarm is not among PM1's events
FADT_RESET      equ 1 << 10         ; there is a reset register
FADT_NO_STATE   equ 0xffff          ; latencies of C2 and C3: there are no such states

; A register in the generic format (5.2.3.2): I/O space, its bits, at bit 0, accessed by 2 = words, …
%macro ACPI_PORT 3                  ; port, bits, access
        db 1, %2, 0, %3
        dq %1
%endmacro
%macro ACPI_NO_REGISTER 0
        times 12 db 0
%endmacro

        align 16, db 0
acpi_fixed:
.begin: ACPI_HEADER "FACP", 3
        dd FACS * 16
        dd 0xf0000 + acpi_definitions
        db 0
        db FADT_DESKTOP
        dw SCI
        dd APM_CONTROL              ; what is written there turns ACPI on and off
        db ACPI_ENABLE, ACPI_DISABLE, 0, 0
        dd PM1_EVENTS, 0            ; PM1a, PM1b
        dd PM1_CONTROL, 0
        dd 0                        ; PM2
        dd PM_TIMER
        dd 0, 0                     ; no general-purpose events
        db 4, 2, 0, 4, 0, 0, 0      ; lengths of PM1's events, control, PM2, timer, events
        db 0
        dw FADT_NO_STATE, FADT_NO_STATE
        dw 0, 0                     ; caches are flushed by WBINVD
        db 0, 0                     ; no throttling
        db 0, 0                     ; no alarm registers for day and month …
        db RTC_CENTURY              ; … but one for the century
        dw FADT_LEGACY | FADT_KEYBOARD
        db 0
        dd FADT_WBINVD | FADT_C1 | FADT_NO_POWER_BUTTON | FADT_NO_SLEEP_BUTTON | \
           FADT_NO_RTC_WAKE | FADT_RESET
        ACPI_PORT RESET_CONTROL, 8, 1
        db 6                        ; what is written to it
        dw 0
        db 0
        dq FACS * 16
        dq 0xf0000 + acpi_definitions
        ACPI_PORT PM1_EVENTS, 32, 2
        ACPI_NO_REGISTER
        ACPI_PORT PM1_CONTROL, 16, 2
        ACPI_NO_REGISTER
        ACPI_NO_REGISTER
        ACPI_PORT PM_TIMER, 32, 3
        ACPI_NO_REGISTER
        ACPI_NO_REGISTER
.end:

; ------------------------------------------------------------------ interrupts, MADT (5.2.12)

MADT_8259       equ 1               ; there is a pair of 8259, too
MADT_ENABLED    equ 1
MADT_RISING_EDGE equ 0x0005         ; active high, edge-triggered
MADT_HIGH_LEVEL equ 0x000d          ; active high, level-triggered
MADT_AS_THE_BUS equ 0

; An ISA interrupt request that is not at the input of its own number, or no rising edge (5.2.12.5).
%macro MADT_OVERRIDE 3              ; IRQ, input, flags
        db 2, 10
        db 0, %1
        dd %2
        dw %3
%endmacro

        align 16, db 0
acpi_interrupts:
.begin: ACPI_HEADER "APIC", 1
        dd LOCAL_APIC
        dd MADT_8259
        db 0, 8                     ; a processor: its number, its local APIC
        db 0, LOCAL_APIC_ID
        dd MADT_ENABLED
        db 1, 12                    ; an I/O APIC, whose inputs begin with interrupt 0
        db IO_APIC_ID, 0
        dd IO_APIC, 0
        MADT_OVERRIDE 0, 2, MADT_AS_THE_BUS
        MADT_OVERRIDE SCI, SCI, MADT_HIGH_LEVEL
        db 4, 6                     ; NMI is at LINT1 of every processor
        db ALL_APICS
        dw MADT_AS_THE_BUS
        db 1
.end:
        times 7 * 8 db 0            ; room for the entries of more processors

; ------------------------------------------------------------------ event timer (IA-PC HPET Specification 1.0a, 3.2.4)

HPET            equ 0xfed00000
HPET_ID         equ 0x8086a201      ; the low half of its capabilities
HPET_SHORTEST   equ 100             ; ticks of a period in which no interrupt is lost

        align 16, db 0
acpi_event_timer:
.begin: ACPI_HEADER "HPET", 1
        dd HPET_ID
        db 0, 64, 0, 0              ; in memory, registers of 64 bits
        dq HPET
        db 0                        ; its number
        dw HPET_SHORTEST
        db 0                        ; its page is not promised to be nobody else's
.end:

; ------------------------------------------------------------------ definitions, DSDT (5.2.11.1)
; A program in ACPI Machine Language (chapter 20) that names the rest of the machine.

; What names, scopes and devices are made of.
AML_ZERO        equ 0x00
AML_ONE         equ 0x01
AML_NAME        equ 0x08
AML_BYTE        equ 0x0a
AML_DWORD       equ 0x0c
AML_SCOPE       equ 0x10
AML_BUFFER      equ 0x11
AML_PACKAGE     equ 0x12
AML_DEVICE      equ 0x825b          ; two bytes: 5Bh 82h

; How long a construct is, from here to a label, in the form of two bytes (20.2.4).
%macro AML_LENGTH 1
%%here: db 0x40 | ((%1 - %%here) & 15), (%1 - %%here) >> 4
%endmacro

; Resources (6.4.3.5): a range that the bus hands on to its devices. Kind (0 = memory, 1 = I/O, 2 = buses),
; flags, first, last.
%macro AML_WORD_RANGE 4
        db 0x88
        dw 13
        db %1, 0x0c, %2             ; its ends are fixed
        dw 0, %3, %4, 0, %4 - %3 + 1
%endmacro
%macro AML_DWORD_RANGE 4
        db 0x87
        dw 23
        db %1, 0x0c, %2
        dd 0, %3, %4, 0, %4 - %3 + 1
%endmacro
AML_MEMORY      equ 0
AML_IO          equ 1
AML_BUSES       equ 2
AML_WRITABLE    equ 1               ; flags of memory
AML_CACHED      equ 2
AML_ALL_PORTS   equ 3               ; flags of I/O

        align 16, db 0
acpi_definitions:
.begin: ACPI_HEADER "DSDT", 1

; Name (\_S5, Package () { 0, 0, 0, 0 }): what PM1a_CNT's sleep type is when the machine is switched off
        db AML_NAME, "_S5_"
        db AML_PACKAGE, 6, 4
        db AML_ZERO, AML_ZERO, AML_ZERO, AML_ZERO

; Scope (\_SB) { Device (PCI0) {
        db AML_SCOPE
        AML_LENGTH .bus_end
        db "_SB_"
        dw AML_DEVICE
        AML_LENGTH .bus_end
        db "PCI0"

; Name (_HID, EisaId ("PNP0A03")): a PCI bus
        db AML_NAME, "_HID", AML_DWORD
        db 0x41, 0xd0, 0x0a, 0x03

; Name (_UID, 0)
        db AML_NAME, "_UID", AML_ZERO

; Name (_CRS, ResourceTemplate () { … }): bus 0, its configuration ports, all other ports, the VGA's window, and
; the space from the linear frame buffer up to the I/O APIC
        db AML_NAME, "_CRS", AML_BUFFER
        AML_LENGTH .resources_end
        db AML_BYTE, .resources_end - .resources
.resources:
        AML_WORD_RANGE AML_BUSES, 0, 0, 0
        db 0x47, 1                  ; ports of the bridge's own, 16 bits of address
        dw 0xcf8, 0xcf8
        db 1, 8
        AML_WORD_RANGE AML_IO, AML_ALL_PORTS, 0x0000, 0x0cf7
        AML_WORD_RANGE AML_IO, AML_ALL_PORTS, 0x0d00, 0xffff
        AML_DWORD_RANGE AML_MEMORY, AML_WRITABLE | AML_CACHED, 0x000a0000, 0x000bffff
        AML_DWORD_RANGE AML_MEMORY, AML_WRITABLE, 0xe0000000, 0xfebfffff
        db 0x79, 0                  ; the end
.resources_end:
.bus_end:
.end:

; ------------------------------------------------------------------ firmware control structure, FACS (5.2.10)
; Operating systems write to it: the lock that they would share with firmware, and where to wake up.

FACS_LENGTH     equ 64

; The extended data area is full of zeros.
fill_facs:
        push FACS
        pop es
        mov dword [es:0], "FACS"
        mov dword [es:4], FACS_LENGTH
        mov byte [es:32], 1         ; version
        ret
