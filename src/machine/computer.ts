import type { ApicRegisters, Bus } from '../processor/bus';
import type { EngineKind } from '../processor/execution/engine';
import { romRegion } from '../processor/memory-region';
import type { Persistent } from '../processor/persistent';
import { PhysicalMemory, type MemoryState } from '../processor/physical-memory';
import type { Profile } from '../processor/profile/profile';
import type { Processor } from '../processor/processor';
import type { ProcessorSnapshot } from '../processor/state/snapshot';
import type { ProcessorStop } from '../processor/stop';
import { busMaster, NOBODY, registerSlave, type BusMaster } from './devices/bus-master';
import { Clock } from './devices/clock';
import { DeviceMap } from './device-map';
import { VBE_MEMORY } from './devices/vga/vbe';
import { ShadowRam, type ShadowState } from './shadow-ram';
import type { OwnApicRegisters } from './local-apics';
import { apicsOf, createProcessors, type Processors } from './processors';
import { Turns, type TurnsState } from './turns';
import { wakesByItself } from './wake-ups';
import {
  Platform,
  type PlatformEvents,
  type PlatformOptions,
  type PlatformState,
} from './platform';

export interface ComputerOptions {
  /** Bytes of RAM; rounded up to 64 KiB. */
  readonly memory: number;
  readonly engine?: EngineKind;
  /** What processor it has; by default, Ringside's own. */
  readonly profile?: Profile;
  readonly events?: PlatformEvents;
  readonly platform?: PlatformOptions;
  /** Whether the memory of its video card lies in this memory. Default: true. */
  readonly ownScreen?: boolean;
  /** How many processors it has. Default: 1. */
  readonly processors?: number;
}

/** Deadlines that may pass in HLT without an interrupt before `run` comes back: a masked timer never ends. */
const MOST_RESTS = 1000;

/** Why the computer came back. */
export type ComputerStop =
  | ProcessorStop
  /** HLT, and nothing is scheduled that could end it. */
  | { readonly kind: 'idle' };

/** The whole computer between two instructions. */
export interface ComputerState {
  /** Undefined where that is kept elsewhere. */
  readonly memory: MemoryState | undefined;
  readonly processors: readonly ProcessorSnapshot[];
  readonly turns: TurnsState;
  readonly platform: PlatformState;
  readonly shadow: ShadowState;
}

/**
 * The simulated host computer: processors, physical memory, devices, and one clock. It is
 * deterministic: time is the count of retired instructions, plus what HLT lets pass.
 */
export class Computer implements Persistent<ComputerState> {
  readonly memory: PhysicalMemory;
  readonly processors: Processors;
  readonly turns: Turns;
  readonly clock = new Clock();
  /** Memory as devices reach it. */
  readonly bus: BusMaster;
  /** The devices at the computer's own I/O ports. */
  readonly platform: Platform;
  /** Units of time after whose passing in HLT `run` comes back: a longer rest takes several runs. */
  longestRest = Number.MAX_SAFE_INTEGER;
  /** Until when HLT lets time pass at all: `run` comes back then. */
  restUntil = Infinity;
  private readonly devices: DeviceMap;
  private readonly shadow: ShadowRam;

  constructor(options: ComputerOptions) {
    const size = Math.ceil(options.memory / 0x10000) * 0x10000;
    const { processors: count = 1, ownScreen = true } = options;
    this.memory = new PhysicalMemory(size, ownScreen ? VBE_MEMORY : 0, count - 1);
    this.shadow = new ShadowRam(this.memory);
    const ram = {
      read: (address: number, length: number) => this.memory.readBytes(address, length),
      write: (address: number, bytes: Uint8Array) => {
        this.memory.writeBytes(address, bytes);
      },
      ...(this.memory.size > size && {
        card: this.memory.inPlace(size, VBE_MEMORY),
        cardWritten: (offset: number, length: number) => {
          this.memory.written(size + offset, length);
        },
      }),
    };
    const events = this.stopping(options.events ?? {});
    this.bus = busMaster((address) => {
      const region = this.memory.regionOnBus(address);
      if (region) return registerSlave(region, ram);
      return this.memory.isHidden(address) ? NOBODY : ram;
    });
    this.platform = new Platform(
      this.clock,
      events,
      {
        ...{ ram, bus: this.bus, memoryEnd: this.memory.size },
        processors: apicsOf(count, () => this.processors),
      },
      options.platform,
    );
    this.devices = new DeviceMap(this.memory, this.platform, {
      before: () => {
        this.clock.advanceTo(this.processor.time);
      },
      after: () => {
        this.noticeDeadline();
        if (this.platform.interruptRequested) this.processor.requestStop();
      },
    });
    this.processors = createProcessors(count, {
      memory: this.memory,
      busOf: (number) => this.processorBus(number),
      engine: options.engine,
      profile: options.profile,
    });
    this.turns = new Turns(this.processors, (number) => {
      this.platform.localApics.present = number;
      this.devices.updateLocalApic();
    });
    this.devices.updateLocalApic();
  }

  /** The processor whose turn it is; of most computers, the only one. */
  get processor(): Processor {
    return this.turns.processor;
  }

  /** Whether an interrupt could end the rest of any processor. */
  get interruptsEnabled(): boolean {
    return this.processors.some(({ interruptsEnabled }) => interruptsEnabled);
  }

  save(): ComputerState {
    return { ...this.saveBesideMemory(), memory: this.memory.save() };
  }

  /** All but what lies in memory, for whoever keeps that himself. */
  saveBesideMemory(): ComputerState {
    return {
      memory: undefined,
      processors: this.processors.map((processor) => processor.save()),
      turns: this.turns.save(),
      platform: this.platform.save(),
      shadow: this.shadow.save(),
    };
  }

  restore(state: ComputerState): void {
    if (state.memory) this.memory.restore(state.memory);
    this.shadow.restore(state.shadow);
    this.turns.restore(state.turns);
    this.processors.forEach((processor, number) => {
      const saved = state.processors[number];
      if (saved) processor.restore(saved);
    });
    this.platform.restore(state.platform);
    this.devices.updateLocalApic();
  }

  /** Puts a chip of ROM into the address space, below 1 MByte or below 4 GBytes. */
  installRom(address: number, bytes: Uint8Array): void {
    if (address < this.memory.size) this.shadow.install(address, bytes);
    else this.memory.map(romRegion(address, bytes));
  }

  /** Events after which the owner will want to decide: the processor comes back at once. */
  private stopping(events: PlatformEvents): PlatformEvents {
    return {
      ...events,
      exit: (value) => {
        events.exit?.(value);
        this.comeBack();
      },
      powerOff: () => {
        events.powerOff?.();
        this.comeBack();
      },
      reset: () => {
        events.reset?.();
        this.comeBack();
      },
      a20: (on) => {
        for (const processor of this.processors) processor.setAddressLine20(on);
      },
      videoWindow: () => {
        this.devices.updateVideo();
      },
      shadow: () => {
        this.shadow.update(this.platform.shadowSegments);
      },
    };
  }

  /** Runs until `budget` units of work are done (`Processor.work`) or something else stops the processor. */
  run(budget: number, past = false): ComputerStop {
    const end = this.processor.work + budget;
    let passing = past;
    let rests = 0;
    let left = this.longestRest;
    for (;;) {
      this.clock.advanceTo(this.processor.time);
      const slice = Math.min(end - this.processor.work, this.untilDeadline(), this.turns.left);
      this.sliceEnd = this.processor.time + slice;
      this.ownerAsked = false;
      const stop = this.processor.run(slice, passing);
      passing = false;
      this.clock.advanceTo(this.processor.time);
      if (stop.kind === 'halt') {
        if (this.processor.isAwake || this.turns.change()) continue;
        const most = Math.min(left, this.restUntil - this.processor.time);
        if (most <= 0) return { kind: 'budget' };
        const rested = this.interruptsEnabled ? this.idle(most) : undefined;
        if (rested === undefined) return { kind: 'idle' };
        left -= rested;
        if (++rests >= MOST_RESTS || left <= 0) return { kind: 'budget' };
        continue;
      }
      this.turns.changeIfOver();
      if (stop.kind === 'requested' && !this.ownerAsked) continue;
      if (stop.kind !== 'budget' || this.processor.work >= end) return stop;
    }
  }

  /**
   * Lets time pass to the next thing that is scheduled, or a part of it.
   *
   * @returns how much; undefined when nothing is scheduled
   */
  idle(most = Number.MAX_SAFE_INTEGER): number | undefined {
    const next = this.nextWaking();
    if (next === undefined) return undefined;
    const whole = Math.max(0, next - this.processor.time);
    const rest = Math.min(whole, most);
    this.processor.rest(rest, rest === whole);
    this.clock.advanceTo(this.processor.time);
    return rest;
  }

  /** What ends a HLT by itself: a device, or guest mode that is left when its time is over. */
  private nextWaking(): number | undefined {
    const scheduled = wakesByItself(this.platform.wakeUps) ? this.clock.nextDeadline() : undefined;
    const guests = this.processors.map(({ guestMode }) => guestMode.deadline());
    const due = [scheduled, ...guests].filter((time) => time !== undefined);
    return due.length === 0 ? undefined : Math.min(...due);
  }

  private ownerAsked = false;

  /** `run` comes back after the present instruction: its caller has something to decide. */
  comeBack(): void {
    this.ownerAsked = true;
    this.processor.requestStop();
  }

  /** The time up to which the processor runs without looking at the clock. */
  private sliceEnd = 0;

  /** A device was programmed: what it waits for may come before the processor would look again. */
  private noticeDeadline(): void {
    const next = this.clock.nextDeadline();
    if (next === undefined || next >= this.sliceEnd) return;
    this.processor.requestStop();
  }

  private untilDeadline(): number {
    const next = this.clock.nextDeadline();
    return next === undefined ? Number.MAX_SAFE_INTEGER : Math.max(1, next - this.processor.time);
  }

  /** A local APIC's registers, at the present time. */
  private apicRegisters(number: number): ApicRegisters {
    const at = <T>(access: (registers: OwnApicRegisters) => T): T => {
      this.clock.advanceTo(this.processor.time);
      const result = access(this.platform.localApics.registersOf(number));
      this.noticeDeadline();
      return result;
    };
    return {
      read: (number) => at((registers) => registers.read(number)),
      write: (number, value) => at((registers) => registers.write(number, value)),
      reset: () => {
        at((registers) => {
          registers.reset();
        });
      },
      initialize: () => {
        at((registers) => {
          registers.initialize();
        });
      },
      baseChanged: () => {
        this.devices.updateLocalApic();
      },
      timeStampChanged: () => {
        at((registers) => {
          registers.timeStampChanged();
        });
      },
    };
  }

  private processorBus(number: number): Bus {
    return {
      readPort: (port, bytes) => {
        this.clock.advanceTo(this.processor.time);
        return this.platform.ports.read(port, bytes);
      },
      writePort: (port, bytes, value) => {
        this.clock.advanceTo(this.processor.time);
        this.platform.ports.write(port, bytes, value);
        this.noticeDeadline();
      },
      ferr: (pending) => this.platform.coprocessorError.ferr(pending),
      pause: () => {
        this.turns.pass();
      },
      apic: this.apicRegisters(number),
      interruptRequested: () => this.platform.localApics.requests(number),
      acknowledgeInterrupt: () => this.platform.localApics.acknowledge(number),
    };
  }
}
