import type { Clock, TimedDevice } from '../clock';
import { ports, type InterruptLine, type PortDevice, type Stateful } from '../device';
import type { DmaChannel } from '../dma8237';
import { commandOf } from './commands';
import type { FloppyDrive, FloppyDriveState } from './floppy-drive';
import { FloppyTime } from './floppy-time';
import { DISK_CHANGED, Dor, Dsr, Msr, Register, St0 } from './registers';
import { moveByte, nextSector, type SectorTransfer } from './sector-transfer';

/** An Intel 82077AA floppy disk controller as a PC AT has it, with up to two drives. */

export interface FloppyConfig {
  readonly clock: Clock;
  /** A: and B:. */
  readonly drives: readonly FloppyDrive[];
  /** DMA channel 2. */
  readonly dma: DmaChannel;
  /** IRQ 6. */
  readonly irq?: InterruptLine;
}

/** Something that happens later. */
interface Event {
  readonly at: number;
  readonly what: 'reset' | 'seek' | 'sector';
  readonly drive: number;
  /** Where a seek leads to. */
  readonly track: number;
}

/** SENSE INTERRUPT has something to tell. */
interface Finding {
  readonly st0: number;
  readonly track: number;
}

interface Registers {
  phase: 'command' | 'execution' | 'result';
  /** The command as far as it has come, or what is left of the result. */
  bytes: number[];
  dor: number;
  tape: number;
  /** Bits 1:0 of DSR and CCR. */
  rate: number;
  /** The two bytes of SPECIFY. */
  specify: [number, number];
  /** Bytes 2 and 3 of CONFIGURE. */
  config: [number, number];
  locked: boolean;
  perpendicular: number;
  /** Sectors in a track, or EOT, of the last data command: DUMPREG tells it. */
  lastSector: number;
  /** Present cylinder numbers, as the controller believes. */
  cylinders: [number, number, number, number];
  findings: Finding[];
  events: Event[];
  transfer: SectorTransfer | undefined;
  interrupting: boolean;
}

export interface FloppyState {
  readonly registers: Registers;
  readonly drives: readonly FloppyDriveState[];
}

const DEFAULT_CONFIG: [number, number] = [0x20, 0];
const RATE_250 = 2;

const initial = (): Registers => ({
  phase: 'command',
  bytes: [],
  dor: 0,
  tape: 0,
  rate: RATE_250,
  specify: [0, 0],
  config: [...DEFAULT_CONFIG],
  locked: false,
  perpendicular: 0,
  lastSector: 0,
  cylinders: [0, 0, 0, 0],
  findings: [],
  events: [],
  transfer: undefined,
  interrupting: false,
});

export class FloppyController implements PortDevice, TimedDevice, Stateful<FloppyState> {
  readonly name = 'floppy';
  readonly ports = [ports(0x3f0, 0x3f5), ports(0x3f7)];
  registers = initial();

  constructor(readonly config: FloppyConfig) {
    config.clock.attach(this);
  }

  readPort(port: number): number {
    switch (port & 7) {
      case Register.DIGITAL_OUTPUT:
        return this.registers.dor;
      case Register.TAPE:
        return this.registers.tape;
      case Register.MAIN:
        return this.mainStatus;
      case Register.DATA:
        return this.readData();
      case Register.DIGITAL_INPUT:
        return this.drive(this.registers.dor & Dor.DRIVE)?.changed ? DISK_CHANGED : 0;
      default:
        return 0xff; // status registers A and B: a PS/2 has them
    }
  }

  writePort(port: number, _width: number, value: number): void {
    const { registers } = this;
    switch (port & 7) {
      case Register.DIGITAL_OUTPUT:
        this.writeDor(value);
        break;
      case Register.TAPE:
        registers.tape = value & 3;
        break;
      case Register.MAIN: // written, it is the data rate select register
        registers.rate = value & Dsr.RATE;
        if (value & Dsr.RESET) {
          this.stop();
          this.start();
        }
        break;
      case Register.DATA:
        this.writeData(value);
        break;
      case Register.DIGITAL_INPUT: // written, it is the configuration control register
        registers.rate = value & Dsr.RATE;
    }
  }

  timeReached(now: number): void {
    const { registers } = this;
    const due = registers.events.filter(({ at }) => at <= now);
    registers.events = registers.events.filter(({ at }) => at > now);
    for (const event of due) this.happen(event);
    this.wait();
  }

  /** The drive of that number, with a disk in it. */
  drive(number: number): FloppyDrive | undefined {
    return this.config.drives[number];
  }

  /** Whether its motor is on. */
  turns(drive: number): boolean {
    return (this.registers.dor & (0x10 << drive)) !== 0;
  }

  /** A drive's heads begin to move. */
  seek(drive: number, track: number): void {
    const steps = Math.abs(track - (this.drive(drive)?.track ?? 0));
    this.later('seek', 1 + steps, drive, track);
  }

  /** The next sector will come under the heads. */
  awaitSector(): void {
    this.registers.phase = 'execution';
    this.later('sector');
  }

  /** The command has ended; what it tells, if anything, is to be read before the next one. */
  answer(result: readonly number[], interrupt = false): void {
    const { registers } = this;
    registers.transfer = undefined;
    registers.bytes = [...result];
    registers.phase = result.length > 0 ? 'result' : 'command';
    if (interrupt) this.interrupt(true);
  }

  interrupt(level: boolean): void {
    this.registers.interrupting = level;
    if (this.registers.dor & Dor.GATE) this.config.irq?.(level);
  }

  private get mainStatus(): number {
    const { phase, bytes, dor, events, transfer } = this.registers;
    if ((dor & Dor.RUNNING) === 0 || events.some(({ what }) => what === 'reset')) return 0;
    const seeking = events.reduce(
      (bits, { what, drive }) => (what === 'seek' ? bits | (1 << drive) : bits),
      0,
    );
    if (phase === 'result') return Msr.REQUEST | Msr.TO_HOST | Msr.BUSY | seeking;
    if (phase === 'command') return Msr.REQUEST | (bytes.length > 0 ? Msr.BUSY : 0) | seeking;
    if (!transfer || transfer.dma) return Msr.BUSY | seeking;
    const data = transfer.ready ? Msr.REQUEST | (transfer.direction === 'in' ? Msr.TO_HOST : 0) : 0;
    return Msr.BUSY | Msr.NON_DMA | data | seeking;
  }

  private readData(): number {
    const { registers } = this;
    const { phase, transfer } = registers;
    if (phase === 'execution' && transfer?.direction === 'in') return moveByte(this, transfer, 0);
    if (phase !== 'result') return 0;
    this.interrupt(false);
    const value = registers.bytes.shift() ?? 0;
    if (registers.bytes.length === 0) registers.phase = 'command';
    return value;
  }

  private writeData(value: number): void {
    const { registers } = this;
    const { phase, transfer, bytes } = registers;
    if ((this.mainStatus & Msr.REQUEST) === 0) return;
    if (phase === 'execution' && transfer?.direction === 'out') moveByte(this, transfer, value);
    if (phase !== 'command') return;
    bytes.push(value);
    const command = commandOf(bytes[0] ?? 0);
    if (!command) this.answer([St0.INVALID]);
    else if (bytes.length > command.parameters) {
      registers.bytes = [];
      command.run(this, bytes);
    }
  }

  /** Bit 2 at 0 holds the controller in reset. */
  private writeDor(value: number): void {
    const { registers } = this;
    const was = registers.dor;
    registers.dor = value;
    const ran = (was & Dor.RUNNING) !== 0;
    const runs = (value & Dor.RUNNING) !== 0;
    if (ran && !runs) this.stop();
    if (!ran && runs) this.start();
    const gate = (level: number): boolean => registers.interrupting && (level & Dor.GATE) !== 0;
    if (gate(was) !== gate(value)) this.config.irq?.(gate(value));
  }

  private stop(): void {
    this.interrupt(false);
    const { registers } = this;
    Object.assign(registers, { phase: 'command', bytes: [], transfer: undefined });
    Object.assign(registers, { findings: [], events: [] });
    if (!registers.locked) registers.config = [...DEFAULT_CONFIG];
    this.wait();
  }

  private start(): void {
    this.later('reset');
  }

  private happen({ what, drive, track }: Event): void {
    const { registers } = this;
    switch (what) {
      case 'reset': // it has asked all drives whether they are ready (82077AA 4.2)
        registers.findings = registers.cylinders.map((track, n) => ({
          st0: St0.POLLED | n,
          track,
        }));
        this.interrupt(true);
        break;
      case 'seek':
        this.arrive(drive, track);
        break;
      case 'sector':
        nextSector(this);
    }
  }

  /** @param track below 0: until the drive says that it is at track 0 */
  private arrive(number: number, track: number): void {
    const drive = this.drive(number);
    drive?.stepTo(track);
    this.registers.cylinders[number] = Math.max(0, track);
    const found = drive !== undefined || track >= 0;
    const st0 = St0.SEEK_END | number | (found ? 0 : St0.ABNORMAL | St0.CHECK);
    this.registers.findings.push({ st0, track: this.registers.cylinders[number] ?? 0 });
    this.interrupt(true);
  }

  private later(what: Event['what'], steps = 0, drive = 0, track = 0): void {
    const { registers, config } = this;
    const time = { reset: FloppyTime.RESET, seek: FloppyTime.STEP, sector: FloppyTime.SECTOR };
    const at = config.clock.now + time[what] * Math.max(1, steps);
    registers.events = [
      ...registers.events.filter((event) => event.what !== what || event.drive !== drive),
      { at, what, drive, track },
    ];
    this.wait();
  }

  private wait(): void {
    const times = this.registers.events.map(({ at }) => at);
    this.config.clock.schedule(this, times.length > 0 ? Math.min(...times) : undefined);
  }

  save(): FloppyState {
    return structuredClone({
      registers: this.registers,
      drives: this.config.drives.map((drive) => drive.save()),
    });
  }

  restore(state: FloppyState): void {
    const { registers, drives } = structuredClone(state);
    this.registers = registers;
    this.config.drives.forEach((drive, n) => {
      const saved = drives[n];
      if (saved) drive.restore(saved);
    });
  }

  reset(): void {
    this.interrupt(false);
    this.registers = initial();
    for (const drive of this.config.drives) drive.reset();
    this.wait();
  }
}
