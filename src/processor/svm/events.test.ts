import assert from 'node:assert/strict';
import { SvmExit } from '../../isa/svm/exit-codes';
import type { Bus } from '../bus';
import type { Processor } from '../processor';
import {
  at,
  exitCode,
  exited,
  GUEST_CODE,
  halted,
  HANDLER,
  HOST_CODE,
  intercepting,
  NO_DEVICES,
  prepare,
  STACK,
  vmcbOf,
  type VmcbValues,
} from './prepared-processor.testing';

const X = SvmExit;
const IF = 0x200;
const handlerOf = (vector: number): number => HANDLER - GUEST_CODE + 16 * vector + 1;
/** The RIP and the error code that the handler finds, in a guest whose stack was empty. */
const returnRip = (cpu: Processor): number => Number(cpu.physical.read64(STACK - 40)) - GUEST_CODE;

describe('EVENTINJ (APM 2 15.20)', () => {
  for (const [name, event, vector, error] of [
    ['an external interrupt', 0x80000055, 0x55, undefined],
    ['an NMI, whatever the vector', 0x80000277, 2, undefined],
    ['an exception', 0x80000300, 0, undefined],
    ['an exception with an error code', 0x80000b0d, 13, 0x1234],
  ] as const) {
    it(`delivers ${name}`, () => {
      const cpu = prepare({ EVENTINJ: event, EVENTINJ_ERROR_CODE: 0x1234 });
      assert.equal(halted(cpu), handlerOf(vector));
      assert.equal(returnRip(cpu), error === undefined ? 0 : returnRip(cpu));
      if (error !== undefined) assert.equal(cpu.physical.read64(STACK - 48), BigInt(error));
      assert.equal(cpu.state.nmiBlocked, false);
    });
  }

  it('delivers a software interrupt, which returns to NRIP', () => {
    const cpu = prepare({ EVENTINJ: 0x80000441, NRIP: GUEST_CODE + 2 });
    assert.equal(halted(cpu), handlerOf(0x41));
    assert.equal(returnRip(cpu), 2);
  });

  it('delivers #BP as INT3 would', () => {
    const cpu = prepare({ EVENTINJ: 0x80000303, NRIP: GUEST_CODE + 1 });
    assert.equal(halted(cpu), handlerOf(3));
    assert.equal(returnRip(cpu), 1);
  });

  it('does not intercept the exception itself', () => {
    assert.equal(
      halted(prepare({ ...intercepting(X.EXCEPTION + 6), EVENTINJ: 0x80000306 })),
      handlerOf(6),
    );
  });

  it('an exit out of its delivery tells it in EXITINTINFO, and it is no more in EVENTINJ', () => {
    const fields = { ...intercepting(X.EXCEPTION + 14), RSP: 0x300000 };
    for (const event of [0x80000055, 0x80000202, 0x80000b0d, 0x80000441]) {
      const vmcb = exited(prepare({ ...fields, EVENTINJ: event, EVENTINJ_ERROR_CODE: 9 }));
      assert.deepEqual([exitCode(vmcb), vmcb.readNumber('EXITINTINFO')], [0x4en, event]);
      assert.deepEqual(
        [vmcb.readNumber('EVENTINJ'), vmcb.readNumber('EVENTINJ_ERROR_CODE')],
        [0, 0],
      );
      assert.equal(vmcb.readNumber('EXITINTINFO_ERROR_CODE'), event & 0x800 ? 9 : 0);
    }
  });
});

/** An interrupt with vector 30H that is requested until it is acknowledged. */
function requesting(): Bus & { requested: boolean } {
  return {
    ...NO_DEVICES,
    requested: true,
    interruptRequested() {
      return this.requested;
    },
    acknowledgeInterrupt() {
      this.requested = false;
      return 0x30;
    },
  };
}

const NOPS = [0x90, 0x90, 0x90, 0x90];
/** The host waits with interrupts on as soon as the global interrupt flag is 1: STGI; STI; HLT. */
const HOST = [0x0f, 0x01, 0xdc, 0xfb, 0x90, 0xf4];
const MASKING = 1 << 24;

describe('physical interrupts (APM 2 15.13.1, 15.17, 15.21)', () => {
  const guest = (fields: VmcbValues, hostFlags = 2, host: readonly number[] = [0xf4]) => {
    const bus = requesting();
    const cpu = prepare(fields, NOPS, { bus, host });
    cpu.state.rflags = BigInt(hostFlags);
    return { cpu, bus };
  };

  it('exit with INTR, and stay requested', () => {
    const { cpu, bus } = guest({ ...intercepting(X.INTR), RFLAGS: IF });
    const vmcb = exited(cpu);
    assert.deepEqual([exitCode(vmcb), at(vmcb), bus.requested], [0x60n, 0, true]);
    assert.equal(vmcb.read('NRIP'), 0n);
  });

  it('are delivered to the guest where INTR is not intercepted', () => {
    const { cpu } = guest({ RFLAGS: IF });
    assert.equal(halted(cpu), handlerOf(0x30));
  });

  it('wait for RFLAGS.IF of the guest', () => {
    assert.equal(halted(guest(intercepting(X.INTR)).cpu), 5);
  });

  it('wait for that of the host under V_INTR_MASKING', () => {
    const fields = { ...intercepting(X.INTR), VIRTUAL_INTERRUPT: MASKING };
    assert.equal(halted(guest({ ...fields, RFLAGS: IF }).cpu), 5);
    // The host's own CLGI keeps them from coming before VMRUN.
    const { cpu } = guest(fields, 2 | IF);
    cpu.svm.setGlobalInterruptFlag(false);
    assert.equal(exitCode(exited(cpu)), 0x60n);
  });

  it('wait for the end of an interrupt shadow', () => {
    const { cpu } = guest({ ...intercepting(X.INTR), RFLAGS: IF, INTERRUPT_SHADOW: 1 });
    assert.equal(at(exited(cpu)), 1);
  });

  it('end a HLT of the guest', () => {
    const bus = requesting();
    bus.requested = false;
    const cpu = prepare({ ...intercepting(X.INTR), RFLAGS: IF }, [0xf4], { bus });
    assert.equal(halted(cpu), 1);
    bus.requested = true;
    const vmcb = exited(cpu);
    assert.deepEqual([exitCode(vmcb), at(vmcb)], [0x60n, 1]);
  });

  it('come to the host when it sets the global interrupt flag, not before', () => {
    const { cpu, bus } = guest({ ...intercepting(X.INTR), RFLAGS: IF }, 2 | IF, [
      0x90,
      0xfb,
      0x90,
      ...HOST,
    ]);
    cpu.svm.setGlobalInterruptFlag(false);
    assert.equal(cpu.run(10_000).kind, 'halt');
    assert.equal(bus.requested, false);
    assert.equal(cpu.state.rip, BigInt(HANDLER + 16 * 0x30 + 1));
    const from = Number(cpu.physical.read64(STACK + 0x8000 - 40));
    assert.equal(from, HOST_CODE + 3 + 3 + 3);
  });
});

describe('the global interrupt flag (APM 2 15.17)', () => {
  it('CLGI and STGI clear and set it; while it is 0, interrupts are held', () => {
    const bus = requesting();
    const cpu = prepare({}, [], { bus });
    cpu.physical.writeBytes(
      HOST_CODE,
      Uint8Array.from([0x0f, 0x01, 0xdd, 0xfb, 0x90, 0x90, 0x0f, 0x01, 0xdc, 0x90, 0xf4]),
    );
    cpu.run(4);
    assert.deepEqual(
      [cpu.svm.globalInterruptFlag, bus.requested, cpu.acceptsInterrupts],
      [false, true, false],
    );
    cpu.run(10);
    assert.deepEqual([cpu.svm.globalInterruptFlag, bus.requested], [true, false]);
    assert.equal(cpu.physical.read64(STACK + 0x8000 - 40), BigInt(HOST_CODE + 9));
  });

  it('while it is 0, breakpoints come to nothing, and single steps trap', () => {
    const cpu = prepare({});
    cpu.physical.writeBytes(HOST_CODE, Uint8Array.from([0x90, 0x90, 0xf4]));
    cpu.svm.setGlobalInterruptFlag(false);
    cpu.state.dr[0] = BigInt(HOST_CODE + 1);
    cpu.state.dr[7] = 0x402n;
    cpu.updateDerivedState();
    cpu.run(10);
    assert.equal(cpu.state.rip, BigInt(HOST_CODE + 3));
    cpu.state.activity = 'active';
    cpu.state.rip = BigInt(HOST_CODE);
    cpu.state.rflags |= 0x100n;
    cpu.run(10);
    assert.equal(cpu.state.rip, BigInt(HANDLER + 16 + 1));
  });

  it('VMRUN sets it', () => {
    const cpu = prepare({});
    cpu.svm.setGlobalInterruptFlag(false);
    halted(cpu);
    assert.equal(cpu.svm.globalInterruptFlag, true);
  });

  it('is part of the state', () => {
    const cpu = prepare({});
    cpu.svm.setGlobalInterruptFlag(false);
    const other = prepare({});
    other.restore(cpu.save());
    assert.deepEqual(
      [other.svm.globalInterruptFlag, other.guestMode.discardsBreakpoints],
      [false, true],
    );
    cpu.reset();
    assert.equal(cpu.svm.globalInterruptFlag, true);
  });
});

describe('virtual interrupts (APM 2 15.21)', () => {
  const [V_IRQ, IGN_TPR, PRIORITY] = [1 << 8, 1 << 20, 1 << 16];
  const pending = (control: number, fields: VmcbValues = {}): VmcbValues => ({
    RFLAGS: IF,
    V_INTR_VECTOR: 0x66,
    VIRTUAL_INTERRUPT: V_IRQ | control,
    ...fields,
  });

  it('are delivered, and pend no more', () => {
    const cpu = prepare({ ...pending(5 * PRIORITY), ...intercepting(X.CPUID) });
    assert.equal(halted(cpu), handlerOf(0x66));
    cpu.physical.writeBytes(HANDLER + 16 * 0x66, Uint8Array.from([0x0f, 0xa2]));
    cpu.state.activity = 'active';
    cpu.state.rip = BigInt(HANDLER + 16 * 0x66);
    assert.equal(exited(cpu).readNumber('VIRTUAL_INTERRUPT'), 5 * PRIORITY);
  });

  it('wait for RFLAGS.IF, and for the end of a shadow', () => {
    const cpu = prepare(pending(IGN_TPR, { RFLAGS: 2 }), [0x90, 0xfb, 0x90, 0x90]);
    assert.equal(halted(cpu), handlerOf(0x66));
    assert.equal(returnRip(cpu), 3);
  });

  it('wait for a priority above V_TPR, unless they ignore it', () => {
    assert.equal(halted(prepare(pending(3 * PRIORITY + 3))), 1);
    assert.equal(halted(prepare(pending(4 * PRIORITY + 3))), handlerOf(0x66));
    assert.equal(halted(prepare(pending(IGN_TPR + 3))), handlerOf(0x66));
  });

  it('come when CR8 is lowered', () => {
    const lower = [0x90, 0x44, 0x0f, 0x22, 0xc0, 0x90];
    const cpu = prepare(pending(4 * PRIORITY + 9 + MASKING, { RAX: 1 }), lower);
    assert.equal(halted(cpu), handlerOf(0x66));
    assert.equal(returnRip(cpu), 5);
  });

  it('exit with VINTR where that is intercepted, and stay pending', () => {
    const vmcb = exited(prepare({ ...pending(IGN_TPR), ...intercepting(X.VINTR) }));
    assert.equal(exitCode(vmcb), 0x64n);
    assert.equal(vmcb.readNumber('VIRTUAL_INTERRUPT') & V_IRQ, V_IRQ);
  });

  it('come after physical ones', () => {
    const fields = { ...pending(IGN_TPR), ...intercepting(X.VINTR, X.INTR) };
    assert.equal(exitCode(exited(prepare(fields, [], { bus: requesting() }))), 0x60n);
  });

  it('end a HLT of the guest', () => {
    const cpu = prepare(pending(IGN_TPR, { RFLAGS: 2 }), [0xfb, 0xf4]);
    assert.equal(halted(cpu), handlerOf(0x66));
    assert.equal(returnRip(cpu), 2);
  });

  it('V_INTR_MASKING gives the guest a CR8 of its own', () => {
    const code = [0x44, 0x0f, 0x22, 0xc0, 0x44, 0x0f, 0x20, 0xc3, 0x0f, 0xa2];
    const masked = prepare({ ...intercepting(X.CPUID), VIRTUAL_INTERRUPT: MASKING, RAX: 7 }, code);
    assert.equal(exited(masked).readNumber('VIRTUAL_INTERRUPT'), (MASKING | 7) >>> 0);
    assert.deepEqual([masked.state.cr8, masked.state.gpr(3)], [0n, 7n]);
    const plain = prepare({ ...intercepting(X.CPUID), RAX: 7 }, code);
    assert.equal(exited(plain).readNumber('VIRTUAL_INTERRUPT'), 7);
    assert.equal(plain.state.cr8, 7n);
  });

  it('with a virtual GIF, STGI and CLGI change that one, and it holds them (15.33.2)', () => {
    const [GIF, ENABLE] = [1 << 9, 1 << 25];
    const cpu = prepare(pending(IGN_TPR + ENABLE), [0x90, 0x0f, 0x01, 0xdc, 0x90]);
    assert.equal(halted(cpu), handlerOf(0x66));
    assert.equal(returnRip(cpu), 4);
    const clgi = prepare(
      { ...intercepting(X.CPUID), VIRTUAL_INTERRUPT: ENABLE | GIF },
      [0x0f, 0x01, 0xdd, 0x0f, 0xa2],
    );
    assert.equal(exited(clgi).readNumber('VIRTUAL_INTERRUPT') & GIF, 0);
    const plain = prepare({}, [0x0f, 0x01, 0xdd]);
    halted(plain);
    assert.equal(plain.svm.globalInterruptFlag, false);
  });

  it('are part of the state', () => {
    const cpu = prepare(pending(3 * PRIORITY + 3));
    halted(cpu);
    const state = cpu.save();
    const other = prepare({});
    other.physical.restore(cpu.physical.save());
    other.restore(state);
    assert.deepEqual(other.save(), state);
    assert.equal(vmcbOf(other).readNumber('GUEST_ASID'), 1);
  });
});
