import { Computer, type ComputerState } from '../machine/computer';
import { Gpr } from '../isa/registers/general';
import type { Platform, PlatformEvents, PlatformOptions } from '../machine/platform';
import type { EngineKind } from '../processor/execution/engine';
import type { Processor } from '../processor/processor';
import type { Persistent } from '../processor/persistent';
import { linearRipOf } from '../processor/state/linear-rip';
import type { CpuState } from '../processor/state/cpu-state';
import { startFrom } from '../processor/state/start-state';
import {
  INTERCEPTS,
  createVirtualMachine,
  type Allocation,
  type Intercept,
  type Paging,
  type TechniqueName,
  type VirtualMachine,
  type VirtualMachineState,
} from '../vmm';
import type { End } from './end';
import type { BootImage, PoweredOn } from './boot/boot-image';
import { hashOf } from './state-hash';

/** Who has the computer in root mode: the built-in monitor by a technique, or the program itself. */
export const MONITORS = [
  'vtx',
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
  /** What leads from the guest's addresses to the host's. Default: 'ept'. */
  readonly paging?: Paging;
  /** Whether the guest's translations have a tag, by which they outlive VM exits. Default: true. */
  readonly tlbTags?: boolean;
  /** Exits that the monitor asks for beyond what it needs. Default: all of them. */
  readonly intercepts?: readonly Intercept[];
  readonly engine?: EngineKind;
}

/** Where what the guest prints goes to. */
export type MachineOutput = Pick<PlatformEvents, 'serial' | 'debugConsole'>;

/** Everything that decides how a machine goes on. */
export interface MachineState {
  readonly machine: VirtualMachineState | ComputerState;
  readonly requestedEnd: End | undefined;
}

/** A computer with its program loaded and, unless it is bare, the monitor under it, ready to run. */
export class Machine implements Persistent<MachineState> {
  readonly computer: Computer;
  /** The built-in monitor with its guest; undefined where the program has the bare computer. */
  readonly vm: VirtualMachine | undefined;
  /** Set for good once the guest has asked a device for its end, or the processor has shut down. */
  requestedEnd: End | undefined;

  /** @throws RangeError when there is not so much memory */
  constructor(
    image: BootImage,
    readonly options: MachineOptions,
    output: MachineOutput = {},
  ) {
    const events: PlatformEvents = {
      ...output,
      exit: (value) => (this.requestedEnd ??= { kind: 'exit-device', value }),
      powerOff: () => (this.requestedEnd ??= { kind: 'power-off' }),
      reset: () => (this.requestedEnd ??= { kind: 'reset' }),
    };
    const { monitor } = options;
    this.vm = monitor === 'none' ? undefined : guest(image, monitor, options, events);
    this.computer = this.vm?.computer ?? bare(image, options, events);
  }

  /** Between two instructions, or two operations of the monitor. */
  save(): MachineState {
    return { machine: (this.vm ?? this.computer).save(), requestedEnd: this.requestedEnd };
  }

  /** @param state of a machine that was built with the same options */
  restore({ machine, requestedEnd }: MachineState): void {
    if (this.vm) this.vm.restore(machine as VirtualMachineState);
    else this.computer.restore(machine as ComputerState);
    this.requestedEnd = requestedEnd;
  }

  /** SHA-256 over registers, memory, devices, TLB and monitor; the same however the run was sliced. */
  get stateHash(): string {
    return hashOf(this.save());
  }

  /** A device has been given something from outside while the program runs. */
  inputCame(): void {
    this.vm?.monitor.host.inputCame();
  }

  /** The processor that executes the program's instructions. */
  get processor(): Processor {
    return this.vm?.software?.cpu ?? this.computer.processor;
  }

  /** All that may execute the program's instructions: the computer's, and one in software where there is. */
  get processors(): readonly Processor[] {
    const { processor } = this.computer;
    const software = this.vm?.monitor.host.software?.cpu;
    return software ? [processor, software] : [processor];
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

  /** The devices that the program sees. */
  get platform(): Platform {
    return this.vm ? this.vm.monitor.host.virtual : this.computer.platform;
  }
}

/** The program as the guest of the built-in monitor, at its first instruction. */
function guest(
  image: BootImage,
  technique: TechniqueName,
  options: MachineOptions,
  events: PlatformEvents,
): VirtualMachine {
  const { start, firmware } = image;
  const vm = createVirtualMachine({
    technique,
    memory: options.memory,
    allocation: options.allocation ?? 'eager',
    paging: options.paging ?? 'ept',
    tlbTags: options.tlbTags ?? true,
    intercepts: options.intercepts ?? INTERCEPTS,
    start,
    events,
    platform: platformOf(image, options),
    ...(options.engine && { engine: options.engine }),
  });
  const { guestMemory, computer, monitor } = vm;
  for (const { address, bytes } of image.pieces) guestMemory.writeBytes(BigInt(address), bytes);
  if (firmware) {
    for (const { address, bytes } of firmware.roms) guestMemory.installRom(address, bytes);
    continueDevices(firmware, computer, monitor.host.virtual);
  }
  monitor.boot();
  if (vm.software) return vm;
  start.gprs.forEach((value, index) => {
    if (index !== Gpr.RSP) computer.processor.state.setGpr(index, value);
  });
  return vm;
}

/** The program on the bare computer, as its firmware or boot loader leaves it. */
function bare(image: BootImage, options: MachineOptions, events: PlatformEvents): Computer {
  const { memory, engine } = options;
  const { start, firmware } = image;
  const platform = platformOf(image, options);
  const computer = new Computer({ memory, events, platform, ...(engine && { engine }) });
  for (const { address, bytes } of image.pieces) computer.memory.writeBytes(address, bytes);
  const { processor } = computer;
  if (firmware) {
    for (const { address, bytes } of firmware.roms) computer.installRom(address, bytes);
    continueDevices(firmware, computer, computer.platform);
    for (const [number, value] of firmware.msrs) processor.state.setMsr(number, value);
  }
  startFrom(processor.state, start);
  processor.updateDerivedState();
  return computer;
}

/** The devices go on where the firmware has left them, time included. */
function continueDevices({ devices }: PoweredOn, computer: Computer, platform: Platform): void {
  if (!devices) return;
  computer.processor.rest(devices.clock.now);
  platform.restore(devices);
}

const platformOf = (
  { media, firmware }: BootImage,
  { memory }: MachineOptions,
): PlatformOptions => ({
  ...(firmware && { memory, videoRom: firmware.optionRoms?.[0]?.bytes }),
  ...media,
});
