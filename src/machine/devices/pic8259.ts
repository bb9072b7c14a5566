import { ports, type InterruptLine, type PortDevice, type Stateful } from './device';

/** Intel 8259A programmable interrupt controller, two of them as in a PC (Intel 231468). */

export interface PicConfig {
  /** The INTR line to the processor. */
  readonly intr?: InterruptLine;
}

/** One 8259A. */
export interface ChipState {
  /** Interrupt request, in-service and mask registers. */
  irr: number;
  isr: number;
  imr: number;
  /** Levels of the input lines, and which of them are level-triggered (ELCR). */
  lines: number;
  elcr: number;
  /** ICW2: bits 7:3 of the vectors. */
  vectorBase: number;
  /** The next initialization command word expected: 2, 3, 4, or 0 when ready. */
  expects: 0 | 2 | 3 | 4;
  needsIcw4: boolean;
  single: boolean;
  /** ICW1.LTIM: all lines level-triggered. */
  levelTriggered: boolean;
  autoEoi: boolean;
  rotateOnAutoEoi: boolean;
  specialFullyNested: boolean;
  specialMask: boolean;
  /** OCW3: reads give the ISR instead of the IRR. */
  readIsr: boolean;
  /** OCW3: the next read is a poll. */
  poll: boolean;
  /** The input with the lowest priority. */
  lowest: number;
}

export interface PicState {
  master: ChipState;
  slave: ChipState;
}

/** Why an interrupt controller does not pass a request on. */
export type Obstacle = 'uninitialized' | 'masked' | 'in-service';

const CASCADE = 2;
const SPURIOUS = 7;

function initial(): ChipState {
  return {
    irr: 0,
    isr: 0,
    imr: 0xff,
    lines: 0,
    elcr: 0,
    vectorBase: 0,
    expects: 0,
    needsIcw4: false,
    single: false,
    levelTriggered: false,
    autoEoi: false,
    rotateOnAutoEoi: false,
    specialFullyNested: false,
    specialMask: false,
    readIsr: false,
    poll: false,
    lowest: 7,
  };
}

/** Rank of an input under the present rotation: 0 is served first. */
function rank(chip: ChipState, input: number): number {
  return (input - chip.lowest + 7) & 7;
}

/** The input of the highest priority in a set, or undefined when it is empty. */
function highest(chip: ChipState, set: number): number | undefined {
  for (let i = 1; i <= 8; i++) {
    const input = (chip.lowest + i) & 7;
    if ((set & (1 << input)) !== 0) return input;
  }
  return undefined;
}

/** The input that may interrupt now, or undefined. */
function pending(chip: ChipState, isMaster: boolean): number | undefined {
  if (chip.expects !== 0) return undefined;
  const request = highest(chip, chip.irr & ~chip.imr);
  if (request === undefined) return undefined;
  // Special mask mode: what is in service but masked holds nothing off.
  let inService = chip.specialMask ? chip.isr & ~chip.imr : chip.isr;
  // Special fully nested mode: the slave may interrupt its own service routine.
  if (isMaster && chip.specialFullyNested && request === CASCADE) inService &= ~(1 << CASCADE);
  const serving = highest(chip, inService);
  return serving === undefined || rank(chip, request) < rank(chip, serving) ? request : undefined;
}

/** Whether nobody has begun the initialization, or finished it. */
const isUnready = (chip: ChipState): boolean =>
  chip.expects !== 0 || (chip.vectorBase === 0 && chip.imr === 0xff);

function obstacleAt(chip: ChipState, input: number, isMaster: boolean): Obstacle | undefined {
  if (isUnready(chip)) return 'uninitialized';
  const bit = 1 << input;
  if (chip.imr & bit) return 'masked';
  const requested = { ...chip, irr: bit };
  return pending(requested, isMaster) === undefined ? 'in-service' : undefined;
}

function isLevel(chip: ChipState, input: number): boolean {
  return chip.levelTriggered || (chip.elcr & (1 << input)) !== 0;
}

function setInput(chip: ChipState, input: number, level: boolean): void {
  const bit = 1 << input;
  const was = (chip.lines & bit) !== 0;
  chip.lines = level ? chip.lines | bit : chip.lines & ~bit;
  if (isLevel(chip, input)) chip.irr = level ? chip.irr | bit : chip.irr & ~bit;
  else if (level && !was) chip.irr |= bit;
  // An edge request must stay until it is acknowledged, or it was spurious.
  else if (!level) chip.irr &= ~bit;
}

/** The acknowledge cycle for one input: into service and out of request. */
function acknowledge(chip: ChipState, input: number): void {
  const bit = 1 << input;
  if (!isLevel(chip, input)) chip.irr &= ~bit;
  if (!chip.autoEoi) chip.isr |= bit;
  else if (chip.rotateOnAutoEoi) chip.lowest = input;
}

/** OCW2: end of interrupt and priority rotation. */
function command(chip: ChipState, value: number): void {
  const level = value & 7;
  const inService = chip.specialMask ? chip.isr & ~chip.imr : chip.isr;
  const top = highest(chip, inService);
  switch (value >> 5) {
    case 0: // Rotate in automatic EOI mode (clear)
      chip.rotateOnAutoEoi = false;
      break;
    case 4: // Rotate in automatic EOI mode (set)
      chip.rotateOnAutoEoi = true;
      break;
    case 1: // Non-specific EOI
    case 5: // Rotate on non-specific EOI
      if (top === undefined) break;
      chip.isr &= ~(1 << top);
      if (value >> 5 === 5) chip.lowest = top;
      break;
    case 3: // Specific EOI
    case 7: // Rotate on specific EOI
      chip.isr &= ~(1 << level);
      if (value >> 5 === 7) chip.lowest = level;
      break;
    case 6: // Set priority
      chip.lowest = level;
      break;
    default: // 2: no operation
  }
}

/** Writes to the even port: ICW1, OCW2 or OCW3. */
function writeCommand(chip: ChipState, value: number): void {
  if ((value & 0x10) !== 0) {
    const { lines, elcr } = chip;
    Object.assign(chip, initial(), { lines, elcr, imr: 0, expects: 2 });
    chip.needsIcw4 = (value & 1) !== 0;
    chip.single = (value & 2) !== 0;
    chip.levelTriggered = (value & 8) !== 0;
    // Edge detection starts anew; level inputs that are high request at once.
    for (let i = 0; i < 8; i++) {
      if (isLevel(chip, i) && (lines & (1 << i)) !== 0) chip.irr |= 1 << i;
    }
  } else if ((value & 8) !== 0) {
    if ((value & 0x40) !== 0) chip.specialMask = (value & 0x20) !== 0;
    chip.poll = (value & 4) !== 0;
    if (!chip.poll && (value & 2) !== 0) chip.readIsr = (value & 1) !== 0;
  } else {
    command(chip, value);
  }
}

/** Writes to the odd port: ICW2 to ICW4 during initialization, else OCW1. */
function writeData(chip: ChipState, value: number): void {
  switch (chip.expects) {
    case 2:
      chip.vectorBase = value & 0xf8;
      chip.expects = chip.single ? (chip.needsIcw4 ? 4 : 0) : 3;
      break;
    case 3:
      // Which input the slave is wired to is fixed on a PC.
      chip.expects = chip.needsIcw4 ? 4 : 0;
      break;
    case 4:
      chip.specialFullyNested = (value & 0x10) !== 0;
      chip.autoEoi = (value & 2) !== 0;
      chip.expects = 0;
      break;
    default:
      chip.imr = value;
  }
}

/** The lines that an ELCR can make level-triggered: not those of the timer, keyboard, cascade, RTC. */
const ELCR_MASK = { master: 0xf8, slave: 0xde };

/** The pair of interrupt controllers: IRQ 0 to 7 at the master, 8 to 15 at the slave. */
export class Pic8259 implements PortDevice, Stateful<PicState> {
  readonly name = 'pic';
  readonly ports = [ports(0x20, 0x21), ports(0xa0, 0xa1), ports(0x4d0, 0x4d1)];
  private state: PicState = { master: initial(), slave: initial() };
  private line = false;

  constructor(private readonly config: PicConfig = {}) {}

  /** Sets the level of an interrupt line, 0 to 15. IRQ 2 is the cascade and has no line. */
  setIrq(irq: number, level: boolean): void {
    if (irq === CASCADE) return;
    setInput(irq < 8 ? this.state.master : this.state.slave, irq & 7, level);
    this.update();
  }

  /** A function that sets one line: what a device takes as its `irq`. */
  irqLine(irq: number): InterruptLine {
    return (level) => {
      this.setIrq(irq, level);
    };
  }

  /** Whether the processor is asked to take an interrupt. */
  get intr(): boolean {
    return this.line;
  }

  /** What keeps a request on a line from the processor, as things stand; undefined when nothing does. */
  obstacle(irq: number): Obstacle | undefined {
    const { master, slave } = this.state;
    if (irq < 8) return obstacleAt(master, irq, true);
    return obstacleAt(slave, irq - 8, false) ?? obstacleAt(master, CASCADE, true);
  }

  /** The interrupt request, in-service and mask registers of both, slave in bits 15:8. */
  get registers(): { readonly irr: number; readonly isr: number; readonly imr: number } {
    const { master, slave } = this.state;
    return {
      irr: master.irr | (slave.irr << 8),
      isr: master.isr | (slave.isr << 8),
      imr: master.imr | (slave.imr << 8),
    };
  }

  /**
   * The processor's interrupt-acknowledge cycle.
   * @returns the vector; that of IRQ 7 or IRQ 15 when the request has gone away (spurious)
   */
  acknowledge(): number {
    const { master, slave } = this.state;
    const input = pending(master, true);
    if (input === undefined) return master.vectorBase + SPURIOUS;
    acknowledge(master, input);
    let vector = master.vectorBase + input;
    if (input === CASCADE) {
      const second = pending(slave, false);
      if (second !== undefined) acknowledge(slave, second);
      vector = slave.vectorBase + (second ?? SPURIOUS);
      // The slave takes back its request during the cycle: what follows is a new edge.
      setInput(master, CASCADE, false);
    }
    this.update();
    return vector;
  }

  readPort(port: number): number {
    const { master, slave } = this.state;
    if (port >= 0x4d0) return port === 0x4d0 ? master.elcr : slave.elcr;
    const chip = port < 0xa0 ? master : slave;
    if (chip.poll) return this.pollChip(chip);
    if ((port & 1) !== 0) return chip.imr;
    return chip.readIsr ? chip.isr : chip.irr;
  }

  writePort(port: number, _width: number, value: number): void {
    const { master, slave } = this.state;
    if (port === 0x4d0) master.elcr = value & ELCR_MASK.master;
    else if (port === 0x4d1) slave.elcr = value & ELCR_MASK.slave;
    else if ((port & 1) !== 0) writeData(port < 0xa0 ? master : slave, value);
    else writeCommand(port < 0xa0 ? master : slave, value);
    this.update();
  }

  save(): PicState {
    return structuredClone(this.state);
  }

  restore(state: PicState): void {
    this.state = structuredClone(state);
    this.line = pending(this.state.master, true) !== undefined;
  }

  reset(): void {
    this.state = { master: initial(), slave: initial() };
    this.update();
  }

  /** The poll command: a read acts as an acknowledge; bit 7 tells whether there was a request. */
  private pollChip(chip: ChipState): number {
    chip.poll = false;
    const input = pending(chip, chip === this.state.master);
    if (input === undefined) return 0;
    acknowledge(chip, input);
    if (chip === this.state.slave) setInput(this.state.master, CASCADE, false);
    this.update();
    return 0x80 | input;
  }

  private update(): void {
    const { master, slave } = this.state;
    const request = pending(slave, false) !== undefined;
    setInput(master, CASCADE, request);
    const level = pending(master, true) !== undefined;
    if (level === this.line) return;
    this.line = level;
    this.config.intr?.(level);
  }
}
