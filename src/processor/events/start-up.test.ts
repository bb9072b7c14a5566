import assert from 'node:assert/strict';
import { ActivityState } from '../../isa/vmx/events';
import { ExitReason } from '../../isa/vmx/exit-reasons';
import { Field } from '../../isa/vmx/fields';
import { SvmExit } from '../../isa/svm/exit-codes';
import { Msr } from '../../isa/registers/msr';
import { CS } from '../state/layout';
import { longMode } from '../modes.testing';
import type { Processor } from '../processor';
import * as svm from '../svm/prepared-processor.testing';
import { LONG_MODE } from '../vmx/entry-checks/valid-vmcs.testing';
import { prepare } from '../vmx/prepared-processor.testing';

/** Another processor's than the first one: IA32_APIC_BASE says so. */
function further(cpu: Processor): Processor {
  cpu.state.setMsr(Msr.APIC_BASE, 0xfee0_0800n);
  return cpu;
}

const init = (cpu: Processor): void => {
  cpu.receive({ kind: 'INIT' });
};
const startUp = (cpu: Processor, vector = 0x12): void => {
  cpu.receive({ kind: 'start-up', vector });
};
/** Until something leaves the instruction at RIP, or it is done. */
const step = (cpu: Processor): void => void cpu.run(1);

const exitReason = (cpu: Processor): number | undefined =>
  cpu.vmx.current?.readNumber(Field.VM_EXIT_REASON);

describe('INIT (SDM 3A 10.1.1, table 10-1; 11.4.7.3)', () => {
  it('puts registers back, but not those of units, MSRs, and CD and NW', () => {
    const cpu = longMode();
    cpu.state.units[0] = 0x77;
    cpu.state.setMsr(Msr.TSC_AUX, 5n);
    cpu.state.cr0 |= 1n << 30n;
    init(cpu);
    cpu.run(0);
    const { state } = cpu;
    assert.deepEqual([state.rip, state.selector(CS)], [0xfff0n, 0xf000]);
    assert.deepEqual([state.cr0, state.cr3, state.cr4, state.efer], [0x4000_0010n, 0n, 0n, 0n]);
    assert.deepEqual([state.units[0], state.msr(Msr.TSC_AUX)], [0x77, 5n]);
    assert.equal(state.activity, 'active');
  });

  it('makes all but the bootstrap processor wait for a start-up IPI', () => {
    const cpu = further(longMode());
    init(cpu);
    step(cpu);
    assert.equal(cpu.state.activity, 'wait-for-SIPI');
    assert.equal(cpu.isAwake, false);
    startUp(cpu);
    assert.equal(cpu.isAwake, true);
    cpu.run(0);
    assert.equal(cpu.state.activity, 'active');
    assert.deepEqual([cpu.state.selector(CS), cpu.state.segment(CS).base], [0x1200, 0x12000n]);
    assert.equal(cpu.state.rip, 0n);
  });

  it('and a start-up IPI right after it begin at once', () => {
    const cpu = further(longMode());
    init(cpu);
    startUp(cpu, 0x34);
    cpu.run(0);
    assert.deepEqual([cpu.state.activity, cpu.state.selector(CS)], ['active', 0x3400]);
  });

  it('a start-up IPI that nobody waits for is lost', () => {
    const cpu = further(longMode());
    startUp(cpu);
    step(cpu);
    init(cpu);
    step(cpu);
    assert.equal(cpu.state.activity, 'wait-for-SIPI');
  });

  it('that has come is saved and restored', () => {
    const cpu = further(longMode());
    init(cpu);
    const other = longMode();
    other.restore(cpu.save());
    other.run(0);
    assert.equal(other.state.activity, 'wait-for-SIPI');
  });
});

describe('INIT and start-up IPIs in VMX operation', () => {
  /** A guest that has been entered. */
  function guest(activity: number = ActivityState.ACTIVE): Processor {
    const cpu = prepare({ ...LONG_MODE, GUEST_ACTIVITY_STATE: activity });
    assert.equal(cpu.vmx.enter(true).kind, 'VMsucceed');
    return cpu;
  }

  it('INIT is blocked in root operation, and done after VMXOFF (SDM 3C 24.8)', () => {
    const cpu = further(prepare(LONG_MODE));
    init(cpu);
    cpu.run(0);
    assert.equal(cpu.state.activity, 'active');
    assert.ok(cpu.vmx.inOperation);
    cpu.vmx.off();
    cpu.run(0);
    assert.equal(cpu.state.activity, 'wait-for-SIPI');
  });

  it('INIT leaves non-root operation, and is over then (SDM 3C 26.2)', () => {
    const cpu = guest();
    init(cpu);
    step(cpu);
    assert.equal(exitReason(cpu), ExitReason.INIT_SIGNAL);
    cpu.vmx.off();
    cpu.run(0);
    assert.equal(cpu.state.activity, 'active');
  });

  it('INIT that came before VM entry leaves the guest before its first instruction', () => {
    const cpu = prepare(LONG_MODE);
    init(cpu);
    cpu.vmx.enter(true);
    step(cpu);
    assert.equal(exitReason(cpu), ExitReason.INIT_SIGNAL);
  });

  it('a start-up IPI leaves a guest that waits for it, with its vector (SDM 3C 28.2.1)', () => {
    const cpu = guest(ActivityState.WAIT_FOR_SIPI);
    init(cpu); // blocked in this state
    cpu.run(0);
    assert.ok(cpu.guestMode.active);
    startUp(cpu, 0x56);
    cpu.run(0);
    assert.equal(exitReason(cpu), ExitReason.SIPI);
    assert.equal(cpu.vmx.current?.read(Field.EXIT_QUALIFICATION), 0x56n);
    const saved = cpu.vmx.current?.readNumber(Field.GUEST_ACTIVITY_STATE);
    assert.equal(saved, ActivityState.WAIT_FOR_SIPI);
  });

  it('a start-up IPI is lost in a guest that runs', () => {
    const cpu = guest();
    startUp(cpu);
    cpu.run(0);
    assert.ok(cpu.guestMode.active);
  });
});

describe('INIT under SVM (APM 2 15.13.2, table 15-10)', () => {
  it('leaves a guest whose VMCB intercepts it', () => {
    const cpu = svm.prepare(svm.intercepting(SvmExit.INIT), [0xeb, 0xfe]);
    cpu.run(3);
    init(cpu);
    step(cpu);
    assert.equal(svm.exitCode(svm.vmcbOf(cpu)), BigInt(SvmExit.INIT));
  });

  it('waits while the global interrupt flag is 0', () => {
    const cpu = further(svm.prepare({}));
    cpu.svm.setGlobalInterruptFlag(false);
    init(cpu);
    cpu.run(0);
    assert.equal(cpu.state.activity, 'active');
    cpu.svm.setGlobalInterruptFlag(true);
    cpu.run(0);
    assert.equal(cpu.state.activity, 'wait-for-SIPI');
  });
});
