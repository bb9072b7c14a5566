import assert from 'node:assert/strict';
import { execute, longMode } from '../modes.testing';

/** DIV and IDIV by a 64-bit operand (SDM 2A). */

const DIV = [0x48, 0xf7, 0xf1]; // rcx
const IDIV = [0x48, 0xf7, 0xf9];
const MIN = 1n << 63n;
const ALL = (1n << 64n) - 1n;

describe('division of 128 bits', () => {
  const cases = [
    // instruction, RDX, RAX, RCX; quotient and remainder, or #DE
    ['DIV', DIV, 1n, 0n, 2n, [MIN, 0n]],
    ['DIV', DIV, 0n, 7n, 2n, [3n, 1n]],
    ['DIV', DIV, 2n, 0n, 2n, '#DE'],
    ['DIV', DIV, 0n, 1n, 0n, '#DE'],
    ['IDIV', IDIV, ALL, ALL - 6n, 2n, [ALL - 2n, ALL]], // -7 / 2: -3, remainder -1
    ['IDIV', IDIV, 0n, 7n, ALL - 1n, [ALL - 2n, 1n]], // 7 / -2
    ['IDIV', IDIV, ALL, MIN, 1n, [MIN, 0n]],
    ['IDIV', IDIV, ALL, MIN, ALL, '#DE'], // 2^63 is too much
    ['IDIV', IDIV, 0n, 1n, 0n, '#DE'],
  ] as const;
  for (const [name, bytes, rdx, rax, rcx, expected] of cases) {
    it(`${name} ${rdx.toString(16)}:${rax.toString(16)} / ${rcx.toString(16)}`, () => {
      const cpu = longMode();
      cpu.state.setGpr(0, rax);
      cpu.state.setGpr(1, rcx);
      cpu.state.setGpr(2, rdx);
      const outcome = execute(cpu, ...bytes);
      if (typeof expected === 'string') assert.equal(outcome, expected);
      else assert.deepEqual([cpu.state.gpr(0), cpu.state.gpr(2)], expected);
    });
  }
});
