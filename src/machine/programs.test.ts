import assert from 'node:assert/strict';
import { runBare } from './bare.testing';
import { LONG } from './long-mode.testing';

/** What system software relies on, as small programs that print letters to the debug console. */

/** Prints a letter. */
const SAY = (letter: string): string => `mov al, '${letter}'\nout 0xe9, al\n`;

/** Real mode: a handler for an exception vector. */
const HOOK = (vector: number, handler: string): string =>
  `mov word [${String(vector)} * 4], ${handler}\nmov word [${String(vector)} * 4 + 2], 0\n`;

const CASES: readonly (readonly [what: string, source: string, printed: string])[] = [
  [
    'runs code that it has just written',
    `org 0x7c00
     mov byte [patch + 1], 'b'
     jmp patch
     patch: mov al, 'a'
     out 0xe9, al
     mov byte [patch + 1], 'c'
     cmp al, 'c'
     jne patch
     hlt`,
    'bc',
  ],
  [
    'runs instructions that cross a page boundary, changed ones too',
    `org 0x7c00
     jmp crossing
     times 0x8000 - 0x7c00 - ($ - $$) - 1 nop
     crossing: mov ax, 'x'
     out 0xe9, al
     inc byte [crossing + 1]
     cmp al, 'z'
     jne crossing
     hlt`,
    'xyz',
  ],
  [
    'raises #GP for an access beyond the segment and #SS for one of the stack',
    `org 0x7c00
     ${HOOK(13, 'general')} ${HOOK(12, 'stack')}
     mov bx, 0xffff
     mov ax, [bx]
     second: mov bp, 0xffff
     mov ax, [bp]
     third: hlt
     general: ${SAY('G')} mov bp, sp
     mov word [bp], second
     iret
     stack: ${SAY('S')} mov bp, sp
     mov word [bp], third
     iret`,
    'GS',
  ],
  [
    'divides by zero with RIP at the division',
    `org 0x7c00
     ${HOOK(0, 'handler')}
     xor cx, cx
     here: div cx
     hlt
     handler: mov bp, sp
     cmp word [bp], here
     jne .no
     ${SAY('y')}
     .no: hlt`,
    'y',
  ],
  [
    'single-steps with TF, one #DB after each instruction, and none for the POPF itself',
    `org 0x7c00
     ${HOOK(1, 'step')}
     pushf
     or byte [0x7000 - 1], 1
     popf
     nop
     nop
     pushf
     and byte [0x7000 - 1], 0xfe
     popf
     hlt
     step: push ax
     ${SAY('s')} pop ax
     iret`,
    'sssss',
  ],
  [
    'delivers the timer interrupt only after the instruction behind STI',
    `org 0x7c00
     ${HOOK(8, 'timer')}
     mov al, 0xfe
     out 0x21, al
     mov al, 0x11
     out 0x20, al
     mov al, 8
     out 0x21, al
     mov al, 4
     out 0x21, al
     mov al, 1
     out 0x21, al
     mov al, 0xfe
     out 0x21, al
     mov al, 0x30
     out 0x43, al
     mov al, 1
     out 0x40, al
     mov al, 0
     out 0x40, al
     mov cx, 1000
     wait_for: loop wait_for
     sti
     mov bl, 1
     cli
     hlt
     timer: mov al, 't'
     add al, bl
     out 0xe9, al
     iret`,
    'u',
  ],
  [
    'calls and jumps through a 16-bit far pointer in memory',
    `org 0x7c00
     mov ebx, pointer
     call far [bx]
     mov word [bx], there
     jmp far [ebx]
     routine: ${SAY('c')} retf
     there: ${SAY('j')} hlt
     pointer: dw routine, 0`,
    'cj',
  ],
  [
    'calls and returns far, and loads far pointers',
    `org 0x7c00
     call 0:far_routine
     les bx, [pointer]
     mov ax, es
     cmp ax, 0x1234
     jne no
     cmp bx, 0x5678
     jne no
     ${SAY('p')}
     no: hlt
     far_routine: ${SAY('f')} retf
     pointer: dw 0x5678, 0x1234`,
    'fp',
  ],
  [
    'faults with its error code where a page is missing',
    LONG('mov eax, [0x50000]', 'mov dword [0x13000 + 0x50 * 8], 0'),
    'Pa',
  ],
  [
    'faults where a page is read-only: for the kernel too with CR0.WP',
    LONG('mov [0x50000], eax', 'mov dword [0x13000 + 0x50 * 8], 0x50001'),
    'Pd',
  ],
  [
    'faults where code is not executable',
    LONG('mov eax, 0x50000\njmp rax', 'mov dword [0x13000 + 0x50 * 8 + 4], 0x80000000'),
    'Pr',
  ],
  [
    'faults on reserved bits',
    LONG('mov eax, [0x50000]', 'mov dword [0x13000 + 0x50 * 8 + 4], 0x00080000'),
    'Pj',
  ],
  [
    'keeps a stale translation until INVLPG',
    LONG(`mov eax, [0x50000]
      mov dword [0x13000 + 0x50 * 8], 0
      mov eax, [0x50000]
      ${SAY('s')} invlpg [0x50000]
      mov eax, [0x50000]`),
    'sPa',
  ],
  [
    'sets accessed and dirty flags in the tables',
    LONG(`mov eax, [0x50000]
      mov eax, [0x13000 + 0x50 * 8]
      and eax, 0x60
      cmp eax, 0x20
      jne .no
      mov [0x50000], eax
      mov eax, [0x13000 + 0x50 * 8]
      and eax, 0x60
      cmp eax, 0x60
      jne .no
      ${SAY('d')}
      .no:`),
    'd',
  ],
  ['keeps ring 3 from privileged instructions', LONG('mov ebx, user\njmp to_user', '', 'cli'), 'G'],
  [
    'keeps ring 3 from pages of the kernel',
    LONG(
      'mov ebx, user\njmp to_user',
      'mov dword [0x13000 + 0x50 * 8], 0x50003',
      'mov eax, [0x50000]',
    ),
    'Pf',
  ],
  [
    'checks alignment in ring 3 with CR0.AM and RFLAGS.AC, after the page, and in ring 0 never',
    LONG(
      `mov rax, cr0
       bts rax, 18
       mov cr0, rax
       pushfq
       bts qword [rsp], 18
       popfq
       mov eax, [0x40001]
       mov ebx, user
       jmp to_user`,
      'mov dword [0x13000 + 0x50 * 8], 0x50003',
      `mov eax, [0x40001]
       pushfq
       bts qword [rsp], 18
       popfq
       mov eax, [0x40004]
       mov [0x40003], al
       inc word [0x40002]
       mov rax, [0x40005]`,
    ),
    'A',
  ],
  [
    'prefers the page fault to the alignment check',
    LONG(
      'mov rax, cr0\nbts rax, 18\nmov cr0, rax\nmov ebx, user\njmp to_user',
      'mov dword [0x13000 + 0x50 * 8], 0x50003',
      'pushfq\nbts qword [rsp], 18\npopfq\nmov [0x50001], eax',
    ),
    'Ph',
  ],
  [
    'calls an inner ring of 64-bit code through a gate, and comes back by RETF',
    LONG(
      `mov word [gdt + 0x40], handler
       mov dword [gdt + 0x42], 0xec000018
       mov ebx, user
       jmp to_user
handler: mov ax, cs
       add al, 'a' - 0x18
       out 0xe9, al
       mov ax, ss
       add al, 'b'
       out 0xe9, al
       cmp qword [rsp + 16], 0x5ff0 ; the caller's RSP, then its SS
       jne $
       cmp qword [rsp + 24], 0x23
       jne $
       o64 retf`,
      '',
      `mov rsp, 0x5ff0
       call far dword [rel .gate]
       cli                         ; in ring 3 again: #GP
.gate: dd 0
       dw 0x43`,
    ),
    'abG',
  ],
  [
    'keeps ring 3 from a call gate of ring 0',
    LONG(
      'mov dword [gdt + 0x42], 0x8c000018\nmov ebx, user\njmp to_user',
      '',
      'call far dword [rel .gate]\n.gate: dd 0\ndw 0x43',
    ),
    'G',
  ],
  [
    'copies parameters to the inner stack of a call gate in protected mode, and RETF n drops them from both',
    `org 0x7c00
     cli
     lgdt [gdtr]
     mov eax, cr0
     or al, 1
     mov cr0, eax
     jmp 8:protected
     bits 32
     protected: mov ax, 16
     mov ds, ax
     mov es, ax
     mov ss, ax
     mov esp, 0x7000
     mov word [gate], handler
     mov word [gate + 8], done
     mov eax, tss
     mov [tssd + 2], ax
     mov ax, 0x30
     ltr ax
     push 0x23
     push 0x6000
     push 0x3002                    ; IOPL 3: ring 3 may print, too
     push 0x2b
     push user
     iretd
     user: push dword 'x'
     push dword 'y'
     call 0x38:0                    ; the offset is ignored
     cmp esp, 0x6000
     jne $
     ${SAY('u')} call 0x40:0
     done: hlt
     handler: mov eax, [esp + 12]   ; the last one pushed lies nearest: EIP, CS, y, x, ESP, SS
     out 0xe9, al
     mov eax, [esp + 8]
     out 0xe9, al
     cmp dword [esp + 16], 0x5ff8
     jne $
     mov ax, cs
     add al, '0'
     out 0xe9, al
     retf 8
     align 8
     gdt: dq 0, 0x00cf9a000000ffff, 0x00cf92000000ffff, 0
     dq 0x00cff2000000ffff, 0x00cffa000000ffff
     tssd: dq 0x0000890000000067
     gate: dw 0, 8, 0xec02, 0
     dw 0, 8, 0xec00, 0
     gdtr: dw $ - gdt - 1
     dd gdt
     tss: dd 0, 0x5000, 16
     times 104 - ($ - tss) db 0`,
    'xy8u',
  ],
  [
    'keeps ring 3 from the stack of ring 0 after an interrupt has written to it',
    LONG(
      'mov ebx, user\njmp to_user',
      'and dword [0x13000 + 6 * 8], ~4',
      'int 1\nmov rax, [0x6ff0]',
    ),
    'TPf',
  ],
  ['keeps ring 3 from ports', LONG('mov ebx, user\njmp to_user', '', 'in al, 0x60'), 'G'],
  [
    'delivers a double fault on a stack of its own',
    LONG(
      'mov rsp, 0x50008\nmov eax, [0x50000]',
      'mov dword [0x13000 + 0x50 * 8], 0\nmov dword [0x13000 + 0x4f * 8], 0',
    ),
    'D4',
  ],
  [
    'obeys SMEP',
    LONG(
      'mov rax, cr4\nor eax, 1 << 20\nmov [0x40000], eax\nmov ebx, 0x50000\nmov byte [rbx], 0xc3\nand dword [0x13000 + 7 * 8], ~4\nand dword [0x13000 + 8 * 8], ~4\nmov cr4, rax\ncall rbx',
    ),
    'Pr',
  ],
  [
    'obeys SMAP, and STAC-like RFLAGS.AC',
    LONG(`and dword [0x13000 + 7 * 8], ~4
      and dword [0x13000 + 6 * 8], ~4
      and dword [0x13000 + 8 * 8], ~4
      mov rax, cr4
      or eax, 1 << 21
      mov cr4, rax
      pushfq
      or dword [rsp], 1 << 18
      popfq
      mov eax, [0x50000]
      ${SAY('a')} pushfq
      and dword [rsp], ~(1 << 18)
      popfq
      mov eax, [0x50000]`),
    'aPb',
  ],
];

const ENGINES = ['interpreter', 'reference'] as const;

describe('programs on the bare computer', () => {
  for (const [what, source, printed] of CASES) {
    // The reference has no TLB, so nothing in it can be stale.
    const engines = what.includes('stale') ? (['interpreter'] as const) : ENGINES;
    for (const engine of engines) {
      it(`${what} (${engine})`, async () => {
        const { text, stop } = await runBare(source, engine);
        assert.equal(
          text,
          printed,
          JSON.stringify(stop, (_k, v: unknown) => (typeof v === 'bigint' ? v.toString(16) : v)),
        );
        assert.equal(stop.kind, 'idle');
      });
    }
  }
});
