import assert from 'node:assert/strict';
import { execute, longMode } from '../modes.testing';

/** RDRAND and RDSEED (SDM 2B). */

const RDRAND_AX = [0x66, 0x0f, 0xc7, 0xf0];
const RDRAND_EAX = [0x0f, 0xc7, 0xf0];
const RDSEED_RAX = [0x48, 0x0f, 0xc7, 0xf8];

describe('RDRAND and RDSEED', () => {
  it('give numbers of the operand size, and set CF alone', () => {
    const cpu = longMode();
    const { state } = cpu;
    state.setGpr(0, 0xffffffffffffffffn);
    state.rflags = 0x8d6n;
    execute(cpu, ...RDRAND_AX);
    assert.equal(state.gpr(0) >> 16n, 0xffffffffffffn);
    assert.equal(state.rflags, 3n);
    execute(cpu, ...RDRAND_EAX);
    assert.equal(state.gpr(0) >> 32n, 0n);
    execute(cpu, ...RDSEED_RAX);
    assert.notEqual(state.gpr(0) >> 32n, 0n);
  });

  it('give the same numbers again from the same state, which is saved', () => {
    const cpu = longMode();
    const numbers = (): bigint[] =>
      [1, 2, 3].map(() => {
        execute(cpu, ...RDSEED_RAX);
        return cpu.state.gpr(0);
      });
    execute(cpu, ...RDSEED_RAX);
    const saved = cpu.save();
    const first = numbers();
    assert.equal(new Set(first).size, 3);
    cpu.restore(saved);
    assert.deepEqual(numbers(), first);
  });
});
