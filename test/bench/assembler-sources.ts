/** Sources that macros and repetitions make long, of the kinds that are written for lessons; each gives about `lines` lines. */

/** A source whose macros expand to about `lines` lines, each with numbers of its own. */
export function macros(lines: number): string {
  const each = 9;
  return `bits 32
org 0x100000
%macro put 2
%%again:
  mov eax, %1
  add ebx, %2
  cmp eax, ebx
  je %%done
  mov [table + %2*4], eax
  push eax
  call work
  jmp %%again
%%done: inc ecx
%endmacro
%assign n 0
%rep ${String(Math.ceil(lines / each))}
  put n, (n & 63)
%assign n n+1
%endrep
work: ret
table: times 64 dd 0
`;
}

/** Entry points as of interrupts, whose jumps reach near and far, and a table of them. */
export function tables(lines: number): string {
  const count = 2 * Math.ceil(lines / 24);
  return `bits 32
org 0x100000
%assign n 0
%rep ${String(count)}
%assign group n & ~31
%assign other n ^ 1
entry_%+n:
  push dword n
  cmp eax, n * 8
  jb .small
  times (n & 7) nop
  jmp entry_%+group
.small:
  mov ecx, [table + n*4]
  jz entry_%+other
%assign n n+1
%endrep
align 16
table:
%assign n 0
%rep ${String(count)}
  dd entry_%+n
  dw (entry_%+n - $$) & 0xffff, n
%assign n n+1
%endrep
`;
}

/** Constants that build on each other, labels, and data made of them. */
export const constants = (lines: number): string => `bits 64
org 0x200000
field_0 equ 0
%assign n 1
%rep ${String(Math.ceil(lines / 8))}
%assign before n-1
size_%+n equ 4 + (n & 3) * 4
field_%+n equ field_%+before + size_%+n
value_%+n: dd field_%+n, value_%+n - $$
  dq value_%+n + 8, 1 << (n & 63)
  db 'name', 0, n & 255
  mov eax, [rbx + (field_%+n & 0xfff)]
%assign n n+1
%endrep
`;

/** Macros that call each other: contexts, conditions, default parameters, numbers counted along, local labels. */
export const nested = (lines: number): string => `bits 32
org 0x100000
%define COUNTER ecx
%define slot(i) [ebp - 4 * (i)]
%assign depth 0
%macro if 3
  %push if
  %assign depth depth+1
  cmp %1, %3
  j%-2 %$else
%endmacro
%macro else 0
  %define %$other
  jmp %$end
%$else:
%endmacro
%macro endif 0
  %assign depth depth-1
%ifdef %$other
%$end:
%else
%$else:
%endif
  %pop
%endmacro
%macro store 2-3 eax
  mov %3, %2
  %if %1 > 100
  mov dword slot(%1 & 15), %2
  %else
  mov slot(%1 & 15), %3
  %endif
%endmacro
%macro step 1
.at_%1:
  if eax, e, %1
    store %1, %1 * 4
    dec COUNTER
  else
    store 7, 1, ebx
  endif
  loop .at_%1
%endmacro
%assign n 0
%rep ${String(Math.ceil(lines / 45))}
%if n % 20 == 0
routine_%+n:
  %xdefine here routine_%+n
%endif
  step n
  if edx, ne, n
  store n, 2
  call here
  endif
%assign n n+1
%endrep
`;
