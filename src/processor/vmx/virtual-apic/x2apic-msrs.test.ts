import assert from 'node:assert/strict';
import { Apic } from '../../../isa/apic';
import { PrimaryControl, SecondaryControl } from '../../../isa/vmx/controls';
import { ExitReason } from '../../../isa/vmx/exit-reasons';
import type { FieldValues } from '../entry-checks/valid-vmcs.testing';
import {
  apicGuest,
  eax,
  inService,
  rdmsr,
  requested,
  runToExit,
  setVectors,
  setVirtual,
  virtual,
  VIRTUAL_APIC,
  wrmsr,
} from './apic-guest.testing';

/** MSRs of the local APIC in "virtualize x2APIC mode" (SDM 3C 30.5). The processor's own APIC is in xAPIC mode. */

const primary = PrimaryControl.USE_TPR_SHADOW;
const { VIRTUALIZE_X2APIC_MODE, APIC_REGISTER_VIRTUALIZATION, VIRTUAL_INTERRUPT_DELIVERY } =
  SecondaryControl;
const MODE = { primary, secondary: VIRTUALIZE_X2APIC_MODE };
const REGISTERS = { primary, secondary: VIRTUALIZE_X2APIC_MODE | APIC_REGISTER_VIRTUALIZATION };
const INTERRUPTS = { primary, secondary: VIRTUALIZE_X2APIC_MODE | VIRTUAL_INTERRUPT_DELIVERY };
const GP = 13;
const [TPR, EOI, SELF_IPI] = [0x808, 0x80b, 0x83f] as const;

const writes = (
  controls: Parameters<typeof apicGuest>[0],
  index: number,
  value: number,
  fields: FieldValues = {},
) => apicGuest(controls, fields, eax(value), wrmsr(index));

describe('RDMSR of a register of x2APIC mode', () => {
  it('takes 64 bits of the virtual-APIC page, of whatever register', () => {
    for (const index of [0x800, 0x802, 0x808, 0x80a, 0x80b, 0x830, 0x8ff]) {
      const cpu = apicGuest(REGISTERS, {}, rdmsr(index));
      const offset = (index & 0xff) << 4;
      cpu.physical.write64(VIRTUAL_APIC + offset, 0x1122334455667788n);
      assert.equal(runToExit(cpu).reason, ExitReason.VMCALL);
      assert.deepEqual([cpu.state.gpr(0), cpu.state.gpr(2)], [0x55667788n, 0x11223344n]);
    }
  });

  it('does so for the task priority alone without "APIC-register virtualization"', () => {
    const task = apicGuest(MODE, {}, rdmsr(TPR));
    setVirtual(task, Apic.TPR, 0x35);
    assert.equal(runToExit(task).reason, ExitReason.VMCALL);
    assert.equal(task.state.gpr(0), 0x35n);
    assert.equal(runToExit(apicGuest(MODE, {}, rdmsr(0x802))).handler, GP);
  });

  it('is that of the processor without the control, and for other MSRs', () => {
    assert.equal(runToExit(apicGuest({ primary }, {}, rdmsr(TPR))).handler, GP);
    assert.equal(runToExit(apicGuest(REGISTERS, {}, rdmsr(0x900))).handler, GP);
  });

  it('exits first where the MSR bitmaps say so', () => {
    const cpu = apicGuest(REGISTERS, {}, rdmsr(TPR));
    cpu.physical.write8(0x12000 + (TPR >> 3), 1 << (TPR & 7));
    assert.equal(runToExit(cpu).reason, ExitReason.RDMSR);
  });
});

describe('WRMSR of a register of x2APIC mode', () => {
  it('writes the task priority, and compares it with the threshold', () => {
    const cpu = writes(MODE, TPR, 0x45, { TPR_THRESHOLD: 5 });
    setVirtual(cpu, Apic.TPR, 0xffffff50);
    const exit = runToExit(cpu);
    assert.deepEqual([exit.reason, exit.at], [ExitReason.TPR_BELOW_THRESHOLD, 14]);
    assert.equal(virtual(cpu, Apic.TPR), 0x45);
  });

  it('raises #GP for reserved bits', () => {
    for (const [index, value] of [
      [TPR, 0x100],
      [EOI, 1],
      [SELF_IPI, 0x100],
    ] as const) {
      assert.equal(runToExit(writes(INTERRUPTS, index, value)).handler, GP);
    }
  });

  it('ends the service of an interrupt', () => {
    const cpu = writes(INTERRUPTS, EOI, 0, { GUEST_INTR_STATUS: 0x6100 });
    setVectors(cpu, Apic.ISR, 0x61);
    const exit = runToExit(cpu);
    assert.deepEqual([exit.reason, exit.status], [ExitReason.VMCALL, 0]);
    assert.deepEqual(inService(cpu), []);
  });

  it('requests an interrupt, or exits with an illegal vector', () => {
    const legal = writes(INTERRUPTS, SELF_IPI, 0x31);
    assert.equal(runToExit(legal).reason, ExitReason.VMCALL);
    assert.deepEqual(requested(legal), [0x31]);
    const illegal = writes(INTERRUPTS, SELF_IPI, 0xf);
    const exit = runToExit(illegal);
    assert.deepEqual(
      [exit.reason, exit.qualification, exit.at],
      [ExitReason.APIC_WRITE, Apic.SELF_IPI, 14],
    );
    assert.equal(virtual(illegal, Apic.SELF_IPI), 0xf);
  });

  it('of EOI and self-IPI goes to the processor’s APIC without virtual-interrupt delivery', () => {
    for (const index of [EOI, SELF_IPI]) {
      assert.equal(runToExit(writes(REGISTERS, index, 0)).handler, GP);
    }
  });
});
