; crtc: the CRT controller's registers by their ports: both addresses, protection of registers 0 to 7,
; what can be read back, where the picture begins; sequencer and graphics registers, their widths.
%include "report.inc.asm"
%include "ports.inc.asm"

; All registers behind an index port are written with a value and read again: port, count, value, text
%macro BACK 4
        SAY %4
        xor bl, bl
%%next: mov dx, %1
        mov al, bl
        out dx, al
        inc dx
        in al, dx
        mov ah, al                  ; what was there
        mov al, %3
        out dx, al
        in al, dx
        xchg al, ah
        out dx, al
        mov al, ah
        call hex8
        call space
        inc bl
        cmp bl, %2
        jne %%next
        call newline
%endmacro

main:   mov ax, 3
        int 0x10
        BACK 0x3d4, 25, 0xff, "crtc, protected"
        mov dx, 0x3d4
        mov ax, 0x0e11              ; protection off
        out dx, ax
        SAY "crtc 0-7, not protected"
        xor bl, bl
.next:  mov dx, 0x3d4
        mov al, bl
        out dx, al
        inc dx
        in al, dx
        mov ah, al
        mov al, 0xa5
        out dx, al
        in al, dx
        xchg al, ah
        out dx, al
        mov al, ah
        call hex8
        call space
        inc bl
        cmp bl, 8
        jne .next
        call newline
        SHOW8 0x3d4, "index"
        OUT8 0x3d4, 0x7f
        SHOW8 0x3d4, "index 7f"
        BACK 0x3c4, 5, 0xff, "sequencer"
        BACK 0x3ce, 9, 0xff, "graphics"
        ; the miscellaneous output register moves the CRT controller to 3B4h
        SHOW8 0x3cc, "misc"
        OUT8 0x3d4, 0x0f
        OUT8 0x3d5, 0x5a
        OUT8 0x3c2, 0x66
        SHOW8 0x3cc, "misc written"
        OUT8 0x3b4, 0x0f
        SHOW8 0x3b5, "crtc at 3b5"
        SHOW8 0x3d5, "nothing at 3d5"
        OUT8 0x3c2, 0x67
        SHOW8 0x3d5, "crtc at 3d5"
        SHOW8 0x3c2, "input status 0"
        SHOW8 0x3ca, "feature control"
        ; retrace comes and goes
        mov dx, 0x3da
        mov ecx, 10000000
.on:    in al, dx
        test al, 8
        a32 loopz .on
        jz .never
.off:   in al, dx
        test al, 8
        a32 loopnz .off
        jnz .never
        SAY "retrace comes and goes"
        FINISH
.never: SAY "no retrace"
        FINISH
