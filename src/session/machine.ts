import { Computer, type ComputerState } from '../machine/computer';
import type { Platform, PlatformEvents, PlatformOptions } from '../machine/platform';
import type { Scheduling } from '../machine/turns';
import type { WakeUp } from '../machine/wake-ups';
import type { EngineKind } from '../processor/execution/engine';
import { PROFILES, type ProfileName } from '../processor/profile/amd';
import type { Processor } from '../processor/processor';
import type { Persistent } from '../processor/persistent';
import { linearRipOf } from '../processor/state/linear-rip';
import type { CpuState } from '../processor/state/cpu-state';
import { startFrom } from '../processor/state/start-state';
import {
  INTERCEPTS,
  type HostingOptions,
  type Allocation,
  type Intercept,
  type Paging,
  type TechniqueName,
  VirtualMachines,
  type GuestOptions,
  type VirtualMachine,
  type VirtualMachinesState,
} from '../vmm';
import type { End } from './end';
import type { BootImage, PoweredOn } from './boot/boot-image';
import { processorAndMonitor } from './processors';
import { hashOf } from './state-hash';

/** Who has the computer in root mode: the built-in monitor by a technique, or the program itself. */
export const MONITORS = [
  'vtx',
  'svm',
  'deprivilege',
  'translate',
  'paravirt',
  'emulate',
  'none',
] as const satisfies readonly (TechniqueName | 'none')[];
export type MonitorName = (typeof MONITORS)[number];

export interface MachineOptions {
  readonly monitor: MonitorName;
  /** Bytes of RAM: the guest's, or the bare computer's. */
  readonly memory: number;
  /** When the guest's memory gets its host frames. Default: 'eager'. */
  readonly allocation?: Allocation;
  /** The host under the monitor (Type II). Default: the monitor has the computer for itself (Type I). */
  readonly hosting?: HostingOptions | undefined;
  /** What leads from the guest's addresses to the host's. Default: 'ept'. */
  readonly paging?: Paging;
  /** Whether the guest's translations have a tag, by which they outlive VM exits. Default: true. */
  readonly tlbTags?: boolean;
  /** Whether the only guest may have guests itself, by VT-x with EPT. Default: false. */
  readonly nested?: boolean;
  /** Exits that the monitor asks for beyond what it needs. Default: all of them. */
  readonly intercepts?: readonly Intercept[];
  readonly engine?: EngineKind;
  /** What processor the computer has. Default: what the monitor needs, or 'intel'. */
  readonly cpu?: ProfileName | undefined;
  /** How many processors the bare computer has, or the only guest of a monitor by VT-x or SVM; up to `MOST_PROCESSORS`. Default: 1. */
  readonly cpus?: number;
  /** Other guests on the same computer. The built-in monitor lets each have the processor in its turn. */
  readonly others?: readonly OtherGuest[];
  /** For how long it has it, in units of the processor's time. Default: half a millisecond. */
  readonly slice?: number;
}

/** A guest beside the first one. */
export interface OtherGuest {
  readonly image: BootImage;
  /** Bytes of RAM. */
  readonly memory: number;
  readonly output?: MachineOutput;
}

/** Where what the guest prints goes to. */
export type MachineOutput = Pick<PlatformEvents, 'serial' | 'debugConsole'>;

/** Everything that decides how a machine goes on. */
export interface MachineState {
  readonly machine: VirtualMachinesState | ComputerState;
  readonly ends: readonly (End | undefined)[];
}

/** A computer with its program loaded and, unless it is bare, the monitor under it, ready to run. */
export class Machine implements Persistent<MachineState> {
  readonly computer: Computer;
  /** The guests of the built-in monitor; undefined where the program has the bare computer. */
  readonly vms: VirtualMachines | undefined;
  /** How many processors execute the first program: of the bare computer, or of the guest's virtual ones. */
  readonly processorCount: number;
  /** How each guest has come to its end, once it has. */
  private readonly ends: (End | undefined)[];

  /** @throws RangeError when there is not so much memory */
  constructor(
    readonly image: BootImage,
    readonly options: MachineOptions,
    output: MachineOutput = {},
  ) {
    const { monitor, memory, others = [], cpus = 1 } = options;
    this.processorCount = cpus;
    const guests: Guests = [{ image, memory, output }, ...others];
    this.ends = guests.map(() => undefined);
    const eventsOf = (n: number): PlatformEvents => this.events(n, guests[n]?.output);
    this.vms = monitor === 'none' ? undefined : virtualMachines(guests, monitor, options, eventsOf);
    this.computer = this.vms?.computer ?? bare(image, options, eventsOf(0));
  }

  private events(number: number, output: MachineOutput = {}): PlatformEvents {
    const end = (how: End): void => {
      this.ends[number] ??= how;
    };
    return {
      ...output,
      exit: (value) => {
        end({ kind: 'exit-device', value });
      },
      powerOff: () => {
        end({ kind: 'power-off' });
      },
      reset: () => {
        end({ kind: 'reset' });
      },
    };
  }

  /** The guest that has the processor, as its virtual processor, with what the monitor has for it. */
  get vm(): VirtualMachine | undefined {
    return this.vms?.present;
  }

  /** The number of the virtual processor that has the processor, or of the processor of the bare computer whose turn it is. */
  get present(): number {
    return (this.vms?.scheduler ?? this.computer.turns).present;
  }

  /** What gives turns to virtual processors, or to the processors of the bare computer; undefined where there is only one. */
  get scheduler(): Scheduling | undefined {
    if (this.vms) return this.vms.scheduler;
    return this.computer.processors.length > 1 ? this.computer.turns : undefined;
  }

  /** The number of the program that a virtual processor executes: those of one guest have one. */
  private guestOf(number: number): number {
    return this.processorCount > 1 ? 0 : number;
  }

  /** The number of the program that executes: all processors of a computer have one. */
  private get guest(): number {
    return this.guestOf(this.vms?.scheduler.present ?? 0);
  }

  /** Set for good once that guest has asked a device for its end, or the processor has shut down. */
  get requestedEnd(): End | undefined {
    return this.ends[this.guest];
  }

  set requestedEnd(end: End | undefined) {
    this.ends[this.guest] = end;
  }

  /** How the guest of a virtual processor has come to its end; undefined while it goes on. */
  endOf(number: number): End | undefined {
    return this.ends[this.guestOf(number)];
  }

  /**
   * Switches off the computer of one of several guests, from outside. It does not have the processor: whoever has it may
   * be in the midst of guest mode.
   */
  powerOff(number: number): void {
    const vm = this.vms?.all[number];
    if (!vm || vm.isPresent) throw new RangeError('a guest that has the processor goes on');
    this.ends[number] ??= { kind: 'power-off' };
    vm.ended = true;
  }

  /** Between two instructions, or two operations of the monitor. */
  save(): MachineState {
    return { machine: (this.vms ?? this.computer).save(), ends: [...this.ends] };
  }

  /** The same, but for the computer's memory: whoever keeps that himself puts it back first. */
  saveBesideMemory(): MachineState {
    return { machine: (this.vms ?? this.computer).saveBesideMemory(), ends: [...this.ends] };
  }

  /** @param state of a machine that was built with the same options */
  restore({ machine, ends }: MachineState): void {
    if (this.vms) this.vms.restore(machine as VirtualMachinesState);
    else this.computer.restore(machine as ComputerState);
    ends.forEach((end, n) => (this.ends[n] = end));
  }

  /** SHA-256 over registers, memory, devices, TLB and monitor; the same however the run was sliced. */
  get stateHash(): string {
    return hashOf(this.save());
  }

  /** What built-in monitors have done: see `Monitor.steps`. */
  get monitorSteps(): number {
    let steps = 0;
    for (const { monitor } of this.vms?.all ?? []) steps += monitor.steps;
    return steps;
  }

  /** A device of some guest's has been given something from outside while programs run. */
  inputCame(): void {
    this.vm?.host.inputCame();
  }

  /** The processor that executes the program's instructions. */
  get processor(): Processor {
    return this.vm?.software?.cpu ?? this.computer.processor;
  }

  /** All that may execute the program's instructions: the computer's, and one in software where there is. */
  get processors(): readonly Processor[] {
    const all = this.vms?.all.flatMap(({ processors }) => processors);
    return all ? [...new Set(all)] : this.computer.processors;
  }

  /** The registers of that processor. */
  get state(): CpuState {
    return (this.vm?.software ?? this.computer.processor).state;
  }

  /** The linear address of the program's next instruction, wherever what stands for it may lie. */
  get linearRip(): bigint {
    const { vm, state } = this;
    const translated = vm?.software ? undefined : vm?.translated;
    return translated?.mark ? translated.real.rip : linearRipOf(state);
  }

  /** What could end a HLT of those that have not ended. */
  get wakeUps(): readonly WakeUp[] {
    const guests = this.vms?.all.filter(({ ended }) => !ended) ?? [];
    const platforms = this.vms ? guests.map(({ host }) => host.virtual) : [this.computer.platform];
    return [...new Set(platforms)].flatMap(({ wakeUps }) => wakeUps);
  }

  /** The devices that the program sees: those of the first guest. */
  get platform(): Platform {
    return this.platformOf(0);
  }

  /** The devices of a guest's. */
  platformOf(number: number): Platform {
    return this.vms?.all[number]?.host.virtual ?? this.computer.platform;
  }
}

type Guests = readonly [OtherGuest, ...OtherGuest[]];

/** Programs as guests of the built-in monitor, at their first instructions. */
function virtualMachines(
  guests: Guests,
  technique: TechniqueName,
  options: MachineOptions,
  eventsOf: (number: number) => PlatformEvents,
): VirtualMachines {
  const brought = (guest: OtherGuest, n: number): GuestOptions => ({
    memory: guest.memory,
    start: guest.image.start,
    events: eventsOf(n),
    platform: platformOf(guest.image, guest.memory),
  });
  const [first, ...rest] = guests;
  const { cpus: processors = 1 } = options;
  const vms = new VirtualMachines({
    technique,
    guests: [
      { ...brought(first, 0), processors },
      ...rest.map((guest, n) => brought(guest, n + 1)),
    ],
    allocation: options.allocation ?? 'eager',
    paging: options.paging ?? 'ept',
    tlbTags: options.tlbTags ?? true,
    nested: options.nested ?? false,
    intercepts: options.intercepts ?? INTERCEPTS,
    ...(options.engine && { engine: options.engine }),
    hosting: options.hosting,
    profile: PROFILES[processorAndMonitor(options.cpu, technique).cpu],
    ...(options.slice !== undefined && { slice: options.slice }),
  });
  guests.forEach(({ image }, n) => {
    const vm = vms.all[n];
    if (vm) load(image, vm);
  });
  vms.boot();
  return vms;
}

function load(
  { pieces, firmware }: BootImage,
  { guestMemory, host, computer }: VirtualMachine,
): void {
  for (const { address, bytes } of pieces) guestMemory.writeBytes(BigInt(address), bytes);
  if (!firmware) return;
  for (const { address, bytes } of firmware.roms) guestMemory.installRom(address, bytes);
  continueDevices(firmware, computer, host.virtual);
}

/** The program on the bare computer, as its firmware or boot loader leaves it. */
function bare(image: BootImage, options: MachineOptions, events: PlatformEvents): Computer {
  const { memory, engine } = options;
  const { start, firmware } = image;
  const platform = platformOf(image, memory);
  const profile = PROFILES[processorAndMonitor(options.cpu, options.monitor).cpu];
  const { cpus: processors = 1 } = options;
  const parts = { memory, events, platform, profile, processors };
  const computer = new Computer({ ...parts, ...(engine && { engine }) });
  for (const { address, bytes } of image.pieces) computer.memory.writeBytes(address, bytes);
  const { processor } = computer;
  if (firmware) {
    for (const { address, bytes } of firmware.roms) computer.installRom(address, bytes);
    continueDevices(firmware, computer, computer.platform);
    for (const { state } of computer.processors) {
      for (const [number, value] of firmware.msrs) state.setMsr(number, value);
    }
  }
  startFrom(processor.state, start);
  processor.updateDerivedState();
  return computer;
}

/** The devices go on where the firmware has left them, time included. */
function continueDevices({ devices }: PoweredOn, computer: Computer, platform: Platform): void {
  if (!devices) return;
  const { processor } = computer;
  processor.rest(Math.max(0, devices.clock.now - processor.time));
  platform.restore(devices);
}

const platformOf = ({ media, firmware }: BootImage, memory: number): PlatformOptions => ({
  ...(firmware && { memory, videoRom: firmware.optionRoms?.[0]?.bytes }),
  ...media,
});
