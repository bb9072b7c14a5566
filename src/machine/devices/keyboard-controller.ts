import { ports, type InterruptLine, type PortDevice, type Stateful } from './device';
import { RELEASE, translate } from './scancodes';

/** Intel 8042 keyboard controller with a keyboard; there is no mouse at its second port. */

export interface KeyboardConfig {
  /** IRQ 1. */
  readonly irq?: InterruptLine;
  /** A program pulses the reset line. */
  readonly onReset?: () => void;
  /** The output port was written, which drives the A20 line. */
  readonly onA20?: (enabled: boolean) => void;
}

/** Status register, port 0x64. */
const Status = { OUTPUT_FULL: 1, SYSTEM: 4, COMMAND: 8, UNLOCKED: 0x10 } as const;
/** Command byte ("configuration"). */
const Command = { INTERRUPT: 1, SYSTEM: 4, DISABLE: 0x10, TRANSLATE: 0x40 } as const;
const OutputPort = { NOT_RESET: 1, A20: 2, KEYBOARD_FULL: 0x10 } as const;
const ACKNOWLEDGE = 0xfa;
const RESEND = 0xfe;
const SELF_TEST_PASSED = 0x55;
const KEYBOARD_PASSED = 0xaa;
const SCAN_CODE_SET = 2;

export interface KeyboardState {
  /** The controller's 32 bytes of RAM; byte 0 is the command byte. */
  ram: number[];
  outputPort: number;
  /** The controller command that waits for its byte at port 0x60. */
  pending: number | undefined;
  /** The keyboard command that waits for its byte. */
  argument: number | undefined;
  /** Answers of the controller itself; they come before anything from the keyboard. */
  answers: number[];
  /** What the keyboard has sent: set 2, untranslated. */
  keyboard: number[];
  /** A release prefix was taken by the translation. */
  released: boolean;
  /** The output buffer: what port 0x60 reads. */
  output: number | undefined;
  /** What port 0x60 reads again when the buffer is empty. */
  last: number;
  lastWrite: 'data' | 'command';
  scanning: boolean;
  leds: number;
}

function initial(): KeyboardState {
  const ram = new Array<number>(32).fill(0);
  // As firmware leaves it: interrupt on, system flag, translation on.
  ram[0] = Command.INTERRUPT | Command.SYSTEM | Command.TRANSLATE;
  return {
    ram,
    outputPort: OutputPort.NOT_RESET | OutputPort.A20,
    pending: undefined,
    argument: undefined,
    answers: [],
    keyboard: [],
    released: false,
    output: undefined,
    last: 0,
    lastWrite: 'data',
    scanning: true,
    leds: 0,
  };
}

export class KeyboardController implements PortDevice, Stateful<KeyboardState> {
  readonly name = 'keyboard';
  readonly ports = [ports(0x60), ports(0x64)];
  private state = initial();
  private line = false;

  constructor(private readonly config: KeyboardConfig = {}) {}

  /** Keys go down or up: bytes of scan-code set 2, as a keyboard sends them. */
  press(scancodes: Iterable<number>): void {
    if (!this.state.scanning) return;
    for (const code of scancodes) this.state.keyboard.push(code);
    this.update();
  }

  /** Bytes from the keyboard that the program has not taken yet. */
  get backlog(): number {
    return this.state.keyboard.length + (this.state.output === undefined ? 0 : 1);
  }

  /** Bit 0 scroll lock, 1 number lock, 2 capitals lock. */
  get leds(): number {
    return this.state.leds;
  }

  readPort(port: number): number {
    if (port === 0x64) return this.status();
    const s = this.state;
    if (s.output !== undefined) s.last = s.output;
    s.output = undefined;
    this.update();
    return s.last;
  }

  writePort(port: number, _width: number, value: number): void {
    this.state.lastWrite = port === 0x64 ? 'command' : 'data';
    if (port === 0x64) this.controllerCommand(value);
    else this.data(value);
    this.update();
  }

  save(): KeyboardState {
    return structuredClone(this.state);
  }

  restore(state: KeyboardState): void {
    this.state = structuredClone(state);
    this.line = this.interrupting();
  }

  reset(): void {
    this.state = initial();
    this.update();
  }

  private get commandByte(): number {
    return this.state.ram[0] ?? 0;
  }

  private setCommandByte(value: number): void {
    this.state.ram[0] = value;
  }

  private status(): number {
    const s = this.state;
    return (
      (s.output !== undefined ? Status.OUTPUT_FULL : 0) |
      ((this.commandByte & Command.SYSTEM) !== 0 ? Status.SYSTEM : 0) |
      (s.lastWrite === 'command' ? Status.COMMAND : 0) |
      Status.UNLOCKED
    );
  }

  private controllerCommand(value: number): void {
    const s = this.state;
    s.pending = undefined;
    if (value >= 0x20 && value <= 0x3f) s.answers.push(s.ram[value & 0x1f] ?? 0);
    else if (value >= 0x60 && value <= 0x7f) s.pending = value;
    else if (value >= 0xf0) this.pulse(value & 0xf);
    else this.otherCommand(value);
  }

  private otherCommand(value: number): void {
    const s = this.state;
    switch (value) {
      case 0xaa: // Self test; it turns the keyboard on again and translation off or on as before.
        s.answers.push(SELF_TEST_PASSED);
        break;
      case 0xab: // Test of the keyboard's lines
        s.answers.push(0);
        break;
      case 0xad: // Disable the keyboard
        this.setCommandByte(this.commandByte | Command.DISABLE);
        break;
      case 0xae: // Enable the keyboard
        this.setCommandByte(this.commandByte & ~Command.DISABLE);
        break;
      case 0xc0: // Read the input port: not locked
        s.answers.push(0x80);
        break;
      case 0xd0: // Read the output port
        s.answers.push(s.outputPort | (s.output !== undefined ? OutputPort.KEYBOARD_FULL : 0));
        break;
      case 0xdd: // A20 off
        this.setOutputPort(s.outputPort & ~OutputPort.A20);
        break;
      case 0xdf: // A20 on
        this.setOutputPort(s.outputPort | OutputPort.A20);
        break;
      case 0xd1: // Write the output port
      case 0xd2: // Write the output buffer as if the keyboard had
      case 0xd4: // Write to the mouse
        s.pending = value;
        break;
      default: // The commands for a mouse (0xa7 to 0xa9, 0xd3) find none: no answer.
    }
  }

  /** Pulses those of the four lowest bits of the output port that are 0: bit 0 is the reset line. */
  private pulse(mask: number): void {
    if ((mask & OutputPort.NOT_RESET) === 0) this.config.onReset?.();
  }

  private setOutputPort(value: number): void {
    this.state.outputPort = value & ~OutputPort.KEYBOARD_FULL;
    this.config.onA20?.((value & OutputPort.A20) !== 0);
    if ((value & OutputPort.NOT_RESET) === 0) this.config.onReset?.();
  }

  private data(value: number): void {
    const s = this.state;
    const pending = s.pending;
    s.pending = undefined;
    if (pending === undefined) this.keyboardByte(value);
    else if (pending === 0xd1) this.setOutputPort(value);
    else if (pending === 0xd2) s.answers.push(value);
    else if (pending >= 0x60 && pending <= 0x7f) s.ram[pending & 0x1f] = value;
  }

  private keyboardByte(value: number): void {
    const s = this.state;
    // Writing to the keyboard enables its line.
    this.setCommandByte(this.commandByte & ~Command.DISABLE);
    const command = s.argument;
    s.argument = undefined;
    if (command !== undefined && value < 0xed) this.keyboardArgument(command, value);
    else this.keyboardCommand(value);
  }

  private keyboardArgument(command: number, value: number): void {
    const s = this.state;
    // This keyboard has scan-code set 2 only.
    const refused = command === 0xf0 && value !== 0 && value !== SCAN_CODE_SET;
    s.keyboard.push(refused ? RESEND : ACKNOWLEDGE);
    if (command === 0xed) s.leds = value & 7;
    if (command === 0xf0 && value === 0) s.keyboard.push(SCAN_CODE_SET);
  }

  private keyboardCommand(value: number): void {
    const s = this.state;
    switch (value) {
      case 0xed: // LEDs
      case 0xf0: // Scan-code set
      case 0xf3: // Typematic rate
        s.keyboard.push(ACKNOWLEDGE);
        s.argument = value;
        break;
      case 0xee: // Echo
        s.keyboard.push(0xee);
        break;
      case 0xf2: // Identify: an MF2 keyboard
        s.keyboard.push(ACKNOWLEDGE, 0xab, 0x83);
        break;
      case 0xf4: // Enable
      case 0xf6: // Defaults
        s.keyboard.push(ACKNOWLEDGE);
        s.scanning = true;
        break;
      case 0xf5: // Disable
        s.keyboard = [ACKNOWLEDGE];
        s.scanning = false;
        break;
      case 0xff: // Reset
        s.keyboard = [ACKNOWLEDGE, KEYBOARD_PASSED];
        s.scanning = true;
        s.leds = 0;
        break;
      default:
        s.keyboard.push(RESEND);
    }
  }

  /** Fills the output buffer: first with answers of the controller, then from the keyboard. */
  private fill(): void {
    const s = this.state;
    if (s.output !== undefined) return;
    const answer = s.answers.shift();
    if (answer !== undefined) {
      s.output = answer;
      return;
    }
    if ((this.commandByte & Command.DISABLE) !== 0) return;
    while (s.output === undefined && s.keyboard.length > 0) {
      s.output = this.translated(s.keyboard.shift() ?? 0);
    }
  }

  /** A byte from the keyboard as the program is to see it; undefined for a prefix that vanishes. */
  private translated(byte: number): number | undefined {
    const s = this.state;
    if ((this.commandByte & Command.TRANSLATE) === 0) return byte;
    if (byte === RELEASE) {
      s.released = true;
      return undefined;
    }
    const code = translate(byte, s.released);
    s.released = false;
    return code;
  }

  private interrupting(): boolean {
    return this.state.output !== undefined && (this.commandByte & Command.INTERRUPT) !== 0;
  }

  private update(): void {
    this.drive();
    this.fill();
    this.drive();
  }

  /** Between two bytes the line goes down, so that each gives an edge. */
  private drive(): void {
    const level = this.interrupting();
    if (level === this.line) return;
    this.line = level;
    this.config.irq?.(level);
  }
}
