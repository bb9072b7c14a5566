import assert from 'node:assert/strict';
import { Apic } from '../../../isa/apic';
import { PinBasedControl, PrimaryControl, SecondaryControl } from '../../../isa/vmx/controls';
import { ExitReason } from '../../../isa/vmx/exit-reasons';
import type { Bus } from '../../bus';
import { NO_DEVICES } from '../prepared-processor.testing';
import type { FieldValues } from '../entry-checks/valid-vmcs.testing';
import {
  apicGuest,
  DESCRIPTOR,
  HLT,
  inService,
  NOP,
  requested,
  runToExit,
  setVectors,
  told,
  vectorsOf,
} from './apic-guest.testing';

const NOTIFICATION = 0xf2;
const CONTROLS = {
  pin: PinBasedControl.PROCESS_POSTED_INTERRUPTS,
  primary: PrimaryControl.USE_TPR_SHADOW,
  secondary: SecondaryControl.VIRTUAL_INTERRUPT_DELIVERY,
};

/** An interrupt controller that has these vectors, in this order, and notes what is written to it. */
function interrupting(...vectors: number[]) {
  const written: [number, bigint][] = [];
  const bus: Bus = {
    ...NO_DEVICES,
    interruptRequested: () => vectors.length > 0,
    acknowledgeInterrupt: () => vectors.shift() ?? 0,
    apic: {
      read: () => 0n,
      write: (number, value) => written.push([number, value]) > 0,
      reset: () => undefined,
      initialize: () => undefined,
      baseChanged: () => undefined,
      timeStampChanged: () => undefined,
    },
  };
  return { bus, written };
}

function posted(
  { bus }: ReturnType<typeof interrupting>,
  fields: FieldValues,
  vectors: number[],
  ...code: readonly (readonly number[])[]
) {
  const values = { POSTED_INTR_NV: NOTIFICATION, ...fields };
  const cpu = apicGuest({ ...CONTROLS, bus }, values, ...code);
  for (const vector of vectors) {
    const at = DESCRIPTOR + 4 * (vector >>> 5);
    cpu.physical.write32(at, cpu.physical.read32(at) | (1 << (vector & 31)));
  }
  cpu.physical.write32(DESCRIPTOR + 32, 0xf0001);
  return cpu;
}

describe('posted interrupts (SDM 3C 30.6)', () => {
  it('come into VIRR by the notification vector, without a VM exit', () => {
    const controller = interrupting(NOTIFICATION);
    const cpu = posted(controller, {}, [0x31, 0x71], NOP);
    setVectors(cpu, Apic.IRR, 0x41);
    const exit = runToExit(cpu);
    assert.equal(exit.reason, ExitReason.VMCALL);
    assert.deepEqual(requested(cpu), [0x31, 0x41, 0x71]);
    assert.equal(exit.status, 0x71);
  });

  it('empty the descriptor, but for what is not the processor’s', () => {
    const cpu = posted(interrupting(NOTIFICATION), {}, [0x31, 0x71], NOP);
    runToExit(cpu);
    for (let word = 0; word < 8; word++)
      assert.equal(cpu.physical.read32(DESCRIPTOR + 4 * word), 0);
    assert.equal(cpu.physical.read32(DESCRIPTOR + 32), 0xf0000);
  });

  it('end the notification in the local APIC', () => {
    const controller = interrupting(NOTIFICATION);
    runToExit(posted(controller, {}, [0x31], NOP));
    assert.deepEqual(controller.written, [[0x80b, 0n]]);
  });

  it('are delivered at once where the guest takes interrupts', () => {
    const cpu = posted(interrupting(NOTIFICATION), { GUEST_RFLAGS: 0x202 }, [0x31, 0x71], NOP);
    assert.equal(runToExit(cpu).handler, 0x71);
    assert.deepEqual([requested(cpu), inService(cpu)], [[0x31], [0x71]]);
  });

  it('end a HLT, or leave the guest in it', () => {
    const open = posted(interrupting(NOTIFICATION), { GUEST_RFLAGS: 0x202 }, [0x31], HLT);
    assert.equal(runToExit(open).handler, 0x31);
    const closed = posted(interrupting(NOTIFICATION), { GUEST_ACTIVITY_STATE: 1 }, [0x31]);
    assert.equal(closed.vmx.enter(true).kind, 'VMsucceed');
    assert.equal(closed.run(100).kind, 'halt');
    assert.deepEqual([told(closed).exited, requested(closed)], [false, [0x31]]);
  });

  it('leave RVI where something higher is requested', () => {
    const cpu = posted(interrupting(NOTIFICATION), { GUEST_INTR_STATUS: 0x91 }, [0x31], NOP);
    assert.equal(runToExit(cpu).status, 0x91);
  });

  it('exit by every other vector, which is acknowledged once', () => {
    const controller = interrupting(0x55, 0x66);
    const cpu = posted(controller, {}, [0x31], NOP);
    const exit = runToExit(cpu);
    assert.deepEqual([exit.reason, exit.event], [ExitReason.EXTERNAL_INTERRUPT, 0x80000055]);
    assert.deepEqual([vectorsOf(cpu, Apic.IRR), controller.written], [[], []]);
    assert.equal(controller.bus.acknowledgeInterrupt(), 0x66);
  });
});
