import assert from 'node:assert/strict';
import { createProcessor } from '../create-processor';
import { CODE, execute, longMode, SILENT_BUS } from '../modes.testing';
import { PhysicalMemory } from '../physical-memory';
import type { Processor } from '../processor';
import { Units } from '../state/layout';

/** CR0.EM, MP, TS and NE (SDM 3A 2.5, table 10-3; SDM 1 8.6, 8.7). */

const EM = 4n;
const TS = 8n;
const MP = 2n;
const NE = 0x20n;

const FLD1 = [0xd9, 0xe8] as const;
const FNINIT = [0xdb, 0xe3] as const;
const FNSTSW_AX = [0xdf, 0xe0] as const;
const WAIT = [0x9b] as const;

function withCr0(bits: bigint, removed = 0n): Processor {
  const cpu = longMode();
  cpu.state.cr0 = (cpu.state.cr0 & ~removed) | bits;
  return cpu;
}

/** An invalid operation is pending. */
function pending(cpu: Processor): Processor {
  cpu.state.setSlot(Units.X87_CONTROL, 0x37en);
  cpu.state.setSlot(Units.X87_STATUS, 0x8081n);
  return cpu;
}

describe('whether the x87 unit can be used', () => {
  const cases = [
    ['FLD1', 0n, FLD1, 'nothing'],
    ['FLD1 with EM', EM, FLD1, '#NM'],
    ['FLD1 with TS', TS, FLD1, '#NM'],
    ['FNINIT with EM', EM, FNINIT, '#NM'],
    ['FNSTSW with TS', TS, FNSTSW_AX, '#NM'],
    ['WAIT with EM', EM, WAIT, 'nothing'],
    ['WAIT with EM and TS', EM | TS, WAIT, 'nothing'],
    ['WAIT with MP and TS', MP | TS, WAIT, '#NM'],
  ] as const;
  for (const [what, bits, bytes, outcome] of cases) {
    it(`${what}: ${outcome}`, () => {
      assert.equal(execute(withCr0(bits), ...bytes), outcome);
    });
  }
});

describe('a pending x87 exception', () => {
  const cases = [
    ['FLD1', FLD1, '#MF'],
    ['WAIT', WAIT, '#MF'],
    ['FLDCW', [0xd9, 0x2b], '#MF'],
    ['FINCSTP', [0xd9, 0xf7], '#MF'],
    ['FNOP', [0xd9, 0xd0], '#MF'],
    ['FNSTSW', FNSTSW_AX, 'nothing'],
    ['FNCLEX', [0xdb, 0xe2], 'nothing'],
    ['FNINIT', FNINIT, 'nothing'],
    ['FNSTCW', [0xd9, 0x3b], 'nothing'],
    ['FNSTENV', [0xd9, 0x33], 'nothing'],
    ['FNSAVE', [0xdd, 0x33], 'nothing'],
  ] as const;
  for (const [what, bytes, outcome] of cases) {
    it(`meets ${what}: ${outcome}`, () => {
      const cpu = pending(withCr0(NE));
      cpu.state.setGpr(3, 0x9000n);
      assert.equal(execute(cpu, ...bytes), outcome);
    });
  }

  it('comes after #NM', () => {
    assert.equal(execute(pending(withCr0(NE | TS)), ...FLD1), '#NM');
  });

  it('is gone after FNCLEX, and after FNINIT', () => {
    for (const bytes of [[0xdb, 0xe2], FNINIT]) {
      const cpu = pending(withCr0(NE));
      execute(cpu, ...bytes);
      assert.equal(Number(cpu.state.slot(Units.X87_STATUS)) & 0x80ff, 0);
      assert.equal(execute(cpu, ...WAIT), 'nothing');
    }
  });

  it('arises when FLDCW unmasks what has happened', () => {
    const cpu = withCr0(NE);
    cpu.state.setSlot(Units.X87_STATUS, 1n);
    cpu.state.setGpr(3, 0x9000n);
    cpu.physical.write16(0x9000, 0x37e);
    assert.equal(execute(cpu, 0xd9, 0x2b), 'nothing');
    assert.equal(Number(cpu.state.slot(Units.X87_STATUS)), 0x8081);
    assert.equal(execute(cpu, ...WAIT), '#MF');
  });

  it('cannot be told outside (CR0.NE = 0) where nothing is connected to FERR#', () => {
    assert.equal(execute(pending(withCr0(0n, NE)), ...FLD1), 'not-implemented');
  });

  it('is told by FERR# with CR0.NE = 0, and the instruction waits for the interrupt', () => {
    let told = 0;
    const bus = { ...SILENT_BUS, ferr: () => ++told < 0 };
    const cpu = createProcessor(new PhysicalMemory(0x200000), bus, 'reference');
    cpu.state.rip = BigInt(CODE);
    cpu.state.setSegment(1, { ...cpu.state.segment(1), base: 0n });
    cpu.updateDerivedState();
    pending(cpu);
    cpu.physical.writeBytes(CODE, Uint8Array.from(FLD1));
    assert.equal(cpu.run(3).kind, 'budget');
    assert.equal(told, 3);
    assert.equal(cpu.state.rip, BigInt(CODE));
  });
});
