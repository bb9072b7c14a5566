import assert from 'node:assert/strict';
import { PrimaryControl, SecondaryControl } from '../../isa/vmx/controls';
import { ExitReason } from '../../isa/vmx/exit-reasons';
import { Field } from '../../isa/vmx/fields';
import { Msr } from '../../isa/registers/msr';
import { apicGuest, NOP, rdmsr, runToExit } from './virtual-apic/apic-guest.testing';

/** The TSC that a guest sees, and how long it may wait in loops (SDM 3C 26.1.3, 26.3). */

const RDTSC = [0x0f, 0x31];
const PAUSE = [0xf3, 0x90];
const ONE = 1n << 48n;
const OFFSET = 0x1_0000_0000_0000n;

describe('TSC scaling', () => {
  const primary = PrimaryControl.USE_TSC_OFFSETTING;
  const secondary = SecondaryControl.USE_TSC_SCALING;

  function seen(code: readonly number[], controls: object, multiplier: bigint): bigint {
    const cpu = apicGuest(controls, { TSC_MULTIPLIER: multiplier, TSC_OFFSET: OFFSET }, code);
    cpu.state.setMsr(Msr.TSC, 1_000_000n);
    assert.equal(runToExit(cpu).reason, ExitReason.VMCALL);
    return (cpu.state.gpr(2) << 32n) | cpu.state.gpr(0);
  }

  for (const [what, code] of [
    ['RDTSC', RDTSC],
    ['RDMSR', rdmsr(Msr.TSC)],
  ] as const) {
    it(`multiplies by 2^-48 of the multiplier, and then adds the offset: ${what}`, () => {
      const plain = seen(code, { primary, secondary }, ONE) - OFFSET;
      assert.ok(plain >= 1_000_000n && plain < 1_000_010n);
      assert.equal(seen(code, { primary, secondary }, 3n * ONE), 3n * plain + OFFSET);
      assert.equal(seen(code, { primary, secondary }, ONE / 4n), plain / 4n + OFFSET);
    });

    it(`is of no effect without TSC offsetting: ${what}`, () => {
      assert.ok(seen(code, { secondary }, 3n * ONE) < 1_000_010n);
    });

    it(`is off without the control: ${what}`, () => {
      assert.ok(seen(code, { primary }, 3n * ONE) < 1_000_010n + OFFSET);
    });
  }

  it('keeps the low 64 bits', () => {
    const value = seen(RDTSC, { primary, secondary }, (1n << 64n) - 1n);
    assert.ok(value < 1n << 64n);
  });
});

describe('PAUSE-loop exiting', () => {
  const secondary = SecondaryControl.PAUSE_LOOP_EXITING;
  const pauses = (count: number, between = 0): number[] =>
    Array.from({ length: count }, () => [
      ...PAUSE,
      ...Array.from({ length: between }, () => NOP[0]),
    ]).flat();
  const exit = (controls: object, gap: number, window: number, ...code: number[][]) =>
    runToExit(apicGuest(controls, { PLE_GAP: gap, PLE_WINDOW: window }, ...code));

  it('exits at the PAUSE that lies further from the first one of the loop than the window', () => {
    const told = exit({ secondary }, 10, 5, pauses(20));
    assert.deepEqual([told.reason, told.length, told.at], [ExitReason.PAUSE, 2, 12]);
  });

  it('begins a new loop where PAUSEs are further apart than the gap', () => {
    assert.equal(exit({ secondary }, 3, 5, pauses(20, 3)).reason, ExitReason.VMCALL);
    assert.equal(exit({ secondary }, 4, 5, pauses(20, 3)).reason, ExitReason.PAUSE);
  });

  it('is off without the control', () => {
    assert.equal(exit({}, 10, 5, pauses(20)).reason, ExitReason.VMCALL);
  });

  it('comes at once with "PAUSE exiting"', () => {
    const told = exit({ primary: PrimaryControl.PAUSE_EXITING, secondary }, 10, 5, pauses(20));
    assert.deepEqual([told.reason, told.at], [ExitReason.PAUSE, 0]);
  });

  it('counts from the VM entry on, and is kept when the processor is saved', () => {
    const cpu = apicGuest({ secondary }, { PLE_GAP: 10, PLE_WINDOW: 5 }, pauses(20));
    assert.equal(cpu.vmx.enter(true).kind, 'VMsucceed');
    cpu.run(4);
    cpu.restore(cpu.save());
    cpu.run(100);
    assert.equal(cpu.vmx.current?.readNumber(Field.VM_EXIT_REASON), ExitReason.PAUSE);
    assert.equal(cpu.vmx.current.read(Field.GUEST_RIP) & 0xfffn, 12n);
  });

  it('is no matter of other rings', () => {
    const fields = {
      GUEST_CS_AR_BYTES: 0xa0fb,
      GUEST_SS_AR_BYTES: 0xc0f3,
      GUEST_CS_SELECTOR: 0x1b,
      GUEST_SS_SELECTOR: 0x23,
      PLE_GAP: 10,
      PLE_WINDOW: 5,
    };
    const cpu = apicGuest({ secondary }, fields, pauses(20));
    for (const at of [0x110000 + 0x800, 0x111000, 0x112000]) {
      cpu.physical.write64(at, cpu.physical.read64(at) | 4n);
    }
    assert.equal(runToExit(cpu).reason, ExitReason.VMCALL);
  });
});
