import { IO_APIC } from '../isa/physical-addresses';
import type { Persistent } from '../processor/persistent';
import { IoApic } from './devices/apic/io-apic';
import type { LocalApic } from './devices/apic/local-apic';
import { AtaChannel, type AtaConfig } from './devices/ata/ata-channel';
import type { ChannelMaster } from './devices/ata/bus-master-ide';
import { CdDrive } from './devices/ata/cd-drive';
import { Disk } from './devices/ata/disk';
import type { BusMaster } from './devices/bus-master';
import type { Clock, ClockState } from './devices/clock';
import type { InterruptLine, Stateful } from './devices/device';
import { CoprocessorError } from './devices/coprocessor-error';
import { CmosRtc } from './devices/cmos-rtc';
import { DebugConsole } from './devices/debug-console';
import { Dma8237 } from './devices/dma8237';
import { ExitDevice } from './devices/exit-device';
import { FloppyController } from './devices/floppy/floppy-controller';
import { FloppyDrive } from './devices/floppy/floppy-drive';
import { formatFor } from './devices/floppy/formats';
import { FwCfg } from './devices/fw-cfg';
import { Hpet, LegacyIrq } from './devices/hpet';
import { KeyboardController } from './devices/keyboard-controller';
import { Mouse } from './devices/mouse';
import { ParallelPort } from './devices/parallel-port';
import type { ConfigurationSpace } from './devices/pci/configuration-space';
import { HostBridge, type ShadowSegment } from './devices/pci/host-bridge';
import { IdeFunction } from './devices/pci/ide';
import { pcFunctions, vgaFunction } from './devices/pci/pc-functions';
import { PowerManagement } from './devices/pci/power-management';
import { PciBus } from './devices/pci/pci-bus';
import { Pic8259, type Obstacle } from './devices/pic8259';
import { PIT_FREQUENCY, Pit8254 } from './devices/pit8254';
import { PortBus, type UnclaimedPort } from './devices/port-bus';
import { SystemControl } from './devices/system-control';
import { TestDevice } from './devices/test-device';
import { Typist } from './devices/typist';
import { Uart16550 } from './devices/uart16550';
import { LINEAR_FRAME_BUFFER } from './devices/vga/vbe';
import { Vga, type WindowMemory } from './devices/vga/vga';
import { LocalApics, type OwnApicRegisters } from './local-apics';
import type { ProcessorApic } from './processor-apic';
import type { WakeUp } from './wake-ups';

/** What the devices tell the outside. */
export interface PlatformEvents {
  /** A byte left the first serial port. */
  serial?(byte: number): void;
  /** The same of the second one, at which there is nothing otherwise. */
  serial2?(byte: number): void;
  /** A byte was printed at the parallel port. */
  printer?(byte: number): void;
  /** A byte was written to the debug console (port 0xe9). */
  debugConsole?(byte: number): void;
  /** The exit device (port 0xf4) was written. */
  exit?(value: number): void;
  powerOff?(): void;
  reset?(): void;
  /** Address line 20 has been let through, or held at 0. */
  a20?(on: boolean): void;
  /** Video memory lies elsewhere, or its bytes have moved into RAM or out of it: `vga.window`. */
  videoWindow?(): void;
  /** Accesses between 768 KBytes and 1 MByte may go elsewhere than before: `shadowSegments`. */
  shadow?(): void;
}

/** What is built into the computer, or put into it. */
export interface PlatformOptions {
  /** Bytes of RAM, which the real-time clock's memory tells firmware; by default nothing is told. */
  readonly memory?: number;
  /** The graphics adapter's ROM, for firmware that copies it from the firmware configuration device. */
  readonly videoRom?: Uint8Array | undefined;
  /** Images of up to four disks: on the primary channel, then on the secondary one. */
  readonly disks?: readonly Uint8Array[];
  /** Images of up to two floppy disks, each in a drive made for it; 2.88M at most. */
  readonly floppies?: readonly Uint8Array[];
  /** Image of a CD: in a drive on the secondary channel, or wherever the disks have left a place. */
  readonly cdrom?: Uint8Array | undefined;
  /** The real-time clock's memory tells firmware to boot the CD before disks and floppies. */
  readonly cdFirst?: boolean | undefined;
}

/** What the devices reach of the computer around them. */
export interface Surroundings {
  /** The RAM of whoever sees these devices. */
  readonly ram: WindowMemory;
  /** Where RAM ends: no device of the PCI bus covers it. */
  readonly memoryEnd: number;
  /** All of memory, for devices that move data by themselves. */
  readonly bus: BusMaster;
  /** What of each processor belongs to its local APIC. */
  readonly processors: readonly ProcessorApic[];
}

/** The devices' states by their names, and the time that they live in. */
export interface PlatformState {
  readonly clock: ClockState;
  readonly ports: Record<string, UnclaimedPort>;
  readonly devices: Readonly<Record<string, unknown>>;
  readonly a20: boolean;
}

/** How many instructions make a second of the machine's time. */
export const INSTRUCTIONS_PER_SECOND = 100_000_000;
/** The interrupt request of ACPI's events. */
const SCI = 9;
/** Interrupt requests of the two 8259. */
const ISA_IRQS = 16;
const MOST_FLOPPIES = 2;
const FLOPPY_DMA = 2;
const FLOPPY_IRQ = 6;
const INSTRUCTIONS_PER_TICK = Math.round(INSTRUCTIONS_PER_SECOND / PIT_FREQUENCY);

/** 2026-01-01 00:00:00 UTC: the machine always starts at the same moment. */
const START_TIME = 1_767_225_600;

/**
 * The devices of a PC behind its I/O ports, wired together. The simulated computer has one; a monitor
 * that emulates devices for its guest has one more, which only the guest sees.
 */
export class Platform implements Persistent<PlatformState> {
  readonly ports = new PortBus();
  readonly pic: Pic8259;
  readonly localApics: LocalApics;
  readonly ioApic: IoApic;
  readonly hpet: Hpet;
  readonly pit: Pit8254;
  readonly serial: Uart16550;
  readonly serial2: Uart16550;
  readonly printer: ParallelPort;
  readonly rtc: CmosRtc;
  readonly coprocessorError: CoprocessorError;
  readonly keyboard: KeyboardController;
  readonly mouse: Mouse;
  /** The disks on the ATA channels. */
  readonly disks: readonly Disk[];
  /** The floppy disks, and what they are in. */
  readonly floppies: readonly Disk[];
  readonly floppy: FloppyController;
  readonly vga: Vga;
  /** Types prepared text on the keyboard. */
  readonly typist: Typist;
  readonly testDevice: TestDevice;
  private readonly systemControl: SystemControl;
  private readonly hostBridge: HostBridge;
  private readonly power: PowerManagement;
  private readonly vgaFunction: ConfigurationSpace;
  private frameBufferWas: number | undefined = LINEAR_FRAME_BUFFER;
  private readonly devices: ReadonlyMap<string, Stateful>;
  /** Whether address line 20 comes through. The port that was written last decides. */
  private a20 = true;

  /** @param clock the platform's own: two platforms do not share one */
  constructor(
    private readonly clock: Clock,
    private readonly events: PlatformEvents,
    private readonly around: Surroundings,
    options: PlatformOptions = {},
  ) {
    const { processors } = around;
    this.pic = new Pic8259();
    this.localApics = new LocalApics({
      ...{ clock, processors, pic: this.pic },
      onEndOfInterrupt: (vector) => {
        this.ioApic.endOfInterrupt(vector);
      },
    });
    this.ioApic = new IoApic({
      send: (message) => {
        this.localApics.send(message);
      },
    });
    this.hpet = new Hpet({
      clock,
      instructionsPerSecond: INSTRUCTIONS_PER_SECOND,
      line: (number) => this.line(number),
    });
    this.pit = new Pit8254({
      clock,
      instructionsPerTick: INSTRUCTIONS_PER_TICK,
      irq: this.hpet.passing(LegacyIrq.TIMER),
    });
    this.serial = new Uart16550({
      irq: this.irq(4),
      onTransmit: (byte) => events.serial?.(byte),
    });
    this.serial2 = new Uart16550({
      name: 'uart2',
      base: 0x2f8,
      irq: this.irq(3),
      onTransmit: (byte) => events.serial2?.(byte),
    });
    this.printer = new ParallelPort({
      irq: this.irq(7),
      onByte: (byte) => events.printer?.(byte),
    });
    const floppyDrives = (options.floppies ?? []).slice(0, MOST_FLOPPIES).flatMap(floppyDrive);
    this.rtc = new CmosRtc({
      clock,
      instructionsPerSecond: INSTRUCTIONS_PER_SECOND,
      startTime: START_TIME,
      memorySize: options.memory ?? 0,
      cdFirst: options.cdFirst,
      floppies: floppyDrives.map(({ format }) => format.driveType),
      irq: this.hpet.passing(LegacyIrq.CLOCK),
    });
    this.coprocessorError = new CoprocessorError({ irq: this.irq(13) });
    this.testDevice = new TestDevice({ lines: Array.from({ length: 24 }, (_, n) => this.line(n)) });
    this.mouse = new Mouse({
      onData: () => {
        this.keyboard.attend();
      },
    });
    this.keyboard = new KeyboardController({
      irq: this.irq(1),
      mouse: this.mouse,
      mouseIrq: this.irq(12),
      onReset: () => events.reset?.(),
      onA20: (on) => {
        this.driveA20(on);
      },
    });
    this.typist = new Typist({
      clock,
      instructionsPerSecond: INSTRUCTIONS_PER_SECOND,
      press: (bytes) => {
        this.keyboard.press(bytes);
      },
    });
    this.systemControl = new SystemControl({
      onReset: () => events.reset?.(),
      onA20: (on) => {
        this.driveA20(on);
      },
    });
    this.vga = new Vga({
      clock,
      instructionsPerSecond: INSTRUCTIONS_PER_SECOND,
      memory: around.ram,
      onWindowChange: () => events.videoWindow?.(),
    });
    this.disks = (options.disks ?? []).map((bytes) => new Disk({ bytes }));
    this.floppies = floppyDrives.map(({ disk }) => disk);
    const dma = new Dma8237({ bus: around.bus });
    this.floppy = new FloppyController({
      clock,
      drives: floppyDrives,
      dma: dma.channel(FLOPPY_DMA),
      irq: this.irq(FLOPPY_IRQ),
    });
    const { pic, pit, serial, serial2, printer, rtc, keyboard, systemControl, vga, floppy } = this;
    const ide = new IdeFunction({ bus: around.bus, irqs: [this.irq(14), this.irq(15)] });
    const channels = ataChannels(this.disks, options.cdrom, ide);
    this.hostBridge = new HostBridge(() => events.shadow?.());
    this.power = new PowerManagement({
      clock,
      instructionsPerSecond: INSTRUCTIONS_PER_SECOND,
      sci: this.irq(SCI),
      onPowerOff: () => events.powerOff?.(),
    });
    this.vgaFunction = vgaFunction(() => {
      this.followFrameBuffer();
    });
    const { hostBridge, power } = this;
    const pci = new PciBus({
      functions: pcFunctions({ hostBridge, ide, power, vga: this.vgaFunction }),
      onReset: () => events.reset?.(),
    });
    const isa = [
      ...[pic, pit, serial, serial2, printer, rtc, keyboard, systemControl],
      ...[vga, dma, floppy],
    ];
    const { memory = 0, videoRom } = options;
    const fwCfg = new FwCfg({ memory, videoRom, bus: around.bus, processors: processors.length });
    const { mouse, typist, localApics, ioApic, hpet, testDevice } = this;
    const stateful = [...isa, this.coprocessorError, testDevice, fwCfg, pci, ...channels];
    // Where the VGA lies comes before what it is.
    const owners = [pci, ...stateful, mouse, typist, ...localApics.all, ioApic, hpet];
    this.devices = new Map(owners.map((device) => [device.name, device] as const));
    const devices = [
      ...stateful,
      new DebugConsole({ onByte: (byte) => events.debugConsole?.(byte) }),
      new ExitDevice({ onExit: (value) => events.exit?.(value) }),
    ];
    for (const device of devices) this.ports.attach(device);
    this.ports.attachMovable(ide);
    this.ports.attachMovable(power);
  }

  save(): PlatformState {
    const devices = [...this.devices].map(([name, device]) => [name, device.save()] as const);
    return {
      clock: this.clock.save(),
      ports: this.ports.save(),
      devices: Object.fromEntries(devices),
      a20: this.a20,
    };
  }

  /** The local APIC of the processor that executes. */
  get localApic(): LocalApic {
    return this.localApics.current;
  }

  /** Where its page of registers lies for that processor. */
  get localApicPage(): number | undefined {
    return this.localApics.page;
  }

  /** The same as MSRs reach it. */
  get apicRegisters(): OwnApicRegisters {
    return this.localApics.registersOf(this.localApics.present);
  }

  /** Where accesses from C0000h up to 1 MByte go. */
  get shadowSegments(): readonly ShadowSegment[] {
    return this.hostBridge.segments;
  }

  /** Where the VGA's linear frame buffer lies; undefined while it does not answer, or is covered. */
  get frameBuffer(): { readonly first: number; readonly last: number } | undefined {
    const place = this.vgaFunction.placeOf(0);
    const lowest = Math.min(this.around.memoryEnd, LINEAR_FRAME_BUFFER);
    return place && place.first >= lowest && place.last < IO_APIC ? place : undefined;
  }

  private followFrameBuffer(): void {
    const first = this.frameBuffer?.first;
    if (first === this.frameBufferWas) return;
    this.frameBufferWas = first;
    this.events.videoWindow?.();
  }

  /** What could wake a processor that has halted with interrupts enabled. */
  get wakeUps(): readonly WakeUp[] {
    const { clock } = this;
    const timed = (device: WakeUp['device'], irq: number, name: string): WakeUp => ({
      device,
      irq,
      by: 'time',
      obstacle: clock.isScheduled(name) ? this.obstacle(irq) : 'not-armed',
    });
    const legacy = (device: WakeUp['device'], irq: number, name: string): WakeUp =>
      this.hpet.replacesLegacy
        ? { device, irq, by: 'time', obstacle: 'not-armed' }
        : timed(device, irq, name);
    const outside = (device: WakeUp['device'], irq: number): WakeUp => ({
      device,
      irq,
      by: 'outside',
      obstacle: this.obstacle(irq),
    });
    const typing = timed('keyboard', 1, this.typist.name);
    return [
      legacy('timer', LegacyIrq.TIMER, this.pit.name),
      legacy('real-time clock', LegacyIrq.CLOCK, this.rtc.name),
      this.typist.isTyping ? typing : outside('keyboard', 1),
      outside('serial port', 4),
      ...(this.mouse.reports ? [outside('mouse', 12)] : []),
      ...(this.power.timerArmed ? [timed('ACPI timer', SCI, this.power.name)] : []),
      ...this.hpetTimers,
      ...this.apicTimer,
      ...(clock.isScheduled(this.floppy.name)
        ? [timed('floppy', FLOPPY_IRQ, this.floppy.name)]
        : []),
    ];
  }

  /** Only while it counts: most programs know nothing of it. */
  private get apicTimer(): WakeUp[] {
    if (!this.localApics.timerArmed) return [];
    return [{ device: 'local APIC timer', irq: undefined, by: 'time', obstacle: undefined }];
  }

  private get hpetTimers(): WakeUp[] {
    const { anyEnabled: apicEnabled } = this.localApics;
    return this.hpet.armedLines.map((line) => {
      const isa = line < ISA_IRQS;
      const open = apicEnabled && this.ioApic.isOpen(line);
      const obstacle = isa ? this.obstacle(line) : open ? undefined : 'masked';
      return { device: 'HPET', irq: isa ? line : undefined, by: 'time', obstacle };
    });
  }

  /** What keeps a device's request from the processor, on whichever way it has. */
  private obstacle(irq: number): Obstacle | undefined {
    const { anyEnabled, passExternal } = this.localApics;
    if (anyEnabled && this.ioApic.isOpen(pinOf(irq))) return undefined;
    return passExternal ? this.pic.obstacle(irq) : 'masked';
  }

  /** A device's line goes to both kinds of interrupt controllers. */
  private irq(number: number): InterruptLine {
    const pic = this.pic.irqLine(number);
    const pin = this.ioApic.pin(pinOf(number));
    return (level) => {
      pic(level);
      pin(level);
    };
  }

  /** The same, and those that only the I/O APIC has. */
  private line(number: number): InterruptLine {
    return number < ISA_IRQS ? this.irq(number) : this.ioApic.pin(number);
  }

  /** INTR as the processor that executes sees it, behind its local APIC. */
  get interruptRequested(): boolean {
    return this.localApics.requests(this.localApics.present);
  }

  /** Its interrupt-acknowledge cycle: gives the vector. */
  acknowledgeInterrupt(): number {
    return this.localApics.acknowledge(this.localApics.present);
  }

  private driveA20(on: boolean): void {
    if (on === this.a20) return;
    this.a20 = on;
    this.events.a20?.(on);
  }

  /** No line changes its level on the way: the levels are part of what is restored. */
  restore(state: PlatformState): void {
    this.clock.restore(state.clock);
    this.ports.restore(state.ports);
    for (const [name, device] of this.devices) device.restore(state.devices[name]);
    this.a20 = state.a20;
  }
}

/** The I/O APIC's input of an interrupt request: the timer is at input 2 (MP Specification 1.4, D.3). */
const pinOf = (irq: number): number => (irq === 0 ? 2 : irq);

/** A disk in its drive; none where no drive takes it. */
function floppyDrive(bytes: Uint8Array): FloppyDrive[] {
  const format = formatFor(bytes.length);
  return format ? [new FloppyDrive(new Disk({ bytes }), format)] : [];
}

/** The two channels of a PC, with two drives and a bus master each. */
function ataChannels(
  disks: readonly Disk[],
  cdrom: Uint8Array | undefined,
  { masters }: Pick<IdeFunction, 'masters'>,
): [AtaChannel, AtaChannel] {
  const place = cdPlace(disks.length);
  const cd = (at: number): CdDrive | undefined =>
    cdrom && at === place ? new CdDrive(cdrom, `cd-${String(at)}`) : undefined;
  const channel = (master: ChannelMaster, config: Omit<AtaConfig, 'irq'>): AtaChannel => {
    const onDmaRequest = (): void => {
      master.attend();
    };
    const ata = new AtaChannel({ ...config, irq: master.interruptLine, onDmaRequest });
    master.serve(ata);
    return ata;
  };
  const primary = { name: 'ata0', base: 0x1f0, control: 0x3f6 };
  const secondary = { name: 'ata1', base: 0x170, control: 0x376 };
  return [
    channel(masters[0], { ...primary, disks: [disks[0], disks[1]] }),
    channel(masters[1], { ...secondary, disks: [disks[2], disks[3]], cds: [cd(2), cd(3)] }),
  ];
}

/** Where a CD-ROM drive is: first of the secondary channel, if no disk is there. Undefined: there is no place. */
export const cdPlace = (disks: number): number | undefined =>
  disks < ATA_PLACES ? Math.max(FIRST_CD_PLACE, disks) : undefined;

const ATA_PLACES = 4;
const FIRST_CD_PLACE = 2;
