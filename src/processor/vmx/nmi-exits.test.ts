import assert from 'node:assert/strict';
import { Vector } from '../../isa/exceptions';
import { PinBasedControl, PrimaryControl } from '../../isa/vmx/controls';
import { Interruptibility } from '../../isa/vmx/events';
import { ExitReason } from '../../isa/vmx/exit-reasons';
import { Field } from '../../isa/vmx/fields';
import type { FieldValues } from './entry-checks/valid-vmcs.testing';
import { apicGuest, NOP, told, runToExit, HLT } from './virtual-apic/apic-guest.testing';

/** Non-maskable interrupts that come while a guest runs (SDM 3C 26.2, 26.3, 26.4.3, 28.2.2). */

const { NMI_EXITING, VIRTUAL_NMIS } = PinBasedControl;
const VIRTUAL = NMI_EXITING | VIRTUAL_NMIS;
const BLOCKED = { GUEST_INTERRUPTIBILITY_INFO: Interruptibility.BLOCKING_BY_NMI };
const EVENT = 0x80000202;

/** An NMI is there when the guest is entered. */
function guest(pin: number, fields: FieldValues = {}, primary = 0, ...code: number[][]) {
  const cpu = apicGuest({ primary }, { GUEST_RSP: 0x160000, ...fields }, ...code);
  cpu.vmx.write(Field.PIN_BASED_VM_EXEC_CONTROL, 0x16 | pin);
  cpu.signals.raise('NMI');
  return cpu;
}

describe('an NMI that comes to a guest', () => {
  it('goes through the guest’s IDT where NMIs do not exit, and blocks others', () => {
    const cpu = guest(0, {}, 0, [...NOP]);
    const { handler, reason } = runToExit(cpu);
    assert.deepEqual([handler, reason], [Number(Vector.NMI), ExitReason.VMCALL]);
  });

  for (const pin of [NMI_EXITING, VIRTUAL]) {
    it(`makes a VM exit with ${pin === VIRTUAL ? 'virtual NMIs' : 'NMI exiting'}`, () => {
      const cpu = guest(pin, {}, 0, [...NOP]);
      const { reason, event, at } = runToExit(cpu);
      assert.deepEqual([reason, event, at], [ExitReason.EXCEPTION_NMI, EVENT, 0]);
      assert.equal(cpu.state.nmiBlocked, true);
      cpu.state.nmiBlocked = false; // it is over with the exit: the host has no handler for one
      assert.equal(cpu.run(10).kind, 'halt');
    });
  }

  it('waits while NMIs are blocked, which virtual ones do not do to it', () => {
    assert.equal(runToExit(guest(NMI_EXITING, BLOCKED)).reason, ExitReason.VMCALL);
    assert.equal(runToExit(guest(VIRTUAL, BLOCKED)).reason, ExitReason.EXCEPTION_NMI);
  });

  it('waits for the instruction after MOV SS', () => {
    const fields = { GUEST_INTERRUPTIBILITY_INFO: Interruptibility.BLOCKING_BY_MOV_SS };
    const { reason, at } = runToExit(guest(NMI_EXITING, fields, 0, [...NOP]));
    assert.deepEqual([reason, at], [ExitReason.EXCEPTION_NMI, 1]);
  });

  it('ends a HLT of the guest', () => {
    const cpu = apicGuest({ pin: NMI_EXITING }, {}, [...HLT]);
    assert.equal(runToExit(cpu).exited, false);
    cpu.signals.raise('NMI');
    assert.equal(cpu.run(10).kind, 'halt');
    const { reason, at } = told(cpu);
    assert.deepEqual([reason, at], [ExitReason.EXCEPTION_NMI, 1]);
  });

  it('comes after an NMI window and before an interrupt window', () => {
    const flags = { GUEST_RFLAGS: 0x202 };
    const { NMI_WINDOW_EXITING, INTERRUPT_WINDOW_EXITING } = PrimaryControl;
    for (const [window, reason] of [
      [NMI_WINDOW_EXITING, ExitReason.NMI_WINDOW],
      [INTERRUPT_WINDOW_EXITING, ExitReason.EXCEPTION_NMI],
    ] as const) {
      const cpu = guest(VIRTUAL, flags, window, [...NOP]);
      cpu.vmx.enter(true);
      cpu.run(1); // no further: the NMI would come to the host
      assert.equal(told(cpu).reason, reason);
    }
  });
});
