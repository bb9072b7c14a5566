import { Computer, type ComputerState } from '../machine/computer';
import type { PlatformEvents, PlatformOptions } from '../machine/platform';
import type { EngineKind } from '../processor/execution/engine';
import { Gpr } from '../isa/registers/general';
import type { Profile } from '../processor/profile/profile';
import type { Persistent } from '../processor/persistent';
import { resetStart, type StartState } from '../processor/state/start-state';
import { buildAddressSpace } from './host/address-space';
import { ScatteredFrames, SequentialFrames } from './host/frames';
import { Host } from './host/host';
import { MemoryPlan } from './host/memory-plan';
import { enterRootMode, GATE_FRAME } from './host/root-mode';
import { HostKernel, type HostKernelState } from './hosting/host-kernel';
import { HostProcess } from './hosting/host-process';
import type { HostingOptions } from './hosting/hosting';
import { holderOf } from './hosting/withdrawal';
import { HostFrames, type Backing } from './memory/backing';
import { EptBuilder } from './memory/ept-builder';
import { NptBuilder } from './memory/npt-builder';
import type { SecondLevelTables } from './memory/second-level-tables';
import { GuestMemory, type Allocation } from './memory/guest-memory';
import { Scheduler, SLICE, type SchedulerState } from './schedule/scheduler';
import { ALONE, SharedTurns } from './schedule/turns';
import { techniqueKind, type Paging, type TechniqueKind, type TechniqueName } from './techniques';
import { VirtualMachine, type VirtualMachineState } from './virtual-machine';
import { VirtualComputer, type VirtualComputerState } from './host/virtual-computer';
import { VcpuArea } from './vcpu';
import type { Intercept } from './intercepts';

/** What a guest brings with it. */
export interface GuestOptions {
  /** Bytes of RAM. */
  readonly memory: number;
  /** The registers with which it starts. */
  readonly start: StartState;
  readonly events: PlatformEvents;
  /** What its virtual computer has. */
  readonly platform?: PlatformOptions;
  /** How many virtual processors it has, where the technique can give it several. Default: 1. */
  readonly processors?: number;
}

export interface VirtualMachinesOptions {
  readonly allocation: Allocation;
  /** What leads from the guests' addresses to the host's. */
  readonly paging: Paging;
  /** Whether translations of a guest's have a tag (a VPID), by which they outlive VM exits. */
  readonly tlbTags: boolean;
  /** Whether the only guest may have guests itself: it is told that the processor has VMX. Default: false. */
  readonly nested?: boolean;
  readonly intercepts: readonly Intercept[];
  readonly engine?: EngineKind;
  /** What processor the computer has; by default, Ringside's own. */
  readonly profile?: Profile;
  /** How guests are virtualized. Default: 'vtx'. */
  readonly technique?: TechniqueName;
  /** The host under the monitor (Type II); undefined: the monitor has the computer for itself (Type I). */
  readonly hosting?: HostingOptions | undefined;
  /** For how long each of several guests has the processor, in units of its time. */
  readonly slice?: number;
  readonly guests: readonly [GuestOptions, ...GuestOptions[]];
}

/** The host's first serial port, on which the first guest prints. */
const SERIAL = 0x3f8;

/** A guest with its memory, and the tables that map it. */
interface GuestRam {
  readonly guest: GuestOptions;
  readonly tables: SecondLevelTables;
  readonly memory: GuestMemory;
  readonly process: HostProcess | undefined;
}

/** What a virtual processor is made of. */
interface ProcessorParts extends GuestRam {
  /** Makes it for the first one. */
  readonly virtualComputer: () => VirtualComputer;
  /** How many virtual processors the guest has. */
  readonly count: number;
  /** Of the guest among those of the host, from 0. */
  readonly guestNumber: number;
  readonly kind: TechniqueKind;
  readonly options: VirtualMachinesOptions;
  readonly plan: MemoryPlan;
  readonly hostCr3: bigint;
  /** Among all that share the host's processor, from 0. */
  readonly number: number;
  /** Among those of its guest, from 0. */
  readonly processor: number;
}

export interface VirtualMachinesState {
  readonly computer: ComputerState;
  readonly ownFrames: number;
  readonly schedule: SchedulerState;
  readonly hosting: HostKernelState | undefined;
  readonly virtualComputers: readonly VirtualComputerState[];
  readonly virtualProcessors: readonly VirtualMachineState[];
}

/** A computer whose owner is the built-in monitor, with its virtual machines. */
export class VirtualMachines implements Persistent<VirtualMachinesState> {
  readonly computer: Computer;
  /** The virtual processors of all guests. */
  readonly all: readonly [VirtualMachine, ...VirtualMachine[]];
  readonly scheduler: Scheduler;
  /** The kernel of the host, where the monitor is hosted. */
  readonly kernel: HostKernel | undefined;
  private readonly virtualComputers: readonly VirtualComputer[];
  /** The monitor's own. */
  private readonly frames: SequentialFrames;

  /**
   * Builds the host, and guests that are ready to be entered once their images are loaded.
   *
   * @throws RangeError for several virtual processors where the technique gives a guest one, and for a guest that is to have
   *   guests itself where it cannot
   */
  constructor(options: VirtualMachinesOptions) {
    const { guests, slice = SLICE } = options;
    const kind = techniqueKind(options.technique ?? 'vtx');
    if (guests.some(({ processors = 1 }) => processors > 1)) checkSeveral(kind, options);
    if (options.nested) checkNested(kind, options);
    const plan = new MemoryPlan(guests, kind.paging ?? options.paging, options.hosting?.memory);
    this.computer = hostComputer(options, plan);
    this.frames = new SequentialFrames(plan.monitorStart, plan.monitorEnd);
    const pool = new ScatteredFrames(plan.guestStart, plan.pages);
    const { hosting } = options;
    this.kernel = hosting && new HostKernel(this.computer.memory, pool, hosting.memory);
    const nested = kind.tables === 'npt' && options.paging !== 'shadow';
    const Tables = nested ? NptBuilder : EptBuilder;
    const memories = this.guestMemories(options, plan, pool, Tables);
    const hostCr3 = buildAddressSpace(this.computer.memory, this.frames);
    for (const { process } of memories) process?.shareKernel(hostCr3);
    enterRootMode(this.computer, memories[0]?.process?.cr3 ?? hostCr3);
    // A VM entry loads no register of the x87 and vector units: the guest finds what the host has there.
    this.computer.processor.state.units.set(guests[0].start.units);
    const places = memories.flatMap((ram, guestNumber) => {
      let made: VirtualComputer | undefined;
      const virtualComputer = () => (made ??= this.virtualComputer(ram, guestNumber));
      const { processors: count = 1 } = ram.guest;
      return Array.from({ length: count }, (_, processor) => ({
        ...ram,
        ...{ guestNumber, virtualComputer, processor, count },
      }));
    });
    const shares = places.length > 1;
    const [first, ...others] = places.map((place, number) =>
      this.make({ kind, options, plan, hostCr3, number, ...place }, shares),
    );
    if (!first) throw new RangeError('no guests');
    this.all = [first, ...others];
    this.virtualComputers = [...new Set(this.all.map(({ host }) => host.virtualComputer))];
    const byHostTimer = kind.hasPreemptionTimer !== true;
    this.scheduler = new Scheduler(this.all, this.computer.processor, byHostTimer, slice);
    if (others.length > 0) for (const { host } of this.all) host.neighbours = this.scheduler;
  }

  /** Makes the memory of each guest, with the tables that map it. Their frames lie among one another. */
  private guestMemories(
    { allocation, guests }: VirtualMachinesOptions,
    plan: MemoryPlan,
    pool: ScatteredFrames,
    Tables: typeof EptBuilder | typeof NptBuilder,
  ): GuestRam[] {
    const { frames, kernel } = this;
    const { memory: host } = this.computer;
    return guests.map((guest, guestNumber) => {
      const tables = new Tables(host, frames);
      const process = kernel && new HostProcess(host, frames, kernel, guest.memory);
      const backing: Backing = process ?? new HostFrames(pool);
      const memory = new GuestMemory(
        host,
        tables,
        backing,
        guest.memory,
        plan.card(guestNumber),
        frames,
      );
      // A process gets memory when it touches it.
      if (allocation === 'eager' && !process) memory.allocateAll();
      return { guest, tables, memory, process };
    });
  }

  private virtualComputer({ guest, memory }: GuestRam, number: number): VirtualComputer {
    return new VirtualComputer({
      memory,
      events: guest.events,
      print: printer(this.computer, guest.events, number),
      platform: guest.platform ?? {},
      processors: guest.processors ?? 1,
    });
  }

  /** @param shares whether there are others on the host's processor */
  private make(parts: ProcessorParts, shares: boolean): VirtualMachine {
    const { kind, options, plan, guest, number, processor, tables, virtualComputer } = parts;
    const { process, guestNumber, count } = parts;
    const { computer, frames, kernel } = this;
    const { profile } = computer.processor.state;
    const hostCr3 = process?.cr3 ?? parts.hostCr3;
    const siblings = count > 1;
    const start = processor === 0 ? guest.start : startOfFurther(profile);
    const { host, technique } = kind.make({
      computer,
      frames,
      tables,
      shadowFrames: plan.shadowPool(guestNumber),
      hostCr3,
      gateFrame: GATE_FRAME,
      start,
      intercepts: options.intercepts,
      tlbTags: options.tlbTags,
      nested: options.nested ?? false,
      engine: options.engine,
      number,
      siblings,
      slice: options.slice ?? SLICE,
      share: (context) => ({
        isFirst: number === 0,
        turns: shares ? new SharedTurns(context, siblings) : ALONE,
        place: { number: processor, of: count },
      }),
      host: (makeShadow) => {
        const saveArea = frames.allocate();
        const place = { turn: number, processor };
        return new Host(computer, virtualComputer(), place, saveArea, makeShadow);
      },
    });
    host.guestStarts(start.gprs);
    if (kernel && process) {
      host.hosting = { kernel, process, number: guestNumber };
      process.holder = holderOf(host);
    }
    const area = shares ? new VcpuArea(computer.memory, frames.allocate(), profile) : undefined;
    return new VirtualMachine(number, host, technique, kind.paging ?? options.paging, area);
  }

  /** The one that has the processor. */
  get present(): VirtualMachine {
    return this.all[this.scheduler.present] ?? this.all[0];
  }

  /** Prepares all of them up to the first entry. Their memory holds what they start with. */
  boot(): void {
    for (const { monitor } of this.all) monitor.powerOn();
    let { monitor } = this.present;
    while (monitor.active && !monitor.host.end) {
      monitor.step();
      ({ monitor } = this.present);
    }
  }

  /** The present guest has ended for good, with all its virtual processors: somebody else goes on. @returns whether there is anybody */
  retire(): boolean {
    const { present } = this;
    for (const each of this.all) if (each.isSiblingOf(present)) each.ended = true;
    if (this.all.every(({ ended }) => ended)) return false;
    present.monitor.retire();
    return true;
  }

  save(): VirtualMachinesState {
    return { ...this.saveBesideMemory(), computer: this.computer.save() };
  }

  /** The same, but for the computer's memory: see `Computer.saveBesideMemory`. */
  saveBesideMemory(): VirtualMachinesState {
    return {
      computer: this.computer.saveBesideMemory(),
      ownFrames: this.frames.save(),
      schedule: this.scheduler.save(),
      hosting: this.kernel?.save(),
      virtualComputers: this.virtualComputers.map((each) => each.save()),
      virtualProcessors: this.all.map((each) => each.save()),
    };
  }

  restore(state: VirtualMachinesState): void {
    const { computer, ownFrames, schedule, hosting } = state;
    this.computer.restore(computer);
    this.scheduler.restore(schedule);
    const { virtualComputer, place } = this.present.host;
    this.virtualComputers.forEach((each, n) => {
      const saved = state.virtualComputers[n];
      if (saved) each.restore(saved, each === virtualComputer ? place.processor : 0);
    });
    state.virtualProcessors.forEach((saved, n) => this.all[n]?.restore(saved));
    // ROM that is put back asks for frames that are there.
    if (hosting) this.kernel?.restore(hosting);
    // Last: ROM that is put back takes frames on the way.
    this.frames.restore(ownFrames);
  }
}

/** Shadow tables belong to one virtual processor, and hardware starts nobody in software. */
function checkSeveral(kind: TechniqueKind, { paging }: VirtualMachinesOptions): void {
  if (kind.severalProcessors !== true || paging === 'shadow') {
    throw new RangeError('a guest has one virtual processor by this technique');
  }
}

/** Shadow tables, a host that takes pages away, and turns of others are each made for two levels. */
function checkNested(kind: TechniqueKind, options: VirtualMachinesOptions): void {
  const { guests, paging, hosting } = options;
  const alone = guests.length === 1 && (guests[0].processors ?? 1) === 1;
  if (kind.nests !== true || paging === 'shadow' || hosting || !alone) {
    throw new RangeError('a guest may have no guests itself here');
  }
}

/** A virtual processor that waits for a start-up IPI: as after RESET, with its signature in EDX. */
function startOfFurther({ description: { signature } }: Profile): StartState {
  const start = resetStart();
  return { ...start, gprs: start.gprs.with(Gpr.RDX, BigInt(signature)) };
}

/** The computer whose processor and devices the monitor has. */
function hostComputer(
  { guests, engine, profile }: VirtualMachinesOptions,
  plan: MemoryPlan,
): Computer {
  const computer = new Computer({
    memory: plan.end,
    ownScreen: false,
    events: { serial: (byte) => guests[0].events.serial?.(byte) },
    ...(engine && { engine }),
    ...(profile && { profile }),
  });
  computer.processor.gateFrame = GATE_FRAME;
  return computer;
}

/** The first guest prints on the host's own serial port; others have an output of their own. */
function printer(computer: Computer, events: PlatformEvents, number: number) {
  const { serial } = computer.platform;
  return number === 0
    ? (byte: number) => {
        serial.writePort(SERIAL, 1, byte);
      }
    : (byte: number) => events.serial?.(byte);
}
