import assert from 'node:assert/strict';
import { Apic } from '../../../isa/apic';
import { PrimaryControl, SecondaryControl } from '../../../isa/vmx/controls';
import { Field } from '../../../isa/vmx/fields';
import { ExitReason } from '../../../isa/vmx/exit-reasons';
import type { FieldValues } from '../entry-checks/valid-vmcs.testing';
import {
  apicGuest,
  eax,
  HLT,
  inService,
  NOP,
  requested,
  runToExit,
  setVectors,
  setVirtual,
  STI,
  TO_CR8,
  told,
  virtual,
} from './apic-guest.testing';

/** Evaluation and delivery of pending virtual interrupts (SDM 3C 30.2). */

const primary = PrimaryControl.USE_TPR_SHADOW;
const secondary = SecondaryControl.VIRTUAL_INTERRUPT_DELIVERY;
const OPEN = { GUEST_RFLAGS: 0x202 };

function pending(fields: FieldValues, vectors: number[], ...code: readonly (readonly number[])[]) {
  const highest = Math.max(...vectors);
  const cpu = apicGuest({ primary, secondary }, { GUEST_INTR_STATUS: highest, ...fields }, ...code);
  setVectors(cpu, Apic.IRR, ...vectors);
  return cpu;
}

describe('a pending virtual interrupt', () => {
  it('is delivered right after the VM entry', () => {
    const cpu = pending(OPEN, [0x51, 0x31], NOP);
    const exit = runToExit(cpu);
    assert.equal(exit.handler, 0x51);
    assert.deepEqual([requested(cpu), inService(cpu)], [[0x31], [0x51]]);
    assert.deepEqual([exit.status, virtual(cpu, Apic.PPR)], [0x5131, 0x50]);
  });

  it('waits until the guest takes interrupts: after STI and one more instruction', () => {
    const cpu = pending({}, [0x51], NOP, STI, NOP, NOP);
    const rsp = cpu.vmx.current?.read(Field.GUEST_RSP) ?? 0n;
    assert.equal(runToExit(cpu).handler, 0x51);
    const returnTo = Number(cpu.mmu.probe(rsp - 40n).host);
    assert.equal(cpu.physical.read64(returnTo) & 0xffn, 3n);
  });

  it('waits for a lower priority of the task, and of what is in service', () => {
    const behindTask = pending(OPEN, [0x51], NOP, eax(4), TO_CR8, NOP);
    setVirtual(behindTask, Apic.TPR, 0x50);
    assert.equal(runToExit(behindTask).handler, 0x51);
    const behindService = pending({ ...OPEN, GUEST_INTR_STATUS: 0x5551 }, [0x51], NOP);
    setVectors(behindService, Apic.ISR, 0x55);
    const exit = runToExit(behindService);
    assert.deepEqual([exit.handler, exit.at], [undefined, 1]);
    assert.equal(virtual(behindService, Apic.PPR), 0x50);
  });

  it('shows the task priority as that of the processor where it is higher', () => {
    const cpu = pending({ ...OPEN, GUEST_INTR_STATUS: 0x3331 }, [0x31], NOP);
    setVirtual(cpu, Apic.TPR, 0x47);
    runToExit(cpu);
    assert.equal(virtual(cpu, Apic.PPR), 0x47);
  });

  it('ends a HLT, but not the shutdown state', () => {
    assert.equal(runToExit(pending(OPEN, [0x51], STI, HLT)).handler, 0x51);
    assert.equal(runToExit(pending({ ...OPEN, GUEST_ACTIVITY_STATE: 1 }, [0x51])).handler, 0x51);
    const down = pending({ ...OPEN, GUEST_ACTIVITY_STATE: 2 }, [0x51]);
    runToEnd(down);
    assert.deepEqual([told(down).exited, requested(down)], [false, [0x51]]);
  });

  it('is not recognized with "interrupt-window exiting", which exits instead', () => {
    const window = PrimaryControl.INTERRUPT_WINDOW_EXITING;
    const fields = { ...OPEN, GUEST_INTR_STATUS: 0x51 };
    const cpu = apicGuest({ primary: primary | window, secondary }, fields, NOP);
    setVectors(cpu, Apic.IRR, 0x51);
    assert.equal(runToExit(cpu).reason, ExitReason.INTERRUPT_WINDOW);
    assert.deepEqual(requested(cpu), [0x51]);
  });

  it('that is not in the guest interrupt status is not looked for', () => {
    const cpu = pending({ ...OPEN, GUEST_INTR_STATUS: 0 }, [0x51], NOP);
    assert.equal(runToExit(cpu).at, 1);
  });

  it('waits while a debugger holds interrupts', () => {
    const cpu = pending(OPEN, [0x51], NOP);
    cpu.holdInterrupts = true;
    assert.equal(runToExit(cpu).at, 1);
  });

  it('is still recognized after the processor was saved and restored', () => {
    const cpu = pending({}, [0x51], STI, NOP, NOP);
    assert.equal(cpu.vmx.enter(true).kind, 'VMsucceed');
    cpu.run(1);
    const saved = cpu.save();
    cpu.restore(saved);
    cpu.run(100);
    assert.equal(told(cpu).handler, 0x51);
  });
});

function runToEnd(cpu: ReturnType<typeof apicGuest>): void {
  assert.equal(cpu.vmx.enter(true).kind, 'VMsucceed');
  assert.equal(cpu.run(100).kind, 'halt');
}
