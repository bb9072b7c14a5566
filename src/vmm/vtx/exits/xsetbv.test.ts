import assert from 'node:assert/strict';
import { LONG } from '../../../machine/long-mode.testing';
import { printed } from './printed.testing';

/** XCR0 is under the monitor what it is without one. */

const SAY = (letter: string): string => `mov al, '${letter}'\nout 0xe9, al`;

const ENABLE = `mov rax, cr4
        or eax, 1 << 18
        mov cr4, rax`;

const xsetbv = (value: number, index = 0): string => `mov eax, ${String(value)}
        xor edx, edx
        mov ecx, ${String(index)}
        xsetbv`;

/** 'o' when CPUID tells that the operating system has enabled XSAVE. */
const TELLS = `mov eax, 1
        cpuid
        test ecx, 1 << 27
        jz .no
        ${SAY('o')}
.no:`;

describe('XSETBV under the monitor', () => {
  const cases: readonly [what: string, source: string, prints: string][] = [
    ['sets XCR0', `${ENABLE}\n${xsetbv(1)}\nxor ecx, ecx\nxgetbv\nadd al, 'a'\nout 0xe9, al`, 'b'],
    ['raises #GP(0) without x87', `${ENABLE}\n${xsetbv(2)}\n${SAY('k')}`, 'G'],
    ['raises #GP(0) for a component that there is not', `${ENABLE}\n${xsetbv(0x101)}`, 'G'],
    ['raises #GP(0) for another register', `${ENABLE}\n${xsetbv(1, 1)}`, 'G'],
    [
      'is told of by CPUID as the guest has CR4.OSXSAVE: 1',
      `${ENABLE}\n${TELLS}\n${SAY('k')}`,
      'ok',
    ],
    ['is told of by CPUID as the guest has CR4.OSXSAVE: 0', `${TELLS}\n${SAY('k')}`, 'k'],
    [
      'leaves XSAVES to the guest',
      `${ENABLE}\nmov eax, 1\nxor edx, edx\nxsaves [0x9000]\n${SAY('k')}`,
      'k',
    ],
  ];
  for (const [what, source, expected] of cases) {
    it(what, async () => {
      for (const monitor of ['none', 'vtx'] as const)
        assert.equal(await printed(LONG(source), monitor), `${expected} end`, monitor);
    });
  }
});
