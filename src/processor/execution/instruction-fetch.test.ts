import assert from 'node:assert/strict';
import { runBare } from '../../machine/bare.testing';
import { LONG } from '../../machine/long-mode.testing';

/** Fetching where a segment or a page ends, and the translations that fetches go by. */

/** Prints a letter. */
const SAY = (letter: string): string => `mov al, '${letter}'\nout 0xe9, al\n`;

const CASES: readonly (readonly [what: string, source: string, printed: string])[] = [
  [
    'runs code under a code segment that begins in the middle of a page',
    `org 0x7c00
     xor cx, cx
     jmp 0x7c0:(inner - 0x7c00)
     inner: ${SAY('a')} call other
     ${SAY('c')} inc cx
     cmp cx, 2
     jb inner
     hlt
     other: ${SAY('b')} ret`,
    'abcabc',
  ],
  [
    'raises #GP for an instruction that reaches beyond the code segment',
    `org 0x7c00
     mov word [13 * 4], general
     mov word [13 * 4 + 2], 0
     mov word [0xfffe], 0xb890
     jmp 0:0xfffe
     general: ${SAY('G')} pop ax
     cmp ax, 0xffff
     jne wrong
     ${SAY('i')} hlt
     wrong: ${SAY('!')} hlt`,
    'Gi',
  ],
  [
    'raises #PF at the second page of an instruction, and runs it once the page is there',
    LONG(
      `mov word [0x4fffe], 0xb890           ; nop; mov eax, ...
       mov dword [0x50000], 'y'
       mov byte [0x50004], 0xc3
       mov dword [0x13000 + 0x50 * 8], 0
       mov word [idt + 14 * 16], missing
       invlpg [0x50000]
       mov ebx, 0x4fffe
       call rbx
       out 0xe9, al
       cli
       hlt
       missing: mov rax, cr2
       cmp rax, 0x50000
       jne .wrong
       mov al, 'F'
       out 0xe9, al
       mov dword [0x13000 + 0x50 * 8], 0x50007
       add rsp, 8
       iretq
       .wrong: mov al, '!'
       out 0xe9, al`,
    ),
    'Fy',
  ],
  [
    'forgets a whole 2-MByte page by INVLPG (stale pieces)',
    LONG(
      `mov dword [0x12008], 0x200087        ; 2 MBytes at 2 MBytes
       mov al, [0x200000]
       mov byte [0x20a000], 'b'
       mov dword [0x12008], 0x87
       mov al, [0x20a000]                  ; still the old translation
       out 0xe9, al
       invlpg [0x2ff000]
       mov al, [0x20a000]
       or al, ' '
       out 0xe9, al`,
    ),
    'b ',
  ],
];

describe('instruction fetch', () => {
  for (const [what, source, printed] of CASES) {
    // The reference has no TLB for data, so nothing in it can be stale.
    const engines = what.includes('stale')
      ? (['interpreter'] as const)
      : (['interpreter', 'reference'] as const);
    for (const engine of engines) {
      it(`${what} (${engine})`, async () => {
        const { text, stop } = await runBare(source, engine);
        assert.equal(text, printed);
        assert.equal(stop.kind, 'idle');
      });
    }
  }
});
