import assert from 'node:assert/strict';
import type { Debuggee } from '../debuggee';
import { debuggeeOf } from '../debuggee.testing';
import { callsOfLine } from './calls-of-line';

const SOURCE = `
bits 16
org 0x7c00
%macro both 2
    call %1
    nop
    call [target]
    int 0x40
    call %2
%endmacro
    jmp start
start:
    both first, second
    call first
    times 300 call second
target: dw first
first: ret
second: ret
`;

/** A computer on which so many instructions have been done. */
async function standing(instructions: number): Promise<Debuggee> {
  const debuggee = await debuggeeOf(SOURCE);
  for (let n = 0; n < instructions; n++) await debuggee.run.run({ kind: 'step-in' }, n === 0);
  return debuggee;
}

const texts = ({ target }: Debuggee): string[] => callsOfLine(target).map(({ text }) => text);

describe('callsOfLine', () => {
  it('gives the calls and interrupts of the present line, with the names of what they call', async () => {
    assert.deepEqual(texts(await standing(1)), [
      'call first',
      'call word [0x7f96]',
      'int 0x40',
      'call second',
    ]);
  });

  it('gives what is left of the line, and nothing of the next', async () => {
    const debuggee = await standing(1);
    await debuggee.run.run({ kind: 'step-over', granularity: 'instruction' });
    assert.deepEqual(texts(debuggee), ['call word [0x7f96]', 'int 0x40', 'call second']);
  });

  it('gives none where the line calls nothing', async () => {
    assert.deepEqual(texts(await standing(0)), []);
  });

  it('gives what a step can be made to, across the calls before', async () => {
    const debuggee = await standing(1);
    const call = callsOfLine(debuggee.target)[1]?.address ?? 0n;
    await debuggee.run.run({ kind: 'step-into-call', call });
    const label = debuggee.target.programs[0]?.symbols.get('first');
    assert.equal(debuggee.target.code.registers.rip, label?.value);
  });
});
