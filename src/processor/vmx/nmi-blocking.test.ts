import assert from 'node:assert/strict';
import { PinBasedControl } from '../../isa/vmx/controls';
import { Interruptibility, InterruptionInfo, InterruptionType } from '../../isa/vmx/events';
import { Field } from '../../isa/vmx/fields';
import type { Processor } from '../processor';
import type { FieldValues } from './entry-checks/valid-vmcs.testing';
import {
  apicGuest,
  GUEST_CODE,
  NOP,
  runToExit,
  UPPER_HALF,
} from './virtual-apic/apic-guest.testing';

/** Blocking by NMI in VMX non-root operation (SDM 3C 25.4.2, 26.3, 27.6.1). */

const { NMI_EXITING, VIRTUAL_NMIS } = PinBasedControl;
const IRETQ = [0x48, 0xcf];
const FRAME = 0x160000;
const BLOCKED = { GUEST_INTERRUPTIBILITY_INFO: Interruptibility.BLOCKING_BY_NMI };
const NMI =
  (InterruptionInfo.VALID | (InterruptionType.NMI << InterruptionInfo.TYPE_SHIFT) | 2) >>> 0;

const MODES = [
  ['NMIs do not exit', 0],
  ['NMIs exit', NMI_EXITING],
  ['there are virtual NMIs', NMI_EXITING | VIRTUAL_NMIS],
] as const;

/** The pin-based controls are exactly these two, as wanted. */
function guest(
  pin: number,
  fields: FieldValues,
  ...code: readonly (readonly number[])[]
): Processor {
  const cpu = apicGuest({}, { GUEST_RSP: FRAME, ...fields }, ...code);
  cpu.vmx.write(Field.PIN_BASED_VM_EXEC_CONTROL, 0x16 | pin);
  const frame = [UPPER_HALF + BigInt(GUEST_CODE + 2), 8n, 2n, BigInt(FRAME + 0x100), 0n];
  frame.forEach((value, n) => {
    cpu.physical.write64(FRAME + 8 * n, value);
  });
  return cpu;
}

function blockedAtExit(cpu: Processor): boolean {
  runToExit(cpu);
  const state = cpu.vmx.current?.readNumber(Field.GUEST_INTERRUPTIBILITY_INFO) ?? 0;
  return (state & Interruptibility.BLOCKING_BY_NMI) !== 0;
}

describe('blocking by NMI in a guest', () => {
  for (const [when, pin] of MODES) {
    const stays = pin === NMI_EXITING;
    it(`${stays ? 'stays after' : 'ends by'} IRET where ${when}`, () => {
      assert.equal(blockedAtExit(guest(pin, BLOCKED, IRETQ)), stays);
      assert.equal(blockedAtExit(guest(pin, BLOCKED, NOP, NOP)), true);
    });

    it(`begins with an NMI that is injected where ${when}`, () => {
      assert.equal(blockedAtExit(guest(pin, { VM_ENTRY_INTR_INFO: NMI }, NOP)), true);
    });

    it(`is ${pin & VIRTUAL_NMIS ? 'none of the host’s' : 'the host’s, too,'} where ${when}`, () => {
      const cpu = guest(pin, BLOCKED, NOP, NOP);
      runToExit(cpu);
      assert.equal(cpu.state.nmiBlocked, (pin & VIRTUAL_NMIS) === 0);
    });
  }
});
