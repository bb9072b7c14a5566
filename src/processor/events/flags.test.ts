import assert from 'node:assert/strict';
import { Vector } from '../../isa/exceptions';
import { Dr6 } from '../../isa/registers/debug';
import type { InterruptEvent } from './event';
import { flagsImage } from './flags';

const RF = 0x1_0000n;
const event = (kind: InterruptEvent['kind'], vector: number, debug?: bigint): InterruptEvent => ({
  kind,
  vector,
  debug,
  returnRip: 0n,
});

describe('RF in RFLAGS as it is pushed (SDM 3B 18.3.1.1)', () => {
  for (const [what, of, set] of [
    ['a fault', event('hardware-exception', Vector.PF), true],
    ['a breakpoint on an instruction', event('hardware-exception', Vector.DB, Dr6.B0), false],
    ['a breakpoint on data', event('hardware-exception', Vector.DB, Dr6.B1), false],
    ['a single step', event('hardware-exception', Vector.DB, Dr6.BS), false],
    ['general detect', event('hardware-exception', Vector.DB, Dr6.BD), true],
    ['an interrupt', event('external-interrupt', 0x20), false],
    ['INT n', event('software-interrupt', 0x80), false],
    ['INT3', event('software-exception', Vector.BP), false],
  ] as const) {
    it(`${set ? 'is set by' : 'stays as it is with'} ${what}`, () => {
      assert.equal(flagsImage(2n, of), set ? 2n | RF : 2n);
      assert.equal(flagsImage(2n | RF, of), 2n | RF);
    });
  }
});
