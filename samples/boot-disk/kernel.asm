; boot-disk, second part: a kernel of 32 bits that drives its devices itself.
;
; No BIOS helps any more. Below are an interrupt table, the interrupt controllers, a timer, a keyboard,
; a screen and a disk, each a page long, and a prompt that uses them all.
;
; Under VT-x each `in` and `out` is a VM exit: the devices are the monitor's. The interrupts come from
; the monitor, too; to be here when they come costs nothing. Look at VM Exits while you type.

STACK_TOP   equ 0x90000
IDT         equ 0x1000              ; 48 gates of 8 bytes
CODE        equ 0x08                ; the loader's GDT is still good
FIRST_IRQ   equ 0x20                ; vectors 0 to 31 are exceptions
SECTOR      equ 512

        org 0x100000
        bits 32

kernel:         dd 'KRNL'                       ; what the loader looks at
                dd (end - kernel) / SECTOR
                dd start

start:
        mov esp, STACK_TOP
        call clear_screen
        call set_up_interrupts
        call set_up_timer
        sti                         ; from here on the timer and the keyboard interrupt us
        mov esi, welcome
        call print
        call keep_diary

; ------------------------------------------------------------------ the prompt
prompt:
        mov byte [colour], 0x0a
        mov esi, prompt_text
        call print
        mov byte [colour], 0x07
        call read_line

        mov edi, line
        mov esi, command_ticks
        call is_word
        je show_ticks
        mov esi, command_sector
        call is_word
        je show_sector
        mov esi, command_off
        call is_word
        je power_off
        cmp byte [line], 0
        je prompt
        mov esi, help
        call print
        jmp prompt

show_ticks:
        mov eax, [ticks]
        call print_number
        mov esi, ticks_text
        call print
        jmp prompt

; Prints a sector, 16 bytes to a line: where, what, and what it is as text.
show_sector:
        call parse_number           ; from EDI on, to EBX
        mov esi, help
        jc .say
        call read_sector
        mov esi, no_sector
        jc .say
        mov esi, buffer
.line:  mov eax, esi
        sub eax, buffer
        push eax
        mov byte [colour], 0x08
        mov al, ah
        call print_hex
        pop eax
        call print_hex
        mov byte [colour], 0x0b
        mov ecx, 16
.byte:  mov al, ' '
        call print_char
        lodsb
        call print_hex
        loop .byte
        mov byte [colour], 0x07
        mov al, ' '
        call print_char
        call print_char
        sub esi, 16
        mov ecx, 16
.char:  lodsb
        cmp al, ' '
        jb .dot
        cmp al, 0x7e
        jbe .put
.dot:   mov al, 0xfa                ; a small dot
.put:   call print_char
        loop .char
        mov al, 10
        call print_char
        cmp esi, buffer + SECTOR / 2
        jne .more
        push esi
        mov esi, more               ; the second half would push the first one off the screen
        call print
        call get_key
        mov al, 13                  ; back to the beginning of the line, which is overwritten
        call print_char
        pop esi
.more:  cmp esi, buffer + SECTOR
        jb .line
        call place_cursor
        jmp prompt
.say:   call print
        jmp prompt

power_off:
        mov esi, goodbye
        call print
        mov dx, 0x604               ; ACPI's power-management port, where QEMU has it, too
        mov ax, 0x2000              ; "soft off"
        out dx, ax
.never: hlt
        jmp .never

; ZF = 1 if the word at EDI is the one at ESI; EDI is behind it then.
is_word:
        push edi
.next:  lodsb
        test al, al
        jz .end
        cmp al, [edi]
        jne .no
        inc edi
        jmp .next
.end:   cmp byte [edi], 0
        je .yes
        cmp byte [edi], ' '
        jne .no
.yes:   add esp, 4                  ; forget the old EDI; ZF would be lost …
        cmp eax, eax                ; … so it is made again
        ret
.no:    pop edi
        ret

; EBX = the decimal number at EDI, CF = 1 if there is none.
parse_number:
        xor ebx, ebx
.skip:  cmp byte [edi], ' '
        jne .first
        inc edi
        jmp .skip
.first: cmp byte [edi], 0
        je .bad
.next:  movzx eax, byte [edi]
        test al, al
        jz .good
        sub al, '0'
        cmp al, 10
        jae .bad
        imul ebx, 10
        add ebx, eax
        inc edi
        jmp .next
.good:  clc
        ret
.bad:   stc
        ret

; ------------------------------------------------------------------ the diary
; The last sector of this file is a page of a diary: a text with a number. The kernel reads it, counts,
; writes it, and reads it again. On a real disk (QEMU's image is one) the number grows with each start;
; Ringside never writes image files, so that there it is always the first time.
keep_diary:
        mov ebx, DIARY_SECTOR
        call read_sector
        jc .trouble
        mov edi, buffer + DIARY_DIGITS
.count: mov al, [edi]               ; decimal digits, the last one first: 9 becomes 0 and carries
        inc al
        cmp al, '9'
        jbe .write
        mov byte [edi], '0'
        dec edi
        cmp byte [edi], '0'
        jae .count
        jmp .done                   ; no digit there: 9999 becomes 0000
.write: mov [edi], al
.done:  call write_sector
        jc .trouble
        mov edi, buffer             ; forget it, so that it surely comes from the disk
        mov ecx, SECTOR / 4
        xor eax, eax
        rep stosd
        call read_sector
        jc .trouble
        mov esi, buffer
        jmp print
.trouble:
        mov esi, no_disk
        jmp print

; ------------------------------------------------------------------ the disk
; ATA, programmed I/O: the sector's number goes into four registers, a command into a fifth, and then
; the 512 bytes come or go through one port, a word at a time. Under a monitor that is 256 exits.
ATA_DATA    equ 0x1f0
ATA_COUNT   equ 0x1f2
ATA_LBA     equ 0x1f3               ; bits 7:0, and 15:8 and 23:16 in the next two
ATA_DRIVE   equ 0x1f6               ; bits 27:24, and which drive
ATA_COMMAND equ 0x1f7               ; reads as the status
ATA_CONTROL equ 0x3f6

; Sector EBX to the buffer. CF = 1: the disk refuses.
read_sector:
        mov al, 0x20                ; READ SECTORS
        call ata_command
        jc .end
        mov edi, buffer
        mov ecx, SECTOR / 2
        mov dx, ATA_DATA
        rep insw                    ; Step Into enters the monitor for one word
        clc
.end:   ret

; The buffer to sector EBX.
write_sector:
        mov al, 0x30                ; WRITE SECTORS
        call ata_command
        jc .end
        mov esi, buffer
        mov ecx, SECTOR / 2
        mov dx, ATA_DATA
        rep outsw
        mov dx, ATA_COMMAND
        call ata_wait               ; the disk writes …
        mov al, 0xe7                ; FLUSH CACHE: … and now to the platter
        out dx, al
        call ata_wait
        test al, 0x21               ; clears CF
        jz .end
        stc
.end:   ret

; Command AL for sector EBX. CF = 1: an error, otherwise data is awaited.
ata_command:
        push eax
        mov dx, ATA_CONTROL
        mov al, 2                   ; nIEN: no interrupts, we look ourselves
        out dx, al
        mov dx, ATA_DRIVE
        mov eax, ebx
        shr eax, 24
        and al, 0x0f
        or al, 0xe0                 ; the first drive, numbers instead of cylinders and heads
        out dx, al
        mov dx, ATA_COMMAND
        call ata_wait
        mov dx, ATA_COUNT
        mov al, 1
        out dx, al
        mov eax, ebx
        mov ecx, 3
.lba:   inc dx
        out dx, al
        shr eax, 8
        loop .lba
        mov dx, ATA_COMMAND
        pop eax
        out dx, al
        call ata_wait
        test al, 0x21               ; ERR or DF
        jnz .error
        test al, 8                  ; DRQ: "give me data" or "take them"
        jz .error
        clc
        ret
.error: stc
        ret

; Waits until the disk is not busy; AL = its status.
ata_wait:
        in al, dx
        test al, 0x80               ; BSY
        jnz ata_wait
        ret

; ------------------------------------------------------------------ interrupts
; 32 exceptions, 16 interrupts of devices: a table says where each goes, and the gates are made of it.
set_up_interrupts:
        mov esi, handlers
        mov edi, IDT
        mov ecx, HANDLERS
.gate:  lodsd
        mov [edi], ax               ; offset, bits 15:0
        mov word [edi + 2], CODE
        mov word [edi + 4], 0x8e00  ; present, ring 0, interrupt gate of 32 bits
        shr eax, 16
        mov [edi + 6], ax           ; offset, bits 31:16
        add edi, 8
        loop .gate
        lidt [idt_pointer]

        ; The 8259 controllers send IRQ 0 to 7 to vectors 8 to 15, where exceptions live: a timer tick
        ; would look like a double fault. We move them to 0x20.
        mov al, 0x11                ; ICW1: begin, cascaded, ICW4 follows
        out 0x20, al
        out 0xa0, al
        mov al, FIRST_IRQ           ; ICW2: the vectors
        out 0x21, al
        mov al, FIRST_IRQ + 8
        out 0xa1, al
        mov al, 4                   ; ICW3: the second controller is at input 2
        out 0x21, al
        mov al, 2
        out 0xa1, al
        mov al, 1                   ; ICW4: 8086 mode
        out 0x21, al
        out 0xa1, al
        mov al, 0xfc                ; let the timer and the keyboard through
        out 0x21, al
        mov al, 0xff
        out 0xa1, al
        ret

; Some exceptions push an error code. The others get a 0, so that all stacks look the same.
%assign vector 0
%rep 32
exception_%+vector:
  %if vector <> 8 && (vector < 10 || vector > 14) && vector <> 17 && vector <> 21
        push dword 0
  %endif
        push dword vector
        jmp on_exception
  %assign vector vector + 1
%endrep

on_exception:
        mov byte [colour], 0x4f     ; white on red
        mov esi, exception_text
        call print
        pop eax
        call print_number
        mov esi, exception_at
        call print
        mov eax, [esp + 4]          ; above the error code: EIP
        mov ecx, 4
.byte:  rol eax, 8                  ; the highest byte first
        call print_hex
        loop .byte
.halt:  cli
        hlt
        jmp .halt

on_other:
        iret

handlers:
%assign vector 0
%rep 32
        dd exception_%+vector
  %assign vector vector + 1
%endrep
        dd on_timer, on_key
        times 14 dd on_other
HANDLERS        equ ($ - handlers) / 4

idt_pointer:    dw HANDLERS * 8 - 1
                dd IDT

; ------------------------------------------------------------------ the timer
HERTZ       equ 100

set_up_timer:
        mov al, 0x34                ; 8254: channel 0, both bytes, rate generator
        out 0x43, al
        mov ax, 1193182 / HERTZ
        out 0x40, al
        mov al, ah
        out 0x40, al
        ret

; IRQ 0. The status line shows the seconds, whatever the kernel does at the moment.
on_timer:
        pushad
        inc dword [ticks]
        mov eax, [ticks]
        xor edx, edx
        mov ecx, HERTZ
        div ecx
        mov edi, SCREEN + 76 * 2
        mov ecx, 10
.digit: xor edx, edx
        div ecx
        add dl, '0'
        mov [edi], dl
        sub edi, 2
        test eax, eax
        jnz .digit
        mov al, 0x20
        out 0x20, al                ; end of interrupt
        popad
        iret

; ------------------------------------------------------------------ the keyboard
; IRQ 1: a key went down or up. The scan code becomes a character in a ring of 16.
on_key:
        push eax
        push ebx
        in al, 0x60
        movzx eax, al
        cmp al, KEYS
        jae .end                    ; released (bit 7), or not a key for us
        mov al, [keys + eax]
        test al, al
        jz .end
        movzx ebx, byte [ring_in]
        mov [ring + ebx], al
        inc ebx
        and bl, 15
        cmp bl, [ring_out]
        je .end                     ; full
        mov [ring_in], bl
.end:   mov al, 0x20
        out 0x20, al
        pop ebx
        pop eax
        iret

; AL = the next character. An interrupt between the look and the HLT would be slept through, but STI
; lets no interrupt come before the instruction behind it has begun: then HLT ends at once.
get_key:
        push ebx
.look:  cli
        movzx ebx, byte [ring_out]
        cmp bl, [ring_in]
        jne .take
        sti
        hlt
        jmp .look
.take:  mov al, [ring + ebx]
        inc ebx
        and bl, 15
        mov [ring_out], bl
        sti
        pop ebx
        ret

; A line into `line`, ended by 0.
read_line:
        mov edi, line
.next:  call get_key
        cmp al, 10
        je .end
        cmp al, 8
        je .back
        cmp edi, line + LINE - 1
        je .next
        stosb
        call print_char
        call place_cursor
        jmp .next
.back:  cmp edi, line
        je .next
        dec edi
        dec dword [cursor]
        mov al, ' '
        call print_char
        dec dword [cursor]
        call place_cursor
        jmp .next
.end:   call print_char
        mov byte [edi], 0
        ret

keys:   db 0, 0, "1234567890-=", 8, 0           ; scan codes 0x00 to 0x0f
        db "qwertyuiop[]", 10, 0, "as"          ; 0x10 to 0x1f
        db "dfghjkl;'`", 0, 92, "zxcv"          ; 0x20 to 0x2f
        db "bnm,./", 0, 0, 0, " "               ; 0x30 to 0x39
KEYS    equ $ - keys

; ------------------------------------------------------------------ the screen
SCREEN      equ 0xb8000             ; 25 rows of 80: character, attribute, …
COLUMNS     equ 80
CELLS       equ 25 * COLUMNS
ROW         equ 2 * COLUMNS         ; bytes

clear_screen:
        mov edi, SCREEN
        mov ecx, COLUMNS
        mov ax, 0x3020              ; the status line: black on cyan
        rep stosw
        mov ecx, CELLS - COLUMNS
        mov ax, 0x0720
        rep stosw
        mov esi, status
        mov edi, SCREEN + 2 * 2
.next:  lodsb
        test al, al
        jz .done
        stosb
        inc edi
        jmp .next
.done:  mov byte [SCREEN + 77 * 2], 's'
        ret

; Prints the text at ESI, which ends with 0.
print:
        push eax
.next:  lodsb
        test al, al
        jz .done
        call print_char
        jmp .next
.done:  pop eax
        ; falls through

; The cursor blinks where the card is told to, by an index and a data port. That is 4 VM exits, so it
; is done once for each text and not for each character.
place_cursor:
        pushad
        mov ebx, [cursor]
        mov dx, 0x3d4
        mov al, 0x0e                ; cursor location, high byte
        mov ah, bh
        out dx, ax
        mov al, 0x0f                ; low byte
        mov ah, bl
        out dx, ax
        popad
        ret

; Prints AL: 10 begins a line, 13 goes back to its beginning.
print_char:
        pushad
        mov ebx, [cursor]
        cmp al, 10
        je .line
        cmp al, 13
        je .begin
        mov ah, [colour]
        mov [SCREEN + ebx * 2], ax
        inc ebx
        jmp .scroll
.line:  add ebx, COLUMNS
.begin: mov eax, ebx
        xor edx, edx
        mov ecx, COLUMNS
        div ecx
        sub ebx, edx
.scroll:
        cmp ebx, CELLS
        jb .done
        sub ebx, COLUMNS            ; all rows but the status line move up
        mov edi, SCREEN + ROW
        mov esi, SCREEN + 2 * ROW
        mov ecx, (CELLS - 2 * COLUMNS) / 2
        rep movsd
        mov eax, 0x07200720
        mov ecx, COLUMNS / 2
        rep stosd
.done:  mov [cursor], ebx
        popad
        ret

print_hex:
        push eax
        shr al, 4
        call .digit
        pop eax
        push eax
        and al, 0x0f
        call .digit
        pop eax
        ret
.digit: cmp al, 10
        jb .put
        add al, 'a' - '0' - 10
.put:   add al, '0'
        jmp print_char

; Prints EAX in decimal.
print_number:
        pushad
        mov ebx, 10
        xor ecx, ecx
.next:  xor edx, edx
        div ebx
        push edx                    ; the last digit first
        inc ecx
        test eax, eax
        jnz .next
.put:   pop eax
        add al, '0'
        call print_char
        loop .put
        popad
        ret

; ------------------------------------------------------------------ data
status:         db "boot-disk: a kernel without a BIOS", 0
welcome:        db "Protected mode, 32 bits. Commands: ticks, sector N, off.", 10, 0
prompt_text:    db 10, "> ", 0
command_ticks:  db "ticks", 0
command_sector: db "sector", 0
command_off:    db "off", 0
ticks_text:     db " ticks of 10 milliseconds", 10, 0
help:           db "What I know: ticks, sector N (a number from 0 on), off.", 10, 0
no_sector:      db "The disk has no such sector.", 10, 0
no_disk:        db "The disk does not answer as it should.", 10, 0
more:           db "-- any key: the other half --", 0
goodbye:        db "Good night.", 10, 0
exception_text: db 10, " Exception ", 0
exception_at:   db " at 0x", 0
colour:         db 0x07

        align 4
cursor:         dd 2 * COLUMNS      ; in cells
ticks:          dd 0
ring:           times 16 db 0
ring_in:        db 0
ring_out:       db 0

LINE            equ 60
line:           times LINE db 0

        align SECTOR, db 0
buffer:         times SECTOR db 0

diary:          db "This disk has been started 000"
DIARY_DIGITS    equ $ - diary
                db "0 times.", 10, 0
        align SECTOR, db 0
DIARY_SECTOR    equ 1 + (diary - kernel) / SECTOR
end:
