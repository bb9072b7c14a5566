%ifndef F3_INC
%define F3_INC
%macro PROLOGUE 0
 push bp
 mov bp, sp
%endmacro
%macro two 2
 dw %1+%2
%endmacro
%endif
