import assert from 'node:assert/strict';
import { execute, protectedMode, realMode, setRing } from '../modes.testing';
import type { Processor } from '../processor';

/** CLI and STI without the VME and PVI extensions (SDM 2A CLI, 2B STI). */

const [CLI, STI] = [0xfa, 0xfb];

function ring(cpl: 0 | 3, iopl: number): Processor {
  const cpu = protectedMode();
  setRing(cpu, cpl);
  cpu.state.rflags = 2n | BigInt(iopl << 12);
  return cpu;
}

describe('CLI and STI', () => {
  const cases = [
    [0, 0, 'nothing'],
    [3, 0, '#GP(0)'],
    [3, 2, '#GP(0)'],
    [3, 3, 'nothing'],
  ] as const;
  for (const [cpl, iopl, outcome] of cases) {
    it(`with CPL ${String(cpl)}, IOPL ${String(iopl)}: ${outcome}`, () => {
      const cpu = ring(cpl, iopl);
      assert.equal(execute(cpu, STI), outcome);
      if (outcome === 'nothing') assert.equal(cpu.state.rflags & 0x200n, 0x200n);
      assert.equal(execute(cpu, CLI), outcome);
      assert.equal(cpu.state.rflags & 0x200n, 0n);
    });
  }

  it('are allowed in real mode', () => {
    const cpu = realMode();
    assert.equal(execute(withCodeAtZero(cpu), STI), 'nothing');
    assert.equal(cpu.state.rflags & 0x200n, 0x200n);
  });

  it('STI holds interrupts off for one instruction, if they were off before', () => {
    const cpu = ring(0, 0);
    execute(cpu, STI);
    assert.equal(cpu.state.interruptShadow, 'sti');
    execute(cpu, STI);
    assert.equal(cpu.state.interruptShadow, 'none');
  });
});

function withCodeAtZero(cpu: Processor): Processor {
  cpu.state.setSegment(1, { ...cpu.state.segment(1), selector: 0, base: 0n });
  cpu.updateDerivedState();
  return cpu;
}
