bits 64
section .text
global _start
_start:
  mov rax, 0xffffffff80000000
  mov rbx, [rel data1]
  mov rcx, [data1]
  mov rdx, data2
  lea rsi, [data2+rax*8]
  mov eax, [rsi+struct.b]
  mov [rdi+rcx*4+struct.c], al
  call far2
  jmp tbl
  times 3 jmp $
  times 2 nop
far2:
  times 130 nop
  jz _start
  jmp far2
  jmp tbl
  loop far2.x
.x: jmp short .x
tbl: dq _start, far2, tbl - _start, far2.x
 dd tbl - _start, 1.5, -2.25
 dw 'a', 'ab', "xyz"
 dt 3.14159
 db `a\n\x41\0`, 5, 'q'
 dq 'abcdefgh', 0x1234567890abcdef
struc struct
.a: resq 1
.b: resd 1
.c: resb 3
.d: resw 1
endstruc
 mov eax, struct_size
 istruc struct
 at struct.b, dd 7
 at struct.c, db 1,2,3
 iend
section .data align=16
data1: dq data2 - data1
data2: dd $-$$
 dq $$
 dq section..data.start
section .extra vstart=0x8000
 e1: dq e1
 mov rax, e1
 jmp e1
 lea rax,[rel e1]
section .bss
 b1: resb 10
 b2: resq 2
section .text
 mov rax, b2
 mov rbx, [b1]
