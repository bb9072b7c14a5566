; modes: INT 10h function 00h, and everything that it leaves in the registers of the VGA and in
; the data area.
%include "report.inc.asm"

; The registers behind an index port: PORT, first, count, text
%macro INDEXED 4
        SAY %4
        mov cx, %3
        mov ah, %2
%%next: mov dx, %1
        mov al, ah
        out dx, al
        inc dx
        in al, dx
        call hex8
        mov al, ' '
        call put
        inc ah
        loop %%next
        call newline
%endmacro

main:
        mov si, modes
.mode:  lodsb
        cmp al, 0xff
        je .done
        mov [mode], al
        push si
        KNOWN
        movzx ax, byte [mode]
        CALL 0x10, "mode"
        call dump_all
        pop si
        jmp .mode
.done:  FINISH

dump_all:
        DUMP 0x40, 0x10, 2, "equipment"
        DUMP 0x40, 0x49, 0x1e, "40:49"
        DUMP 0x40, 0x84, 7, "40:84"
        mov dx, 0x3cc
        in al, dx
        call hex8
        call newline
        INDEXED 0x3c4, 0, 5, "sequencer"
        INDEXED 0x3ce, 0, 9, "graphics"
        mov dx, [0x463]
        mov [port], dx
        INDEXED [port], 0, 25, "crtc"
        SAY "attribute"
        mov cx, 21
        mov ah, 0
.next:  mov dx, [port]
        add dx, 6
        in al, dx
        mov dx, 0x3c0
        mov al, ah
        out dx, al
        inc dx
        in al, dx
        call hex8
        mov al, ' '
        call put
        inc ah
        loop .next
        mov dx, [port]
        add dx, 6
        in al, dx
        mov dx, 0x3c0
        mov al, 0x20
        out dx, al
        call newline
        SAY "dac"
        mov dx, 0x3c7
        mov al, 0
        out dx, al
        mov dx, 0x3c9
        mov cx, 768
.dac:   in al, dx
        call hex8
        cmp cl, 1
        jne .same_line
        call newline
.same_line:
        loop .dac
        call newline
        ; the first words of the memory
        DUMP 0xb800, 0, 4, "b800"
        DUMP 0xb800, 0x7ffc, 4, "b800 end"
        DUMP 0xb000, 0, 4, "b000"
        DUMP 0xa000, 0, 4, "a000"
        DUMP 0xa000, 0xfffc, 4, "a000 end"
        ret

mode:   db 0
port:   dw 0
modes:  db 3, 0, 1, 2, 4, 5, 6, 0x0d, 0x0e, 0x10, 0x11, 0x12, 0x13, 0x83, 3, 0x14, 0x3f, 7, 0x0f, 0xff
        times 63 * 512 - ($ - $$) db 0
