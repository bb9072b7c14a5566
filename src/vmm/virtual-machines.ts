import { Seg } from '../isa/registers/segment';
import { SegmentRights } from '../isa/access-rights';
import { FeatureControl } from '../isa/registers/msr-fields';
import { WideCr0, WideCr4, WideEfer } from '../isa/registers/control';
import { Msr } from '../isa/registers/msr';
import { Computer, type ComputerState } from '../machine/computer';
import { VBE_MEMORY } from '../machine/devices/vga/vbe';
import type { PlatformEvents, PlatformOptions } from '../machine/platform';
import type { EngineKind } from '../processor/execution/engine';
import type { Persistent } from '../processor/persistent';
import { PAGE_SIZE } from '../processor/state/layout';
import type { StartState } from '../processor/state/start-state';
import { buildAddressSpace, directMap } from './host/address-space';
import { ScatteredFrames, SequentialFrames } from './host/frames';
import { Host } from './host/host';
import { EptBuilder } from './memory/ept-builder';
import { GuestMemory, type Allocation } from './memory/guest-memory';
import { FramePool } from './memory/shadow/frame-pool';
import { Scheduler, SLICE, type SchedulerState } from './schedule/scheduler';
import { ALONE, SharedTurns } from './schedule/turns';
import { techniqueKind, type Paging, type TechniqueName } from './techniques';
import { VirtualMachine, type VirtualMachineState } from './virtual-machine';
import { VcpuArea } from './vcpu';
import type { Intercept } from './vtx/vmcs-setup';

/** What a guest brings with it. */
export interface GuestOptions {
  /** Bytes of RAM. */
  readonly memory: number;
  /** The registers with which it starts. */
  readonly start: StartState;
  readonly events: PlatformEvents;
  /** What its virtual computer has. */
  readonly platform?: PlatformOptions;
}

export interface VirtualMachinesOptions {
  readonly allocation: Allocation;
  /** What leads from the guests' addresses to the host's. */
  readonly paging: Paging;
  /** Whether translations of a guest's have a tag (a VPID), by which they outlive VM exits. */
  readonly tlbTags: boolean;
  readonly intercepts: readonly Intercept[];
  readonly engine?: EngineKind;
  /** How guests are virtualized. Default: 'vtx'. */
  readonly technique?: TechniqueName;
  /** For how long each of several guests has the processor, in units of its time. */
  readonly slice?: number;
  readonly guests: readonly [GuestOptions, ...GuestOptions[]];
}

/** The gate page lies here in host-physical memory; the monitor sees it in its direct map. */
const GATE_FRAME = 0x1000;
/** The monitor's own memory. */
const MONITOR_START = 0x100000;
/** For each guest. */
const MONITOR_SIZE = 16 * 2 ** 20;
/** The host's first serial port, on which the first guest prints. */
const SERIAL = 0x3f8;

export interface VirtualMachinesState {
  readonly computer: ComputerState;
  readonly ownFrames: number;
  readonly schedule: SchedulerState;
  readonly guests: readonly VirtualMachineState[];
}

/** A computer whose owner is the built-in monitor, with its virtual machines. */
export class VirtualMachines implements Persistent<VirtualMachinesState> {
  readonly computer: Computer;
  readonly all: readonly [VirtualMachine, ...VirtualMachine[]];
  readonly scheduler: Scheduler;
  private readonly frames: SequentialFrames;

  /** Builds the host, and guests that are ready to be entered once their images are loaded. */
  constructor(options: VirtualMachinesOptions) {
    const { guests, slice = SLICE } = options;
    const kind = techniqueKind(options.technique ?? 'vtx');
    const paging = kind.paging ?? options.paging;
    const plan = new MemoryPlan(guests, paging);
    const computer = new Computer({
      memory: plan.end,
      ownScreen: false,
      events: { serial: (byte) => guests[0].events.serial?.(byte) },
      ...(options.engine && { engine: options.engine }),
    });
    this.computer = computer;
    const frames = new SequentialFrames(MONITOR_START, plan.shadowStart(0));
    this.frames = frames;
    // One for all guests: their frames lie among one another.
    const pool = new ScatteredFrames(plan.guestStart, plan.pages);
    const hosts = guests.map((guest, n) => {
      const ept = new EptBuilder(computer.memory, frames);
      const memory = new GuestMemory(
        computer.memory,
        ept,
        pool,
        guest.memory,
        plan.card(n),
        frames,
      );
      if (options.allocation === 'eager') memory.allocateAll();
      return { guest, ept, memory };
    });
    const hostCr3 = buildAddressSpace(computer.memory, frames);
    enterRootMode(computer, hostCr3);
    // A VM entry loads no register of the x87 and vector units: the guest finds what the host has there.
    computer.processor.state.units.set(guests[0].start.units);
    computer.processor.gateFrame = GATE_FRAME;
    const make = ({ guest, ept, memory }: (typeof hosts)[number], number: number) => {
      const { host, technique } = kind.make({
        computer,
        frames,
        ept,
        shadowFrames: plan.shadowPool(number),
        hostCr3,
        gateFrame: GATE_FRAME,
        start: guest.start,
        intercepts: options.intercepts,
        tlbTags: options.tlbTags,
        engine: options.engine,
        number,
        slice,
        share: (context) => ({
          isFirst: number === 0,
          turns: guests.length > 1 ? new SharedTurns(context) : ALONE,
        }),
        host: (makeShadow) =>
          new Host(
            computer,
            memory,
            frames.allocate(),
            guest.events,
            printer(computer, guest.events, number),
            guest.platform ?? {},
            makeShadow,
          ),
      });
      host.guestStarts(guest.start.gprs);
      const area =
        guests.length > 1
          ? new VcpuArea(computer.memory, frames.allocate(), computer.processor.state.profile)
          : undefined;
      return new VirtualMachine(number, host, technique, paging, area);
    };
    const [first, ...others] = hosts;
    if (!first) throw new RangeError('no guests');
    this.all = [make(first, 0), ...others.map((each, n) => make(each, n + 1))];
    const byHostTimer = kind.hasPreemptionTimer !== true;
    this.scheduler = new Scheduler(this.all, computer.processor, byHostTimer, slice);
    if (others.length > 0) for (const { host } of this.all) host.neighbours = this.scheduler;
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

  /** The present guest has ended for good: somebody else goes on. @returns whether there is anybody */
  retire(): boolean {
    const { present } = this;
    present.ended = true;
    if (this.all.every(({ ended }) => ended)) return false;
    present.monitor.retire();
    return true;
  }

  save(): VirtualMachinesState {
    return {
      computer: this.computer.save(),
      ownFrames: this.frames.save(),
      schedule: this.scheduler.save(),
      guests: this.all.map((each) => each.save()),
    };
  }

  restore({ computer, ownFrames, schedule, guests }: VirtualMachinesState): void {
    this.computer.restore(computer);
    this.scheduler.restore(schedule);
    guests.forEach((state, n) => this.all[n]?.restore(state));
    // Last: ROM that is put back takes frames on the way.
    this.frames.restore(ownFrames);
  }
}

/** Enough for the tables of a few address spaces that use much of memory. */
const shadowFramesFor = (pages: number): number => Math.max(512, Math.ceil(pages / 32));

const pagesOf = ({ memory }: GuestOptions): number => Math.ceil(memory / PAGE_SIZE);

/** What lies where in host memory: the monitor's structures, shadow tables, guests, memory of their video cards. */
class MemoryPlan {
  /** Of all guests together. */
  readonly pages: number;
  readonly guestStart: number;
  private readonly shadow: readonly { readonly start: number; readonly count: number }[];

  constructor(
    private readonly guests: readonly GuestOptions[],
    paging: Paging,
  ) {
    this.pages = guests.reduce((sum, guest) => sum + pagesOf(guest), 0);
    // Room for the EPTs of all of guest memory, or what stands in their place, beside other structures.
    const tables = guests.reduce((sum, guest) => sum + Math.ceil(pagesOf(guest) / 512), 0);
    let at = MONITOR_START + guests.length * MONITOR_SIZE + tables * PAGE_SIZE;
    this.shadow = guests.map((guest) => {
      const [start, count] = [at, paging === 'shadow' ? shadowFramesFor(pagesOf(guest)) : 0];
      at += count * PAGE_SIZE;
      return { start, count };
    });
    this.guestStart = at;
  }

  shadowStart(number: number): number {
    return this.shadow[number]?.start ?? this.guestStart;
  }

  shadowPool(number: number): FramePool | undefined {
    const { start, count } = this.shadow[number] ?? { start: 0, count: 0 };
    return count > 0 ? new FramePool(start, count) : undefined;
  }

  /** Behind all guest memory. */
  card(number: number): number {
    return this.guestStart + this.pages * PAGE_SIZE + number * VBE_MEMORY;
  }

  get end(): number {
    return this.card(this.guests.length);
  }
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

/** The state in which a 64-bit monitor's code runs, VMX enabled (SDM 3C 24.7). */
function enterRootMode(computer: Computer, cr3: bigint): void {
  const cpu = computer.processor;
  const { state } = cpu;
  state.cr0 = WideCr0.PE | WideCr0.ET | WideCr0.NE | WideCr0.WP | WideCr0.PG;
  state.cr3 = cr3;
  state.cr4 = WideCr4.PAE | WideCr4.VMXE;
  state.efer = WideEfer.SCE | WideEfer.LME | WideEfer.LMA | WideEfer.NXE;
  state.setMsr(Msr.FEATURE_CONTROL, FeatureControl.LOCK | FeatureControl.VMX_OUTSIDE_SMX);
  const { UNUSABLE, FLAT_CODE_64, FLAT_DATA } = SegmentRights;
  for (let index = 0; index < Seg.TR; index++) {
    state.setSegment(index, { selector: 0, base: 0n, limit: 0, accessRights: UNUSABLE });
  }
  const flat = (selector: number, accessRights: number) => ({
    selector,
    base: 0n,
    limit: 0xffffffff,
    accessRights,
  });
  state.setSegment(Seg.CS, flat(8, FLAT_CODE_64));
  state.setSegment(Seg.SS, flat(0x10, FLAT_DATA));
  state.rip = directMap(GATE_FRAME);
  cpu.flushTlb(false);
  cpu.updateDerivedState();
}
