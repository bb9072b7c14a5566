org 0x100
%define a 1
%define b a+1
%xdefine c b
%define a 5
 dw a, b, c
%define f(x) x*2
%define g(x,y) x+y
 dw f(3), f(1+2), g(f(1),2)
%define cat(x,y) x %+ y
 dw cat(1,2), cat(a,b)
 cat(mo,v) ax, 5
ab equ 77
%idefine FoO 9
 dw foo, FOO
%assign i 3*4
 dw i
%assign i i+1
 dw i
%undef a
%ifdef a
 db 1
%else
 db 0
%endif
%ifidn abc, abc
 db 'Y'
%endif
%ifidni abc, ABC
 db 'Y'
%endif
%ifnidn {a,b}, {a,b}
 db 'N'
%endif
%ifnum 5
 db 5
%endif
%ifnum -5
 db 6
%endif
%ifstr 'x'
 db 7
%endif
%ifid xyz
 db 8
%endif
%iftoken xyz
 db 9
%endif
%ifempty
 db 10
%endif
%if 0
%elif 1
 db 11
%elif 1
 db 12
%else
 db 13
%endif
%ifn 0
 db 14
%endif
%macro retz 0
 jnz %%skip
 ret
%%skip:
%endmacro
 retz
 retz
%macro writefile 2+
 jmp %%endstr
%%str: db %2
%%endstr: mov dx, %%str
 mov cx, %%endstr-%%str
 mov bx, %1
%endmacro
 writefile [fh], "hello", 13, 10
fh: dw 0
%macro die 0-1 "Painful program death has occurred."
 db %1
%endmacro
 die
 die "x"
%macro keytab 2-5 7,8,9
 db %1,%2,%3,%4,%5
%endmacro
 keytab 1,2
 keytab 1,2,3
%macro multipush 1-*
%rep %0
 push %1
%rotate 1
%endrep
%endmacro
%macro multipop 1-*
%rep %0
%rotate -1
 pop %1
%endrep
%endmacro
 multipush ax,bx,cx
 multipop ax,bx,cx
%macro retc 1
 j%-1 %%skip
 ret
%%skip:
 j%+1 %%skip
%endmacro
 retc z
 retc nc
%macro pos 1
p%1: dw 1
p_%1_x: dw p%1
%{1}q: dw p_%1_x
%endmacro
 pos abc
%macro rng 1-*
 db %{1:2}, %{-1:1}
%endmacro
 rng 1,2,3,4
%assign j 0
%rep 10
%if j > 4
%exitrep
%endif
 db j
%assign j j+1
%endrep
%push foo
%$lab: dw %$lab
%define %$x 7
 db %$x
%push bar
%$lab: dw %$lab, %$$lab
%assign %$n 3
 db %$n
%pop
 db %$x
%ifctx foo
 db 'c'
%endif
%pop foo
%macro rep_ 0
 %push repeat
 %$begin:
%endmacro
%macro until 1
 j%-1 %$begin
 %pop
%endmacro
 rep_
 dec cx
 until z
%strlen len 'my string'
 db len
%substr s1 'xyzw' 2
 db s1
%substr s2 'xyzw' 2,2
 db s2
%substr s3 'xyzw' 2,-1
 db s3
%substr s4 'xyzw' 2,-2
 db s4
%strcat s5 "Alpha: ", 'x', '12" screen'
 db s5
%defstr d1 TEST it
 db d1
%deftok d2 'dw 0x55'
 d2
 dw __LINE__
 db __BITS__
