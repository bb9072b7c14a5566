import assert from 'node:assert/strict';
import { LONG } from '../../../machine/long-mode.testing';
import { printed } from './printed.testing';

/** WRMSR of what is not allowed is #GP(0), under the monitor as on the bare computer. */

const SAY = `mov al, 'k'\nout 0xe9, al`;
const WRITE = (number: number, low: number, high = 0): string => `mov ecx, ${String(number)}
        mov eax, ${String(low)}
        mov edx, ${String(high)}
        wrmsr`;
const [DEBUGCTL, MISC_ENABLE, EFER, LSTAR] = [0x1d9, 0x1a0, 0xc0000080, 0xc0000082];

for (const monitor of ['none', 'vtx'] as const) {
  describe(`MSRs with reserved bits under ${monitor}`, () => {
    const cases: readonly [what: string, body: string, prints: string][] = [
      ['IA32_DEBUGCTL takes nothing that there is not', WRITE(DEBUGCTL, 0x80), 'G'],
      ['IA32_MISC_ENABLE takes no reserved bit', WRITE(MISC_ENABLE, 0x61801), 'G'],
      [
        'IA32_MISC_ENABLE takes IA32_EFER.NXE away',
        `${WRITE(MISC_ENABLE, 0x41801, 4)}\nmov ecx, ${String(EFER)}\nrdmsr\nor eax, 1 << 11\nwrmsr`,
        'G',
      ],
      ['IA32_LSTAR takes canonical addresses', WRITE(LSTAR, 0, 0x8000), 'G'],
    ];
    for (const [what, body, prints] of cases)
      it(what, async () => {
        const text = await printed(LONG(`${body}\n${SAY}`), monitor);
        assert.equal(text.split(' ')[0], prints);
      });
  });
}
