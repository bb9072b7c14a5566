import assert from 'node:assert/strict';
import { LONG } from '../../../machine/long-mode.testing';
import { printed } from './printed.testing';

/** The guest's local APIC is the monitor's virtual one, in memory: no MSR leads to the processor's own. */

const SAY = (letter: string): string => `mov al, '${letter}'\nout 0xe9, al`;

describe('MSRs of the local APIC under the monitor', () => {
  const cases: readonly [what: string, body: string, prints: string][] = [
    [
      'CPUID tells of neither x2APIC nor TSC-Deadline',
      'mov eax, 1\ncpuid\ntest ecx, 1 << 21 | 1 << 24\njnz $',
      'k',
    ],
    ['IA32_TSC_DEADLINE does not exist', 'mov ecx, 0x6e0\nrdmsr', 'G'],
    ['nor can it be written', 'mov ecx, 0x6e0\nwrmsr', 'G'],
    ['x2APIC mode cannot be entered', 'mov ecx, 0x1b\nrdmsr\nor eax, 1 << 10\nwrmsr', 'G'],
    ['its registers are no MSRs', 'mov ecx, 0x803\nrdmsr', 'G'],
    [
      'the APIC can be disabled',
      'mov ecx, 0x1b\nrdmsr\nand eax, ~(1 << 11)\nwrmsr\nrdmsr\ntest eax, 1 << 11\njnz $',
      'k',
    ],
  ];
  for (const [what, body, prints] of cases)
    it(what, async () => {
      assert.equal(await printed(LONG(`${body}\n${SAY('k')}`), 'vtx'), `${prints} end`);
    });
});
