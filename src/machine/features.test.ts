import assert from 'node:assert/strict';
import { runBare } from './bare.testing';
import { LONG } from './long-mode.testing';

/** Features that the profile claims, and registers that refuse what the manual forbids. */

const SAY = (letter: string): string => `mov al, '${letter}'\nout 0xe9, al\n`;

/** WRMSR of a 64-bit value. */
const WRMSR = (number: string, value: string): string =>
  `mov ecx, ${number}\nmov rax, ${value}\nmov rdx, rax\nshr rdx, 32\nwrmsr\n`;

const CASES: readonly (readonly [what: string, source: string, printed: string])[] = [
  [
    'STAC lets the kernel touch a user page under SMAP, CLAC forbids it again',
    // The pages of code and stack become the kernel's; the others stay the user's.
    LONG(`and dword [0x13000 + 7 * 8], ~4
          and dword [0x13000 + 6 * 8], ~4
          and dword [0x13000 + 8 * 8], ~4
          mov rax, cr4
          or eax, 1 << 21
          mov cr4, rax
          stac
          mov eax, [0x50000]
          ${SAY('s')}
          clac
          mov eax, [0x50000]`),
    'sPb',
  ],
  ['FWAIT obeys CR0.TS where CR0.MP is set', LONG(`fwait\n${SAY('w')}`), 'w'],
  [
    'MTRRs take memory types, and nothing else',
    LONG(`${WRMSR('0x2ff', '0xc06')}${SAY('t')}${WRMSR('0x2ff', '0xc02')}`),
    'tG',
  ],
  [
    'the fixed ranges of MTRRs take eight types',
    LONG(
      `${WRMSR('0x250', '0x0606060606060606')}${SAY('t')}${WRMSR('0x250', '0x0607060606060606')}`,
    ),
    'tG',
  ],
  [
    'the local APIC is enabled, and does not come back from x2APIC mode to xAPIC mode',
    LONG(`mov ecx, 0x1b
          rdmsr
          test eax, 1 << 11
          jz $
          wrmsr
          ${SAY('r')}
          or eax, 1 << 10
          wrmsr
          and eax, ~(1 << 10)
          wrmsr`),
    'rG',
  ],
  ['IA32_SPEC_CTRL does not exist', LONG(`mov ecx, 0x48\nrdmsr`), 'G'],
  [
    'CPUID tells of CR4.OSXSAVE, and XCR0 has no state without x87',
    LONG(`mov eax, 1
          cpuid
          test ecx, 1 << 27
          jnz $
          mov rax, cr4
          or eax, 1 << 18
          mov cr4, rax
          mov eax, 1
          cpuid
          test ecx, 1 << 27
          jz $
          ${SAY('o')}
          mov eax, 2
          xor ecx, ecx
          xor edx, edx
          xsetbv`),
    'oG',
  ],
  ['DR7 has no upper half', LONG(`mov rax, 1 << 32\nmov dr7, rax`), 'G'],
];

describe('features of the processor', () => {
  for (const [what, source, printed] of CASES)
    it(what, async () => {
      assert.equal((await runBare(source)).text, printed);
    });
});
