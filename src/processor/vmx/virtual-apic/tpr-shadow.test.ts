import assert from 'node:assert/strict';
import { Apic } from '../../../isa/apic';
import { PrimaryControl, SecondaryControl } from '../../../isa/vmx/controls';
import { PendingDebug } from '../../../isa/vmx/events';
import { ExitReason } from '../../../isa/vmx/exit-reasons';
import { InterruptionInfo } from '../../../isa/vmx/events';
import type { FieldValues } from '../entry-checks/valid-vmcs.testing';
import {
  apicGuest,
  eax,
  FROM_CR8,
  NOP,
  runToExit,
  setVirtual,
  TO_CR8,
  virtual,
} from './apic-guest.testing';

const { USE_TPR_SHADOW: SHADOW } = PrimaryControl;
const TF = 0x100;

function shadowed(fields: FieldValues, ...code: readonly (readonly number[])[]) {
  return apicGuest({ primary: SHADOW }, fields, ...code);
}

describe('CR8 under a TPR shadow (SDM 3C 30.3)', () => {
  it('is read from bits 7:4 of VTPR', () => {
    const cpu = shadowed({}, FROM_CR8);
    setVirtual(cpu, Apic.TPR, 0xabcdef59);
    cpu.state.cr8 = 3n;
    assert.equal(runToExit(cpu).reason, ExitReason.VMCALL);
    assert.equal(cpu.state.gpr(0), 5n);
  });

  it('is written to bits 7:4 of VTPR; the others become 0, and the real one stays', () => {
    const cpu = shadowed({}, eax(7), TO_CR8);
    setVirtual(cpu, Apic.TPR, 0xffffffff);
    cpu.state.cr8 = 3n;
    assert.equal(runToExit(cpu).reason, ExitReason.VMCALL);
    assert.equal(virtual(cpu, Apic.TPR), 0x70);
    assert.equal(cpu.state.cr8, 3n);
  });

  it('does not take more than 15: #GP, and VTPR stays', () => {
    const cpu = shadowed({}, eax(16), TO_CR8);
    setVirtual(cpu, Apic.TPR, 0x50);
    assert.equal(runToExit(cpu).handler, 13);
    assert.equal(virtual(cpu, Apic.TPR), 0x50);
  });

  it('is the processor’s without the control', () => {
    const cpu = apicGuest({}, {}, eax(7), TO_CR8);
    setVirtual(cpu, Apic.TPR, 0x50);
    runToExit(cpu);
    assert.deepEqual([virtual(cpu, Apic.TPR), cpu.state.cr8], [0x50, 7n]);
  });

  it('exits before all that, where loads or stores exit', () => {
    const load = apicGuest({ primary: SHADOW | PrimaryControl.CR8_LOAD_EXITING }, {}, TO_CR8);
    assert.equal(runToExit(load).reason, ExitReason.CR_ACCESS);
    const from = apicGuest({ primary: SHADOW | PrimaryControl.CR8_STORE_EXITING }, {}, FROM_CR8);
    assert.equal(runToExit(from).reason, ExitReason.CR_ACCESS);
  });
});

describe('the TPR threshold (SDM 3C 30.1.2)', () => {
  const threshold = { TPR_THRESHOLD: 5 };

  it('exits after the instruction that has gone below it', () => {
    const cpu = shadowed(threshold, eax(4), TO_CR8, NOP);
    setVirtual(cpu, Apic.TPR, 0x50);
    const exit = runToExit(cpu);
    assert.deepEqual(
      [exit.reason, exit.qualification, exit.at, exit.length],
      [ExitReason.TPR_BELOW_THRESHOLD, 0, 9, 0],
    );
    assert.equal(virtual(cpu, Apic.TPR), 0x40);
  });

  it('does not exit at it', () => {
    const cpu = shadowed(threshold, eax(5), TO_CR8);
    setVirtual(cpu, Apic.TPR, 0x60);
    assert.equal(runToExit(cpu).reason, ExitReason.VMCALL);
  });

  it('comes before the single-step trap, which stays pending (SDM 3C 28.3.4)', () => {
    const cpu = shadowed({ ...threshold, GUEST_RFLAGS: 2 | TF }, TO_CR8);
    setVirtual(cpu, Apic.TPR, 0x50);
    cpu.state.setGpr(0, 1n);
    const exit = runToExit(cpu);
    assert.equal(exit.reason, ExitReason.TPR_BELOW_THRESHOLD);
    assert.equal(exit.pending, PendingDebug.BS);
  });

  it('comes before the monitor trap flag', () => {
    const primary = SHADOW | PrimaryControl.MONITOR_TRAP_FLAG;
    const cpu = apicGuest({ primary }, threshold, TO_CR8);
    setVirtual(cpu, Apic.TPR, 0x50);
    cpu.state.setGpr(0, 1n);
    assert.equal(runToExit(cpu).reason, ExitReason.TPR_BELOW_THRESHOLD);
  });
});

describe('the TPR threshold at VM entry (SDM 3C 27.7.7)', () => {
  const controls = { primary: SHADOW, secondary: SecondaryControl.VIRTUALIZE_APIC_ACCESSES };
  const below = { TPR_THRESHOLD: 5 };

  it('exits before the first instruction, also out of HLT', () => {
    for (const activity of [0, 1]) {
      const cpu = apicGuest(controls, { ...below, GUEST_ACTIVITY_STATE: activity }, NOP);
      setVirtual(cpu, Apic.TPR, 0x40);
      const exit = runToExit(cpu);
      assert.deepEqual([exit.reason, exit.at], [ExitReason.TPR_BELOW_THRESHOLD, 0]);
    }
  });

  it('comes after the event that the entry injects, and before the preemption timer', () => {
    const fields = {
      ...below,
      VM_ENTRY_INTR_INFO: (InterruptionInfo.VALID | 0x33) >>> 0,
      GUEST_RFLAGS: 0x202,
    };
    const cpu = apicGuest({ ...controls, pin: 1 << 6 }, fields);
    const exit = runToExit(cpu);
    assert.deepEqual([exit.reason, exit.handler], [ExitReason.TPR_BELOW_THRESHOLD, 0x33]);
  });

  it('does not exit in the shutdown state', () => {
    const cpu = apicGuest(controls, { ...below, GUEST_ACTIVITY_STATE: 2 });
    assert.equal(cpu.vmx.enter(true).kind, 'VMsucceed');
    assert.equal(cpu.run(10).kind, 'halt');
    assert.ok(cpu.guestMode.active);
  });
});
