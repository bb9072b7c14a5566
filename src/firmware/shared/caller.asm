; caller: how a service reaches the registers of whoever called it.
;
; A service saves every register first, and BP points to them. So it may use all registers as it
; likes, and what it answers it writes into the saved ones: "mov [bp + caller.ax], ax". Whatever it
; does not write, the caller gets back as it was; flags too, because IRET takes them from the stack.

struc caller
.edi:   resd 1                      ; what PUSHAD leaves, from the last to the first
.esi:   resd 1
.ebp:   resd 1
.esp:   resd 1
.ebx:   resd 1
.edx:   resd 1
.ecx:   resd 1
.eax:   resd 1
.es:    resw 1
.ds:    resw 1
.ip:    resw 1                      ; what INT leaves
.cs:    resw 1
.flags: resw 1
endstruc

caller.di equ caller.edi
caller.si equ caller.esi
caller.bx equ caller.ebx
caller.dx equ caller.edx
caller.cx equ caller.ecx
caller.ax equ caller.eax
caller.bp equ caller.ebp
caller.al equ caller.eax
caller.ah equ caller.eax + 1
caller.bl equ caller.ebx
caller.bh equ caller.ebx + 1
caller.cl equ caller.ecx
caller.ch equ caller.ecx + 1
caller.dl equ caller.edx
caller.dh equ caller.edx + 1

FLAG_CARRY     equ 0x0001
FLAG_ZERO      equ 0x0040
FLAG_INTERRUPT equ 0x0200

; The first lines of a service. Registers keep the caller's values, but BP -> caller, DS = the BIOS
; data area, and strings go up.
%macro SAVE_CALLER 0
        push ds
        push es
        pushad
        mov bp, sp
        cld
        push DATA_AREA
        pop ds
%endmacro

; The last lines of a service.
%macro RETURN_TO_CALLER 0
        popad
        pop es
        pop ds
        iret
%endmacro

; Most services return CF = 0 when they have done what they were asked, and CF = 1 when not.
%macro TELL_SUCCESS 0
        and byte [bp + caller.flags], ~FLAG_CARRY & 0xff
%endmacro

%macro TELL_FAILURE 0
        or byte [bp + caller.flags], FLAG_CARRY
%endmacro

; INT has turned interrupts off. What takes long has them as the caller had them.
%macro INTERRUPTS_AS_CALLER 0
        test word [bp + caller.flags], FLAG_INTERRUPT
        jz %%off
        sti
%%off:
%endmacro
