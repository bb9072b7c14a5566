; mp-table: what operating systems read about processors and interrupt controllers where they do not
; read ACPI's tables (Intel MultiProcessor Specification 1.4, chapter 4).

LOCAL_APIC      equ 0xfee00000
LOCAL_APIC_ID   equ 0
LOCAL_APIC_VERSION equ 0x14
IO_APIC         equ 0xfec00000
IO_APIC_ID      equ 8               ; no processor's
IO_APIC_VERSION equ 0x11
ALL_APICS       equ 0xff

; Of the processor that the machine has, as CPUID 01H tells: EAX, and EDX.
CPU_SIGNATURE   equ 0x000306a9
CPU_FEATURES    equ 0x0789fbff

; ------------------------------------------------------------------ kinds of entries (4.3)

%assign MP_COUNT 0

; Processor (4.3.1): local APIC, its version, flags, signature, features.
%macro MP_PROCESSOR 5
        db 0
        db %1, %2, %3
        dd %4, %5
        dd 0, 0
%assign MP_COUNT MP_COUNT + 1
%endmacro
MP_USABLE       equ 1
MP_BOOT_PROCESSOR equ 2

; Bus (4.3.2): its number, and its kind in six characters.
%macro MP_BUS 2
        db 1
        db %1, %2
%assign MP_COUNT MP_COUNT + 1
%endmacro
MP_PCI          equ 0
MP_ISA          equ 1

; I/O APIC (4.3.3): its number, version, flags, address.
%macro MP_IO_APIC 4
        db 2
        db %1, %2, %3
        dd %4
%assign MP_COUNT MP_COUNT + 1
%endmacro

; What comes to an input of the I/O APIC (4.3.4): an interrupt request of the ISA bus, the input.
; Polarity and trigger are as on that bus: rising edges.
%macro MP_ISA_INTERRUPT 2
        db 3
        db MP_INT
        dw MP_AS_THE_BUS
        db MP_ISA, %1
        db IO_APIC_ID, %2
%assign MP_COUNT MP_COUNT + 1
%endmacro

; What comes to an input of every local APIC (4.3.5): the kind of interrupt, LINT0 or LINT1.
%macro MP_LOCAL_INTERRUPT 2
        db 4
        db %1
        dw MP_AS_THE_BUS
        db MP_ISA, 0
        db ALL_APICS, %2
%assign MP_COUNT MP_COUNT + 1
%endmacro
MP_INT          equ 0               ; an interrupt whose vector the APIC tells
MP_NMI          equ 1
MP_EXTINT       equ 3               ; an interrupt whose vector the 8259 pair tells
MP_AS_THE_BUS   equ 0

; ------------------------------------------------------------------ floating pointer (4.1)
; Found by its signature at a multiple of 16 bytes.

        align 16, db 0
mp_pointer:
        db "_MP_"
        dd 0xf0000 + mp_table
        db 1                        ; its length in paragraphs
        db 4                        ; version 1.4
.checksum:
        db 0                        ; the sum of all bytes is 0: the build computes it
        db 0                        ; there is a configuration table
        db 0                        ; no IMCR: the 8259 pair comes through the local APIC ("virtual wire")
        db 0, 0, 0
.end:

; ------------------------------------------------------------------ configuration table (4.2)

mp_table:
        db "PCMP"
        dw .end - mp_table
        db 4                        ; version 1.4
.checksum:
        db 0
        db "RINGSIDE"               ; who built the machine
        db "SIMULATED PC"           ; what it is called
        dd 0                        ; no table of the builder's own
        dw 0
        dw MP_ENTRIES
        dd LOCAL_APIC
        dw 0                        ; no extended table
        db 0
        db 0

        MP_PROCESSOR LOCAL_APIC_ID, LOCAL_APIC_VERSION, MP_USABLE | MP_BOOT_PROCESSOR, \
                     CPU_SIGNATURE, CPU_FEATURES
        MP_BUS MP_PCI, "PCI   "
        MP_BUS MP_ISA, "ISA   "
        MP_IO_APIC IO_APIC_ID, IO_APIC_VERSION, MP_USABLE, IO_APIC
        MP_ISA_INTERRUPT 0, 2       ; the timer
        MP_ISA_INTERRUPT 1, 1       ; the keyboard
                                    ; IRQ 2 is the second 8259's
        MP_ISA_INTERRUPT 3, 3       ; the second serial port
        MP_ISA_INTERRUPT 4, 4       ; the first
        MP_ISA_INTERRUPT 5, 5
        MP_ISA_INTERRUPT 6, 6
        MP_ISA_INTERRUPT 7, 7       ; the parallel port
        MP_ISA_INTERRUPT 8, 8       ; the clock
        MP_ISA_INTERRUPT 9, 9
        MP_ISA_INTERRUPT 10, 10
        MP_ISA_INTERRUPT 11, 11
        MP_ISA_INTERRUPT 12, 12     ; the mouse
        MP_ISA_INTERRUPT 13, 13
        MP_ISA_INTERRUPT 14, 14     ; disks on the first channel
        MP_ISA_INTERRUPT 15, 15     ; … and on the second
        MP_LOCAL_INTERRUPT MP_EXTINT, 0
        MP_LOCAL_INTERRUPT MP_NMI, 1
.end:
MP_ENTRIES      equ MP_COUNT
        times 7 * 20 db 0           ; room for the entries of more processors
