%use smartalign
%macro row 1
  alignmode %1
%assign n 1
%rep 12
  align 32, db 0
  times 32 - n db 0
  align 32
%assign n n + 1
%endrep
  alignmode %1, 40
  align 64
%endmacro
%macro all 1
  bits %1
  row nop
  row generic
  row k8
  row p6
%endmacro
  all 16
  all 32
  all 64
