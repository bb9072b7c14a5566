import assert from 'node:assert/strict';
import { execute, longMode, protectedMode, setRing } from '../modes.testing';
import type { Processor } from '../processor';

function ring3(): Processor {
  const cpu = longMode();
  setRing(cpu, 3);
  return cpu;
}

function coprocessor(cr0: bigint): () => Processor {
  return () => {
    const cpu = longMode();
    cpu.state.cr0 |= cr0;
    return cpu;
  };
}

describe('small system instructions (SDM 2)', () => {
  const cases: readonly (readonly [string, () => Processor, readonly number[], string])[] = [
    ['HLT', longMode, [0xf4], 'halt'],
    ['HLT in ring 3', ring3, [0xf4], '#GP(0)'],
    ['WBINVD', longMode, [0x0f, 0x09], 'nothing'],
    ['WBINVD in ring 3', ring3, [0x0f, 0x09], '#GP(0)'],
    ['INVD in ring 3', ring3, [0x0f, 0x08], '#GP(0)'],
    ['PAUSE in ring 3', ring3, [0xf3, 0x90], 'nothing'],
    ['UD2', longMode, [0x0f, 0x0b], '#UD'],
    ['FWAIT with CR0.TS alone', coprocessor(8n), [0x9b], 'nothing'],
    ['FWAIT with CR0.MP and CR0.TS', coprocessor(10n), [0x9b], '#NM'],
  ];
  for (const [what, processor, bytes, outcome] of cases) {
    it(`${what}: ${outcome}`, () => {
      assert.equal(execute(processor(), ...bytes), outcome);
    });
  }
});

describe('BOUND (SDM 2A)', () => {
  const cases = [
    // index, lower, upper, outcome
    [0n, 0, 0, 'nothing'],
    [5n, 1, 4, '#BR'],
    [0n, 1, 4, '#BR'],
    [0xffffffffn, -1, 4, 'nothing'],
    [0xfffffffen, -1, 4, '#BR'],
  ] as const;
  for (const [index, lower, upper, outcome] of cases) {
    it(`${String(BigInt.asIntN(32, index))} in ${String(lower)} to ${String(upper)}: ${outcome}`, () => {
      const cpu = protectedMode();
      cpu.state.setGpr(0, index);
      cpu.state.setGpr(3, 0x9000n);
      cpu.physical.write32(0x9000, lower >>> 0);
      cpu.physical.write32(0x9004, upper);
      assert.equal(execute(cpu, 0x62, 0x03), outcome); // bound eax, [ebx]
    });
  }
});

describe('ARPL (SDM 2A)', () => {
  const cases = [
    // target, source, result, ZF
    [0x10n, 0x1bn, 0x13n, true],
    [0x13n, 0x08n, 0x13n, false],
    [0x12n, 0x12n, 0x12n, false],
  ] as const;
  for (const [target, source, result, zero] of cases) {
    it(`0x${target.toString(16)}, 0x${source.toString(16)}`, () => {
      const cpu = protectedMode();
      cpu.state.setGpr(0, target);
      cpu.state.setGpr(3, source);
      assert.equal(execute(cpu, 0x63, 0xd8), 'nothing'); // arpl ax, bx
      assert.deepEqual([cpu.state.gpr(0), (cpu.state.rflags & 0x40n) !== 0n], [result, zero]);
    });
  }
});
