; floppy-controller: how the BIOS speaks to an Intel 82077AA, and to the DMA controller that moves its
; data. The controller works by itself and interrupts when it is done.

FLOPPY_DOR      equ 0x3f2           ; drive (1:0), running (2), interrupts and DMA (3), motors (5:4)
FLOPPY_MAIN     equ 0x3f4           ; may a byte be moved (7), to us (6)?
FLOPPY_DATA     equ 0x3f5
FLOPPY_RATE     equ 0x3f7           ; 0: 500 kbit/s, 1: 300, 2: 250, 3: 1000
DOR_RUNNING     equ 0x0c            ; with interrupts and DMA
FLOPPY_DONE     equ 0x80            ; bit of 40:3E: IRQ 6 has come
FLOPPY_PATIENCE equ 37              ; ticks: two seconds

FDC_SPECIFY     equ 0x03
FDC_RECALIBRATE equ 0x07
FDC_SENSE_INTERRUPT equ 0x08
FDC_SEEK        equ 0x0f

FLOPPY_TIMEOUT  equ 0x80            ; status
FLOPPY_SEEK_FAILED equ 0x40

; INT 0Eh, IRQ 6: the controller has done what it was told.
int_0x0e:
        push ax
        push ds
        push DATA_AREA
        pop ds
        or byte [FLOPPY_CALIBRATED], FLOPPY_DONE
        mov al, END_OF_INTERRUPT
        out PIC1_COMMAND, al
        pop ds
        pop ax
        iret

; From INT 08h, when 40:40 has come to 0: the motors stop.
stop_floppy_motors:
        push dx
        and byte [FLOPPY_MOTORS], 0xf0
        mov dx, FLOPPY_DOR
        in al, dx
        and al, 0x0f
        out dx, al
        pop dx
        ret

; Waits until the controller interrupts. CF = 1 when it does not.
wait_for_floppy:
        push ax
        push bx
        mov bx, [TICKS]
.wait:  cli
        test byte [FLOPPY_CALIBRATED], FLOPPY_DONE
        jnz .came
        mov ax, [TICKS]
        sub ax, bx
        cmp ax, FLOPPY_PATIENCE
        ja .late
        sti
        hlt
        jmp .wait
.came:  and byte [FLOPPY_CALIBRATED], ~FLOPPY_DONE & 0xff
        sti
        pop bx
        pop ax
        clc
        ret
.late:  sti
        pop bx
        pop ax
        stc
        ret

; AL = the next byte of a command. CF = 1 when the controller does not take it.
floppy_send:
        push cx
        push dx
        mov ah, al
        mov dx, FLOPPY_MAIN
        mov cx, 0xffff
.wait:  in al, dx
        and al, 0xc0
        cmp al, 0x80
        je .ready
        loop .wait
        stc
        jmp .done
.ready: inc dx
        mov al, ah
        out dx, al
        clc
.done:  pop dx
        pop cx
        ret

; Reads what a command has come to: up to seven bytes at 40:42.
floppy_result:
        mov di, FLOPPY_RESULT
        mov dx, FLOPPY_MAIN
.next:  in al, dx
        and al, 0xc0
        cmp al, 0xc0
        jne .done
        inc dx
        in al, dx
        dec dx
        mov [di], al
        inc di
        cmp di, FLOPPY_RESULT + 7
        jb .next
.done:  ret

; Asks why the controller has interrupted when there was no data: 40:42 = ST0, 40:43 = cylinder.
floppy_sense:
        push dx
        mov al, FDC_SENSE_INTERRUPT
        call floppy_send
        jc .done
        call floppy_result
        clc
.done:  pop dx
        ret

; DL = drive, SI -> its type (floppy.asm). Switches it on: controller, motor, data rate. CF = 1 and
; AL = status when that fails.
floppy_start:
        mov byte [FLOPPY_MOTOR_TIME], 0xff ; not now
        mov cl, dl
        mov al, 1
        shl al, cl
        or [FLOPPY_MOTORS], al
        mov ch, [FLOPPY_MOTORS]
        shl ch, 4
        or ch, DOR_RUNNING
        or ch, dl
        push dx
        mov dx, FLOPPY_DOR
        in al, dx
        and byte [FLOPPY_CALIBRATED], ~FLOPPY_DONE & 0xff
        test al, 4
        mov al, ch
        out dx, al
        jnz .running
        call wait_for_floppy        ; it comes out of reset, …
        jc .failed
        and byte [FLOPPY_CALIBRATED], 0xfc
        mov cx, 4                   ; … and tells so of four drives
.drive: push cx
        call floppy_sense
        pop cx
        jc .failed
        loop .drive
        mov al, FDC_SPECIFY
        call floppy_send
        jc .failed
        push ds
        call find_floppy_table
        mov cx, [di]                ; how fast it steps and loads its heads
        pop ds
        mov al, cl
        call floppy_send
        mov al, ch
        call floppy_send
.running:
        mov dx, FLOPPY_RATE
        mov al, [cs:si + floppy_type.rate]
        out dx, al
        pop dx
        mov di, dx
        and di, 1
        mov al, [cs:si + floppy_type.state]
        mov [FLOPPY_MEDIA + di], al
        and al, 0xc0
        mov [FLOPPY_LAST_RATE], al
        clc
        ret
.failed:
        pop dx
        mov al, FLOPPY_TIMEOUT
        stc
        ret

; Returns DS:DI -> the table of vector 1Eh, which may be a program's own.
find_floppy_table:
        push 0
        pop ds
        lds di, [0x1e * 4]
        ret

; DL = drive, CH = cylinder, DH = head. Moves the heads there. CF = 1 and AL = status when that
; fails.
floppy_seek:
        mov di, dx
        and di, 1
        mov cl, dl
        mov al, 1
        shl al, cl
        test [FLOPPY_CALIBRATED], al
        jnz .calibrated
        mov ah, al
        push ax
        mov al, FDC_RECALIBRATE
        call floppy_send
        mov al, dl
        call floppy_send
        call floppy_arrived
        pop cx
        jc .failed
        or [FLOPPY_CALIBRATED], cl
        mov byte [FLOPPY_TRACKS + di], 0
.calibrated:
        mov ch, [bp + caller.ch]
        cmp [FLOPPY_TRACKS + di], ch
        je .there
        mov al, FDC_SEEK
        call floppy_send
        mov al, dh
        shl al, 2
        or al, dl
        call floppy_send
        mov al, ch
        call floppy_send
        call floppy_arrived
        jc .failed
        mov ch, [bp + caller.ch]
        mov [FLOPPY_TRACKS + di], ch
.there: clc
.failed:
        ret

; Waits for the end of a movement.
floppy_arrived:
        push di
        call wait_for_floppy
        mov al, FLOPPY_TIMEOUT
        jc .done
        call floppy_sense
        mov al, FLOPPY_SEEK_FAILED
        jc .done
        test byte [FLOPPY_RESULT], 0xc0 ; ST0: how it has ended
        jz .done
        stc
.done:  pop di
        ret

; ------------------------------------------------------------------ DMA channel 2

DMA_ADDRESS     equ 0x04
DMA_COUNT       equ 0x05
DMA_MASK        equ 0x0a
DMA_MODE        equ 0x0b
DMA_FIRST_BYTE  equ 0x0c
DMA_PAGE        equ 0x81
DMA2_MASK       equ 0xd4
DMA2_MODE       equ 0xd6

; The first DMA controller's requests go through channel 4, the second's first.
start_dma:
        mov al, 0xc0                ; cascade
        out DMA2_MODE, al
        mov al, 0
        out DMA2_MASK, al
        ret

; AL = mode, ES:BX -> buffer, CX = bytes. CF = 1 when the buffer does not lie in one page of 64
; KBytes: addresses do not count further.
floppy_dma:
        push eax
        push edx
        mov ah, al
        mov dl, ah
        movzx eax, bx
        push dx
        xor edx, edx
        mov dx, es
        shl edx, 4
        add eax, edx
        pop dx
        push ax
        add ax, cx
        jnc .fits                   ; CX is never 0
        jz .fits
        pop ax
        stc
        jmp .done
.fits:  pop ax
        cli                         ; two bytes that belong together
        push ax
        mov al, 0x06                ; mask channel 2
        out DMA_MASK, al
        out DMA_FIRST_BYTE, al
        mov al, dl
        out DMA_MODE, al
        pop ax
        out DMA_ADDRESS, al
        mov al, ah
        out DMA_ADDRESS, al
        shr eax, 16
        out DMA_PAGE, al
        mov ax, cx
        dec ax
        out DMA_COUNT, al
        mov al, ah
        out DMA_COUNT, al
        mov al, 0x02                ; open
        out DMA_MASK, al
        sti
        clc
.done:  pop edx
        pop eax
        ret
