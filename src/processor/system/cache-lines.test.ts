import assert from 'node:assert/strict';
import { execute, longMode, protectedMode } from '../modes.testing';

/** CLFLUSH, CLFLUSHOPT, CLWB and CLDEMOTE (SDM 2A), at [RBX]. */

const CLFLUSH = [0x0f, 0xae, 0x3b];
const CLFLUSHOPT = [0x66, 0x0f, 0xae, 0x3b];
const CLWB = [0x66, 0x0f, 0xae, 0x33];
const CLDEMOTE = [0x0f, 0x1c, 0x03];

describe('instructions about cache lines', () => {
  it('change nothing', () => {
    for (const code of [CLFLUSH, CLFLUSHOPT, CLWB, CLDEMOTE]) {
      const cpu = longMode();
      cpu.state.setGpr(3, 0x9000n);
      cpu.physical.write64(0x9000, 0x1234n);
      const before = cpu.state.rflags;
      assert.equal(execute(cpu, ...code), 'nothing');
      assert.deepEqual([cpu.physical.read64(0x9000), cpu.state.rflags], [0x1234n, before]);
    }
  });

  it('fault as a load of a byte does, but for CLDEMOTE, which is a hint', () => {
    for (const code of [CLFLUSH, CLFLUSHOPT, CLWB]) {
      const cpu = longMode();
      cpu.state.setGpr(3, 0x200000n);
      assert.equal(execute(cpu, ...code), '#PF(0)');
      const limited = protectedMode();
      limited.state.setSegment(3, { ...limited.state.segment(3), limit: 0xfff });
      limited.updateDerivedState();
      limited.state.setGpr(3, 0x1000n);
      assert.equal(execute(limited, ...code), '#GP(0)');
    }
    const cpu = longMode();
    cpu.state.setGpr(3, 0x200000n);
    assert.equal(execute(cpu, ...CLDEMOTE), 'nothing');
  });
});
