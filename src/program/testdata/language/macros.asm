org 0x7c00
bits 16
%include "macros-included.asm"
start: PROLOGUE
 %ifmacro PROLOGUE
 db 1
 %endif
 %ifmacro two 2
 db 2
 %endif
 %ifmacro two 3-*
 db 3
 %endif
 %if $-$$ > 2
 db 4
 %endif
 %if start == $$
 db 5
 %endif
 %assign pos $-$$
 dw pos
%rep 3
 nop
%endrep
later:
%macro outer 1
 %macro inner_%1 1
  dw %1, %%l
  %%l:
 %endmacro
%endmacro
 outer a
 inner_a 5
%define TBL(n) tbl_ %+ n
TBL(one): dw TBL(one)
%macro push_all 0-*
 %assign %%k 0
 %rep %0
  push %1
  %rotate 1
  %assign %%k %%k+1
  %rotate 1
 %endrep
 dw %%k
%endmacro
 push_all ax, bx, cx
 push_all
%macro push 1
 db 0xfe
 push %1
%endmacro
 push ax
%unmacro push 1
 push ax
%imacro MiXed 1
 db %1
%endmacro
 mixed 5
%macro opt 0-2 'a','b'
 db %0, %1, %2
%endmacro
 opt
 opt 'x'
 opt 'x','y'
%macro lbl 1
%00: dw %1
%endmacro
here1 lbl 5
here2: lbl 6
 dw here1, here2
%macro brace 2
 db %1
 dw %2
%endmacro
 brace {1,2,3}, {4,5}
 brace "a,b", 7
%define empty
%ifempty empty
 db 'E'
%endif
%xdefine list 1
%xdefine list list,2
%xdefine list list,3
 db list
%define str "abc"
%ifstr str
 db str
%endif
%ifidn str, "abc"
 db 'S'
%endif
%substr ch str 2
%if ch == 'b'
 db 'B'
%endif
%macro case 2
%if %1 = %2
 db 'T'
%elif %1 > %2
 db 'G'
%else
 db 'L'
%endif
%endmacro
 case 1,2
 case 2,2
 case 3,2
%define ONE 1
%define SEL(x) VAL_%+x
%define VAL_1 0x42
 db SEL(ONE)
%define v%[ONE] 9
 db v1
