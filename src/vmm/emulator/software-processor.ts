import { Rflags } from '../../isa/registers/flags';
import type { Bus } from '../../processor/bus';
import { createProcessor } from '../../processor/create-processor';
import { takePendingDebug } from '../../processor/events/debug';
import type { EngineKind } from '../../processor/execution/engine';
import type { GuestMode } from '../../processor/guest-mode/guest-mode';
import { ROOT_OPERATION } from '../../processor/guest-mode/root-operation';
import type { Processor } from '../../processor/processor';
import type { CpuState } from '../../processor/state/cpu-state';
import { linearRipOf } from '../../processor/state/linear-rip';
import { startFrom, type StartState } from '../../processor/state/start-state';
import { stopAfter, type ProcessorStop } from '../../processor/stop';
import { packFetched } from '../emulate/fetched';
import type { GuestMemory } from '../memory/guest-memory';
import type { VcpuArea } from '../vcpu';
import { EmulatorMemory, GuestAddresses } from './emulator-memory';
import type { GuestBus } from './guest-bus';

/** What a processor in software works with. */
export interface SoftwareProcessorParts {
  /** The computer's own, whose memory and time it shares. */
  readonly host: Processor;
  /** Where its registers lie between two instructions. */
  readonly area: VcpuArea;
  readonly memory: GuestMemory;
  readonly bus: GuestBus;
  readonly ports: Pick<Bus, 'readPort' | 'writePort' | 'ferr' | 'apic'>;
  /** Whether writes to a frame must not go straight to memory, as somebody has to see them. */
  readonly isTraced?: ((frame: number) => boolean) | undefined;
  readonly engine?: EngineKind | undefined;
}

/** How an instruction in software has ended. */
export type Execution = ProcessorStop | { readonly kind: 'hypercall' };

/**
 * A processor in software: it executes the instructions of a guest that the processor does not run. Its registers are
 * those of a virtual processor's area, to which they go back after each instruction. It is made of what the computer's
 * processor is made of, so that every instruction does here all that it does there; its translations are in the sets of
 * the TLB that guest mode would use.
 */
export class SoftwareProcessor {
  readonly cpu: Processor;
  /** The registers of the host, while the slots hold those of the guest. */
  private readonly slots: Uint8Array<ArrayBuffer>;
  private readonly units: Uint8Array<ArrayBuffer>;
  private busy = false;
  private hypercall = false;
  private mappingsChanged = false;

  constructor(private readonly parts: SoftwareProcessorParts) {
    const { host, memory, bus, area, engine, ports } = parts;
    this.slots = new Uint8Array(host.state.slots.length);
    this.units = new Uint8Array(host.state.units.length);
    this.keepHost();
    this.cpu = createProcessor(
      new EmulatorMemory(host.physical, bus),
      { ...ports, interruptRequested: () => false, acknowledgeInterrupt: () => 0 },
      engine,
      area.profile,
      { caches: host.caches },
    );
    const { cpu } = this;
    cpu.ignoresBreakpoints = true;
    cpu.mmu.secondLevel = new GuestAddresses(memory, bus, parts.isTraced);
    cpu.guestMode = this.guestMode();
    cpu.state.keepMsrsIn(area.msrs);
    area.store(cpu.state);
    this.restoreHost();
  }

  /** The guest's registers, wherever they lie at the moment. */
  get state(): CpuState {
    return this.busy ? this.cpu.state : this.parts.area.state;
  }

  /** Whether an instruction is being executed. */
  get executes(): boolean {
    return this.busy;
  }

  /** Guest-physical addresses lead elsewhere from now on. */
  forgetMappings(): void {
    this.mappingsChanged = true;
  }

  /** Gives it the registers with which the guest begins. */
  start(start: StartState): void {
    this.using(({ state }) => {
      startFrom(state, start);
    });
    this.changed();
  }

  /** Its registers become those of a processor: it goes on from there. */
  takeFrom({ state, progress }: Processor): void {
    this.parts.area.store(state);
    this.cpu.progress.restore(progress.save());
  }

  /** What holds off interrupts, by the bits of a VMCS's interruptibility state. */
  get blocking(): number {
    return this.parts.area.blocking;
  }

  set blocking(blocking: number) {
    this.parts.area.blocking = blocking;
  }

  /** Whether it runs, and nothing is due between its last instruction and the next. */
  get isSettled(): boolean {
    return this.parts.area.isSettled;
  }

  /** Its registers have been changed from outside, or restored: what derives from them is out of date. */
  changed(): void {
    this.using((cpu) => {
      cpu.updateDerivedState();
    });
  }

  /** Does something with the guest's registers in the processor. */
  using<T>(act: (cpu: Processor) => T): T {
    const { cpu } = this;
    if (this.busy) return act(cpu);
    this.keepHost();
    this.parts.area.load(cpu.state);
    this.busy = true;
    try {
      return act(cpu);
    } finally {
      this.busy = false;
      this.parts.area.store(cpu.state);
      this.restoreHost();
    }
  }

  /** One instruction, or the event that comes instead of it; the host's count goes on by it. */
  execute(): Execution {
    return this.inTime((cpu) => {
      const stop = cpu.run(1);
      if (!this.hypercall) return stop;
      this.hypercall = false;
      cpu.state.endInstruction();
      cpu.progress.credit(1);
      return { kind: 'hypercall' };
    });
  }

  /** An external interrupt goes to its handler. @returns what is left of the guest when that failed */
  interrupt(vector: number): ProcessorStop | undefined {
    return this.delivering((cpu) => {
      cpu.deliver({ kind: 'external-interrupt', vector, returnRip: cpu.state.rip });
    });
  }

  /** A debug exception that came after an instruction goes to its handler. @param conditions bits of DR6 */
  debugException(conditions: bigint): ProcessorStop | undefined {
    return this.delivering((cpu) => {
      cpu.state.pendingDebug = Number(conditions);
      const event = takePendingDebug(cpu.state, false);
      if (event) cpu.deliver(event);
    });
  }

  private delivering(deliver: (cpu: Processor) => void): ProcessorStop | undefined {
    return this.inTime((cpu) => {
      try {
        deliver(cpu);
        return undefined;
      } catch (thrown) {
        return stopAfter(thrown);
      }
    });
  }

  /** The two processors have one time, whichever of them works. */
  private inTime<T>(act: (cpu: Processor) => T): T {
    const { host } = this.parts;
    return this.using((cpu) => {
      if (this.mappingsChanged) cpu.flushWorld(1);
      this.mappingsChanged = false;
      cpu.progress.restore(host.progress.save());
      const result = act(cpu);
      host.progress.restore(cpu.progress.save());
      return result;
    });
  }

  /** The bytes at RIP, as `packFetched` puts them together; fewer than 15 where they cannot be fetched. */
  fetch(): bigint {
    return this.using((cpu) => {
      const { rip, codeBits: bits } = cpu.state;
      return packFetched({ bytes: cpu.instructionBytes(), rip, bits });
    });
  }

  /** Decodes what lies at RIP, unless it is known. @returns its length; 0 where it is no instruction */
  decode(): number {
    return this.using((cpu) => cpu.decodedLength());
  }

  /** The linear address of the next instruction. */
  get linearRip(): bigint {
    return linearRipOf(this.state);
  }

  /** Whether it takes an interrupt before the next instruction. */
  get acceptsInterrupts(): boolean {
    return this.interruptsEnabled && !this.parts.area.inShadow && !this.cpu.holdInterrupts;
  }

  get interruptsEnabled(): boolean {
    return this.state.hasFlag(Rflags.IF);
  }

  private keepHost(): void {
    const { state } = this.parts.host;
    this.slots.set(state.slots);
    this.units.set(state.units);
  }

  private restoreHost(): void {
    const { state } = this.parts.host;
    state.slots.set(this.slots);
    state.units.set(this.units);
  }

  /** What is not for the guest's processor to do: a hypercall is for the monitor. Only a kernel may make one. */
  private guestMode(): GuestMode {
    return {
      ...ROOT_OPERATION,
      active: true,
      vmxInstruction: (instruction) => {
        if (instruction !== 'VMCALL' || this.cpu.state.cpl !== 0) return false;
        this.hypercall = true;
        this.cpu.requestStop();
        return true;
      },
    };
  }
}
