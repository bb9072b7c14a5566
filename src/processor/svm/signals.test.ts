import assert from 'node:assert/strict';
import { SvmExit } from '../../isa/svm/exit-codes';
import { VirtualInterrupt } from '../../isa/svm/control-fields';
import { Vector } from '../../isa/exceptions';
import type { ExternalSignal } from '../events/external-signals';
import {
  at,
  exitCode,
  exited,
  GUEST_CODE,
  halted,
  HANDLER,
  intercepting,
  prepare,
  vmcbOf,
  type VmcbValues,
} from './prepared-processor.testing';

const NOPS = [0x90, 0x90];
const IRETQ = [0x48, 0xcf];
/** STGI; NOP; HLT. */
const HOST = [0x0f, 0x01, 0xdc, 0x90, 0xf4];
const handlerOf = (vector: number): number => HANDLER + 16 * vector + 1;

/** In the guest, before its first instruction. */
function inGuest(fields: VmcbValues, code: readonly number[] = NOPS) {
  const cpu = prepare(fields, code, { host: HOST });
  cpu.run(1);
  assert.equal(cpu.guestMode.active, true);
  return cpu;
}

describe('NMIs in a guest (APM 2 15.13.2, 15.17)', () => {
  it('are delivered where NMI is not intercepted, once, whatever RFLAGS.IF is', () => {
    const cpu = inGuest({ RFLAGS: 2 });
    cpu.signals.raise('NMI');
    cpu.signals.raise('NMI');
    assert.equal(halted(cpu), handlerOf(Vector.NMI) - GUEST_CODE);
    assert.equal(cpu.state.nmiBlocked, true);
  });

  it('wait for the IRET that ends the handler of one before', () => {
    const cpu = inGuest({ RFLAGS: 2 }, NOPS);
    cpu.physical.writeBytes(HANDLER + 16 * Vector.NMI, Uint8Array.from([0x90, ...IRETQ]));
    const positions: number[] = [];
    for (let n = 0; n < 5; n++) {
      if (n < 2) cpu.signals.raise('NMI');
      cpu.run(1);
      positions.push(Number(cpu.state.rip) - HANDLER - 16 * Vector.NMI);
    }
    const guest = GUEST_CODE - HANDLER - 16 * Vector.NMI;
    assert.deepEqual(positions, [0, 1, 0, 1, guest]);
  });

  it('exit with NMI where that is intercepted, and come to the host when it sets GIF', () => {
    const cpu = inGuest(intercepting(SvmExit.NMI));
    cpu.signals.raise('NMI');
    const vmcb = exited(cpu);
    assert.deepEqual([exitCode(vmcb), at(vmcb)], [0x61n, 0]);
    assert.equal(cpu.state.rip, BigInt(handlerOf(Vector.NMI)));
  });

  it('wait for the end of an interrupt shadow', () => {
    const cpu = inGuest({ ...intercepting(SvmExit.NMI), INTERRUPT_SHADOW: 1 });
    cpu.signals.raise('NMI');
    assert.equal(at(exited(cpu)), 1);
  });

  it('wait while the guest has cleared the global interrupt flag', () => {
    const cpu = inGuest(intercepting(SvmExit.NMI), [0x0f, 0x01, 0xdd, 0x90, 0x0f, 0x01, 0xdc]);
    cpu.run(1);
    cpu.signals.raise('NMI');
    const vmcb = exited(cpu);
    assert.deepEqual([exitCode(vmcb), at(vmcb)], [0x61n, 7]);
  });

  it('are part of the state while they wait', () => {
    const cpu = inGuest(intercepting(SvmExit.NMI));
    cpu.signals.raise('NMI');
    const saved = cpu.save();
    const other = inGuest({}, NOPS);
    other.restore(saved);
    other.run(1);
    assert.equal(other.guestMode.active, true); // it has another VMCB: no intercept
    assert.equal(other.state.rip, BigInt(HANDLER + 16 * Vector.NMI));
  });
});

describe('SMIs in a guest (APM 2 15.13.3)', () => {
  it('exit with SMI where that is intercepted, before what a single step traps', () => {
    const cpu = inGuest({ ...intercepting(SvmExit.SMI), RFLAGS: 0x102 });
    cpu.run(0);
    cpu.signals.raise('SMI');
    assert.equal(exitCode(exited(cpu)), 0x62n);
  });

  it('are handled without a trace where it is not', () => {
    const cpu = inGuest({});
    cpu.signals.raise('SMI');
    assert.equal(halted(cpu), NOPS.length + 1);
  });
});

describe('virtual NMIs (APM 2 15.21.10)', () => {
  const { V_NMI, V_NMI_MASK, V_NMI_ENABLE } = VirtualInterrupt;
  const virtual = (bits: number): VmcbValues => ({
    ...intercepting(SvmExit.NMI, SvmExit.VMMCALL),
    VIRTUAL_INTERRUPT: V_NMI_ENABLE | bits,
  });
  const VMMCALL = [0x0f, 0x01, 0xd9];
  const controlOf = (cpu: ReturnType<typeof prepare>): number =>
    vmcbOf(cpu).readNumber('VIRTUAL_INTERRUPT') & (V_NMI | V_NMI_MASK);

  it('are delivered, and mask others', () => {
    const cpu = prepare(virtual(V_NMI), NOPS);
    assert.equal(halted(cpu), handlerOf(Vector.NMI) - GUEST_CODE);
    assert.equal(cpu.state.nmiBlocked, false);
    cpu.signals.raise('NMI');
    assert.equal(exitCode(exited(cpu)), 0x61n);
    assert.equal(controlOf(cpu), V_NMI_MASK);
  });

  it('are masked until IRET', () => {
    const cpu = prepare(virtual(V_NMI), VMMCALL);
    cpu.physical.writeBytes(HANDLER + 16 * Vector.NMI, Uint8Array.from(IRETQ));
    const vmcb = exited(cpu);
    assert.deepEqual([exitCode(vmcb), at(vmcb), controlOf(cpu)], [0x81n, 0, 0]);
  });

  it('wait while they are masked, also by one that VMRUN injects', () => {
    const masked = prepare(virtual(V_NMI | V_NMI_MASK), VMMCALL);
    assert.equal(exitCode(exited(masked)), 0x81n);
    assert.equal(controlOf(masked), V_NMI | V_NMI_MASK);
    const injected = prepare({ ...virtual(V_NMI), EVENTINJ: 0x80000202 }, VMMCALL);
    injected.physical.writeBytes(HANDLER + 16 * Vector.NMI, Uint8Array.from(VMMCALL));
    exited(injected);
    assert.equal(controlOf(injected), V_NMI | V_NMI_MASK);
  });

  it('need the intercept of physical ones', () => {
    const cpu = prepare({ VIRTUAL_INTERRUPT: V_NMI_ENABLE });
    exited(cpu);
    assert.deepEqual(
      cpu.svm.entryFailures.map(({ rule }) => rule),
      ['control.virtual-nmi'],
    );
  });
});

describe('signals outside guest mode (APM 2 15.17)', () => {
  for (const [signal, rip] of [
    ['NMI', handlerOf(Vector.NMI)],
    ['SMI', undefined],
  ] as const satisfies [ExternalSignal, number | undefined][]) {
    it(`${signal} waits for the global interrupt flag`, () => {
      const cpu = prepare({}, [], { host: [] });
      cpu.physical.writeBytes(0x108000, Uint8Array.from([0x90, 0x0f, 0x01, 0xdc, 0x90, 0xf4]));
      cpu.svm.setGlobalInterruptFlag(false);
      cpu.signals.raise(signal);
      cpu.run(1);
      assert.equal(cpu.state.rip, 0x108001n);
      cpu.run(10);
      assert.equal(cpu.state.rip, BigInt(rip ?? 0x108006));
    });
  }
});
