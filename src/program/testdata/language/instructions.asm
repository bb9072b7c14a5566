bits 32
 db 'hello', "it's", `tab\t\x7f\101\u263a\e`
 dw 'a','ab','abc','abcd'
 dd 'a','abc','abcde'
 dq 'abcdefghi'
 dd 1.0, 1e10, 1.e+10, 0x1.8p3, -0.5, __?Infinity?__, __?NaN?__, __Infinity__
 dq 1.2, 1e-300, 4.9e-324, 1.7976931348623157e308
 dt 1.2, 1e4000, -3.5
 dw 1.5
 do 1.0
 dd __float32__(2.5), __?float32?__(-1.5)
 dq __float64__(2.5)
 dw __utf16__('hi'), __utf16le__("x")
 dd __utf32__('hi')
 db 10q, 10o, 0o17, 0q17, 10d, 0d10, 11y, 0y11, 0b1_0, 1010_1010b, 0xf_f, $0f, 0ah, 0h1f
 db -1, ~5, !0, !5, 5 && 0, 5 || 0, 3 ^^ 3, 5 ? 6 : 7
 dd 7/2, -7/2, -7//2, -7 % 3, -7 %% 3, 1<<4, -1>>28, -16>>>2, 1<<<3
 db 1<2, 2<=1, 3<>3, 3!=4, 4==4, 4=5
 dw $-$$, $$-$+100
a: dw b-a
b: db (b-a)*2, (b-a)<<1
x equ $-a
 db x
 resb 3
 resw 2
 resd 1
 resq 1
 rest 1
 reso 1
 times 3 dw 1,2
 times 2*2 db 0
 db 2 dup (1, 3 dup (2), ?)
 dw 2 dup ?
 db 3 dup word (1)
 dd a, b-a
 dw a
 alignb 16
 align 8
 align 8, db 1
 db 1
 align 4, db 0xff
 db ?
 dw ?,?
.l: dw .l
c.d: dw c.d
..@foo: dw ..@foo
.m: dw .m, b.l
$mov: dw $mov
$eax: dd $eax
 mov eax, $eax
 mov eax, [$eax]
_start.x:
 mov eax, _start.x
 ; struct
struc mytype
 mt_long: resd 1
 mt_word: resw 1
 mt_byte: resb 1
 alignb 4
 mt_str: resb 32
endstruc
struc mt2, -4
.a: resd 1
.b: resd 1
endstruc
struc mt3
.long: resd 1
.word: resw 1
endstruc
 dd mytype_size, mt_str, mt2.b, mt2_size, mt3.word
mystruc: istruc mytype
 at mt_long, dd 123456
 at mt_word, dw 1024
 at mt_str, db 'hello', 13,10,0
 iend
 istruc mt3
 at mt3.long, dd 1
 at mt3.word, dw 7
 iend
 istruc mt3
 at .word, dw 7
 iend
absolute 0x1A
 kbuf_chr resw 1
 kbuf_free resw 1
 kbuf resw 16
section .text
 dw kbuf, kbuf_free
[section .data]
 db 1
__SECT__
section .text
 mov ax, [kbuf]
 [bits 16]
 mov ax, bx
 bits 32
 wait
 fwait
 rep
 movsb
 lock
 add [eax], ecx
 es lodsb
 es movsb
 cs mov al, [ebx]
 mov al, [cs:ebx]
 a16 lodsb
 xlatb
 a16 xlatb
 jmp short $+2
 jecxz $
 jmp far [ebx]
 jmp far word [ebx]
 call far dword [ebx]
 call word [ebx]
 jmp dword [ebx]
 jmp near [ebx]
 jmp word 8:5
 push byte 5
 push word 5
 push dword 5
 push strict byte 5
 push strict dword 5
 ret 4
 retn
 enter 5,1
 int3
 in al,dx
 bound eax,[ebx]
 mov eax,[ebx+ecx*4+x]
 mov eax,[x+ebx]
 mov eax,[4*ecx+ebx]
 mov eax,[ebx*1+ecx]
 mov eax,[ebp*2]
 mov eax,[nosplit ebx*2]
 mov eax,[ebx*3+5]
 mov eax,[(ebx+5)*2]
 mov eax,[ebx+ebx]
 mov eax,[ebx+2*ebx]
 mov eax,[byte ebx+5]
 mov eax,[dword ebx+5]
 mov eax,[dword ebx]
 mov eax,[byte ebx]
 mov eax,[esp]
 mov eax,[esp+ebp]
 mov eax,[ebp+esp]
 mov eax,[ebp+eax]
 mov eax,[eax+ebp]
 mov al,[a32 ds:5]
 mov al,[a16 5]
 mov al,[word 5]
 cmpxchg [ebx],al
 imul eax,[ebx],5
 imul eax,5
 imul eax,strict dword 5
 add eax,strict dword 5
 add eax,byte 5
 add ecx, -128
 add ecx, 128
 add cx, 0xff80
 add cx, 65535
 and ebx, ~3
 or dword [ebx], 1<<31
 shl eax,1
 shl eax,byte 1
 sal byte [ebx],cl
 test [ebx],al
 xchg [ebx],al
 xchg al,[ebx]
 xchg eax,ebx
 xchg ebx,eax
 xchg ebx,ecx
 bt eax,31
 bt [ebx],eax
 movzx eax,byte [ebx]
 movzx ax,[ebx]
 movsx eax,ax
 cmpsd
 movsd
 cmpsd xmm0,xmm1,3
 movsd xmm0,[ebx]
 cmpltps xmm1,xmm2
 fld st3
 fld dword [ebx]
 fadd
 faddp st3
 faddp st3,st0
 fadd st2
 fadd to st2
 fadd st2,st0
 fcomi st1
 fxch st3
 fstp st1
 fnstsw ax
 fstsw [ebx]
 fsave [ebx]
 fild qword [ebx]
 fist word [ebx]
 sgdt [ebx]
 smsw ax
 smsw ebx
 ltr [ebx]
 lar eax,ax
 str [ebx]
 monitor
 mwait
 loopne $
 loop $, cx
 loopz $, ecx
 sysenter
 verr ax
 cmovz eax,[ebx]
 prefetcht0 [ebx]
 pshufw mm1,mm2,3
 movd mm0,eax
 movq mm0,[ebx]
 pinsrw xmm0,eax,1
 pextrw eax,xmm0,1
 movnti [ebx],eax
 maskmovq mm0,mm1
 vaddps xmm0,xmm1,xmm2
 vaddps xmm0,xmm2
 vmovaps zmm0,zmm1
 vaddps zmm0{k1}{z},zmm1,[ebx]{1to16}
 vaddps zmm0,zmm1,zmm2,{rn-sae}
 vaddps zmm0,zmm1,zmm2,{rz-sae}
 vcmpps k1,zmm0,zmm1,{sae},3
 vpcmpeqd k1,zmm0,zmm1
 vgatherdps xmm0,[eax+xmm1*4],xmm2
