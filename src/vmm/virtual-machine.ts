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
import type { SoftwareProcessor } from './emulator/software-processor';
import { HoleFinder } from './deprivilege/holes/hole-finder';
import { Host } from './host/host';
import { EptBuilder } from './memory/ept-builder';
import { GuestMemory, type Allocation, type GuestMemoryState } from './memory/guest-memory';
import { FramePool } from './memory/shadow/frame-pool';
import { Monitor, type MonitorState } from './monitor';
import { techniqueKind, type Paging, type TechniqueName } from './techniques';
import { TranslatedGuest } from './translate/translated-guest';
import type { Intercept } from './vtx/vmcs-setup';

export interface VirtualMachineOptions {
  /** Bytes of guest RAM. */
  readonly memory: number;
  readonly allocation: Allocation;
  /** What leads from the guest's addresses to the host's. */
  readonly paging: Paging;
  /** Whether translations of the guest's have a tag (a VPID), by which they outlive VM exits. */
  readonly tlbTags: boolean;
  readonly intercepts: readonly Intercept[];
  /** The registers with which the guest starts. */
  readonly start: StartState;
  readonly events: PlatformEvents;
  /** What the guest's virtual computer has. */
  readonly platform?: PlatformOptions;
  readonly engine?: EngineKind;
  /** How the guest is virtualized. Default: 'vtx'. */
  readonly technique?: TechniqueName;
}

/** The gate page lies here in host-physical memory; the monitor sees it in its direct map. */
const GATE_FRAME = 0x1000;
/** The monitor's own memory. */
const MONITOR_START = 0x100000;
const MONITOR_SIZE = 16 * 2 ** 20;

/** A computer whose owner is the built-in monitor, with one virtual machine. */
export interface VirtualMachine extends Persistent<VirtualMachineState> {
  readonly computer: Computer;
  readonly monitor: Monitor;
  readonly guestMemory: GuestMemory;
  readonly paging: Paging;
  /** Host-physical address of the area with the guest's general registers. */
  readonly saveArea: number;
  /** The processor in software, while it is what executes the guest's instructions. */
  readonly software: SoftwareProcessor | undefined;
  /** Finds the holes in virtualization that the guest comes to, where the technique has any. */
  readonly holes: HoleFinder | undefined;
  /** The guest whose kernel is translated, where the technique does that. */
  readonly translated: TranslatedGuest | undefined;
}

export interface VirtualMachineState {
  readonly computer: ComputerState;
  readonly monitor: MonitorState;
  readonly guestMemory: GuestMemoryState;
  readonly ownFrames: number;
}

/** Builds the host, and a guest that is ready to be entered once its image is loaded. */
export function createVirtualMachine(options: VirtualMachineOptions): VirtualMachine {
  const pageCount = Math.ceil(options.memory / 4096);
  // Room for the EPT of all of guest memory, or what stands in its place, beside the monitor's other structures.
  const kind = techniqueKind(options.technique ?? 'vtx');
  const paging = kind.paging ?? options.paging;
  const shadowFrames = paging === 'shadow' ? shadowFramesFor(pageCount) : 0;
  const shadowStart = MONITOR_START + MONITOR_SIZE + Math.ceil(pageCount / 512) * PAGE_SIZE;
  const structures = shadowStart + shadowFrames * PAGE_SIZE - MONITOR_START;
  const guestStart = MONITOR_START + structures;
  // Behind all guest memory: that of the guest's video card.
  const card = guestStart + pageCount * 4096;
  const computer = new Computer({
    memory: card + VBE_MEMORY,
    ownScreen: false,
    events: { serial: (byte) => options.events.serial?.(byte) },
    ...(options.engine && { engine: options.engine }),
  });
  const frames = new SequentialFrames(MONITOR_START, shadowStart);
  const ept = new EptBuilder(computer.memory, frames);
  const pool = new ScatteredFrames(guestStart, pageCount);
  const guestMemory = new GuestMemory(computer.memory, ept, pool, options.memory, card, frames);
  if (options.allocation === 'eager') guestMemory.allocateAll();

  const hostCr3 = buildAddressSpace(computer.memory, frames);
  enterRootMode(computer, hostCr3);
  // A VM entry loads no register of the x87 and vector units: the guest finds what the host has there.
  computer.processor.state.units.set(options.start.units);
  computer.processor.gateFrame = GATE_FRAME;
  const { host, technique } = kind.make({
    computer,
    frames,
    ept,
    shadowFrames: shadowFrames > 0 ? new FramePool(shadowStart, shadowFrames) : undefined,
    hostCr3,
    gateFrame: GATE_FRAME,
    start: options.start,
    intercepts: options.intercepts,
    tlbTags: options.tlbTags,
    engine: options.engine,
    host: (makeShadow) =>
      new Host(
        computer,
        guestMemory,
        frames.allocate(),
        options.events,
        options.platform ?? {},
        makeShadow,
      ),
  });
  const monitor = new Monitor(host, technique);
  return {
    computer,
    monitor,
    guestMemory,
    paging,
    saveArea: host.saveArea,
    holes: host.deprivileged && new HoleFinder(computer.processor, host.deprivileged),
    get software() {
      return host.executing;
    },
    translated: host.deprivileged instanceof TranslatedGuest ? host.deprivileged : undefined,
    save: () => ({
      computer: computer.save(),
      monitor: monitor.save(),
      guestMemory: guestMemory.save(),
      ownFrames: frames.save(),
    }),
    restore: (state) => {
      computer.restore(state.computer);
      // Memory first: virtual devices that are restored tell how they want it.
      guestMemory.restore(state.guestMemory);
      frames.restore(state.ownFrames);
      monitor.restore(state.monitor);
      host.executing?.changed();
    },
  };
}

/** Enough for the tables of a few address spaces that use much of memory. */
const shadowFramesFor = (pages: number): number => Math.max(512, Math.ceil(pages / 32));

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
