; A program for the language suite.
%include "part.inc"
%define FAST 1

        org 0x7c00
COUNT   equ 3

; Puts a character.
; %1: the character
%macro put 1-2 0
        mov al, %1
        out PORT, al
%endmacro

struc task
.pid:   resd 1
.name:  resb 8
endstruc

start:  mov cx, COUNT               ; from here
.again: put 'x'
        loop .again
        sgdt [descriptor]
        mov bx, task.name
        call helper
        cpuid
        jmp start

%ifdef NEVER
        jmp start
%endif

section .data
descriptor: dw 0
        dd start
