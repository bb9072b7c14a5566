import type { Bus } from '../../processor/bus';
import { createProcessor } from '../../processor/create-processor';
import type { InterruptEvent } from '../../processor/events/event';
import type { Processor } from '../../processor/processor';
import type { Profile } from '../../processor/profile/profile';
import { stopAfter } from '../../processor/stop';
import { startFrom, startStateOf, type StartState } from '../../processor/state/start-state';
import { BusMemory } from './bus-memory';
import type { PhysicalBus } from './guest-bus';

/** What the guest's instruction works on: registers, and what belongs to paging. */
export interface EmulatedState {
  readonly registers: StartState;
  readonly cr2: bigint;
  readonly dr7: bigint;
  /** The PDPTE registers of PAE paging. */
  readonly pdptes: readonly bigint[];
  /** The registers of the x87 and vector units, as `CpuState.units` has them; PKRU is one of them. */
  readonly units: Uint8Array;
}

/** What the registers hold afterwards and how much work it was (see `Processor.work`), or what it is that cannot be done. */
export type Emulation =
  (EmulatedState & { readonly pkru: bigint; readonly work: number }) | { readonly unable: string };

/** Emulated instructions do no I/O, and interrupts come from elsewhere. */
const NO_BUS: Bus = {
  readPort: () => 0xffff_ffff,
  writePort: () => undefined,
  interruptRequested: () => false,
  acknowledgeInterrupt: () => 0,
};

/**
 * Executes one instruction of the guest in software, as a monitor must where hardware cannot: its
 * accesses to memory go over the guest's bus, where virtual devices answer. It is a processor whose
 * memory is that bus, so that an instruction does here all that it does elsewhere, exceptions included.
 * It keeps nothing from one instruction to the next.
 */
export class InstructionEmulator {
  private readonly cpu: Processor;

  /** @param profile what processor the guest believes to have */
  constructor(bus: PhysicalBus, profile: Profile) {
    this.cpu = createProcessor(new BusMemory(bus), NO_BUS, undefined, profile);
  }

  /** How many instructions it has done. */
  get executed(): number {
    return this.cpu.progress.executed;
  }

  /** One instruction. */
  execute(before: EmulatedState): Emulation {
    return this.emulate(before, (cpu) => {
      const stop = cpu.run(1);
      if (stop.kind === 'not-implemented') return stop.what;
      return stop.kind === 'triple-fault' ? 'triple fault' : undefined;
    });
  }

  /** An event on its way to its handler. */
  deliver(before: EmulatedState, event: InterruptEvent): Emulation {
    return this.emulate(before, (cpu) => {
      try {
        cpu.deliver(event);
        return undefined;
      } catch (thrown) {
        const stop = stopAfter(thrown);
        return stop && stop.kind;
      }
    });
  }

  private emulate(before: EmulatedState, act: (cpu: Processor) => string | undefined): Emulation {
    const { cpu } = this;
    const { state } = cpu;
    cpu.reset();
    startFrom(state, before.registers);
    state.cr2 = before.cr2;
    state.dr.set([before.dr7], 7);
    state.pdptes.set(before.pdptes);
    state.units.set(before.units);
    cpu.updateDerivedState();
    const { work } = cpu;
    const unable = act(cpu);
    if (unable !== undefined) return { unable };
    const registers = startStateOf(state);
    const [dr7 = 0n] = state.dr.subarray(7);
    return {
      registers,
      cr2: state.cr2,
      dr7,
      pdptes: Array.from(state.pdptes),
      units: state.units.slice(),
      pkru: state.pkru,
      work: cpu.work - work,
    };
  }
}
