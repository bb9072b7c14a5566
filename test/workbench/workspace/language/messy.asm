start: mov ax,1 ; one
  mov   bx,2 ; two
 .loop: jmp .loop
