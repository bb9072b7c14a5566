; data-area: the BIOS data area, 256 bytes at 0040:0000. What stands where is the same on every PC
; since 1981: programs read and write it without asking (IBM PC AT Technical Reference, "BIOS Data
; Area").

DATA_AREA       equ 0x40

SERIAL_PORTS    equ 0x00            ; four words: the I/O ports of COM1 to COM4, 0 = there is none
PRINTER_PORTS   equ 0x08            ; three words: LPT1 to LPT3
EXTENDED_SEGMENT equ 0x0e           ; where the extended BIOS data area is
EQUIPMENT       equ 0x10            ; what INT 11h tells
MEMORY_SIZE     equ 0x13            ; KBytes below the extended data area: what INT 12h tells
SHIFT_FLAGS     equ 0x17            ; shift keys that are down, locks that are on
SHIFT_FLAGS_2   equ 0x18
ALT_NUMBER      equ 0x19            ; the character that is being typed with Alt and the digits
KEY_HEAD        equ 0x1a            ; the next key to be read, and …
KEY_TAIL        equ 0x1c            ; … the place for the next key, offsets in this segment
KEY_BUFFER      equ 0x1e            ; 16 words
KEY_BUFFER_END  equ 0x3e
FLOPPY_CALIBRATED equ 0x3e          ; bits 1:0: drives whose heads have found track 0; 7: IRQ 6 has come
FLOPPY_MOTORS   equ 0x3f            ; bits 1:0: motors that are on
FLOPPY_MOTOR_TIME equ 0x40          ; ticks until they stop
FLOPPY_STATUS   equ 0x41
FLOPPY_RESULT   equ 0x42            ; seven bytes: the controller's answer to the last command
VIDEO_MODE      equ 0x49
COLUMNS         equ 0x4a            ; word
PAGE_SIZE       equ 0x4c            ; word: bytes in a page of the screen
PAGE_START      equ 0x4e            ; word: where the page that is shown begins
CURSORS         equ 0x50            ; eight words: column and row in each page
CURSOR_SHAPE    equ 0x60            ; word: last line, first line
ACTIVE_PAGE     equ 0x62
CRTC_PORT       equ 0x63            ; word: 3D4h, or 3B4h in monochrome modes
MODE_CONTROL    equ 0x65
PALETTE         equ 0x66
RESET_VECTOR    equ 0x67            ; far pointer: where to go on after a reset, if CMOS says so
TICKS           equ 0x6c            ; double word: ticks since midnight
MIDNIGHT        equ 0x70            ; how often midnight has passed since somebody asked
BREAK_FLAG      equ 0x71            ; bit 7: Ctrl-Break
RESET_FLAG      equ 0x72            ; 1234h: a warm start
DISK_STATUS     equ 0x74
DISK_COUNT      equ 0x75
DISK_CONTROL    equ 0x76
PRINTER_TIMEOUTS equ 0x78           ; four bytes
SERIAL_TIMEOUTS equ 0x7c            ; four bytes
KEY_BUFFER_FIRST equ 0x80           ; word: where the key buffer begins
KEY_BUFFER_LAST equ 0x82            ; word: where it ends
LAST_ROW        equ 0x84
CHARACTER_HEIGHT equ 0x85           ; word
VIDEO_CONTROL   equ 0x87
VIDEO_SWITCHES  equ 0x88
VIDEO_FLAGS     equ 0x89
DISPLAY_CODE    equ 0x8a
FLOPPY_LAST_RATE equ 0x8b           ; bits 7:6: the data rate set last
FLOPPY_KINDS    equ 0x8f            ; four bits for each drive: what it can
FLOPPY_MEDIA    equ 0x90            ; two bytes: what is known of the disk in each drive
FLOPPY_TRACKS   equ 0x94            ; two bytes: where the heads are
KEYBOARD_FLAGS  equ 0x96            ; bit 4: a keyboard of 101 keys; bits 1 and 0: after E1h and E0h
LED_FLAGS       equ 0x97
WAIT_FLAG       equ 0x98            ; far pointer: whose bit 7 is set when the time is over
WAIT_TIME       equ 0x9c            ; double word: microseconds to go
WAIT_ACTIVE     equ 0xa0            ; bit 0: somebody waits
CD_EMULATING    equ 0xb0            ; ours: whether a CD is presented as a disk (el-torito.asm)
VIDEO_POINTERS  equ 0xa8            ; far pointer to the table of the video ROM's tables
