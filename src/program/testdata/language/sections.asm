org 0x1000
section .text
a: dd a
section .v vstart=0x8000
b: dd b, 1, 2
section .w
c: dd c
section .x align=16 follows=.text
d: dd d
section .y start=0x2000
e: dd e
section .z vfollows=.text valign=64
f: dd f
section .q
g: dd g
section .bss
h: resb 3
section .b2 nobits vstart=0x9000
i: resb 4
section .b3 nobits
j: resb 4
section .text
dd h, i, j
