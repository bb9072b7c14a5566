import { ports, type InterruptLine, type PortDevice, type Stateful } from './device';
import type { PortPartner } from './mouse';
import { RELEASE, translate } from './scancodes';

/** Intel 8042 keyboard controller of a PS/2, with a keyboard; at its second port there may be a mouse. */

export interface KeyboardConfig {
  /** IRQ 1. */
  readonly irq?: InterruptLine;
  /** What is at the second port. */
  readonly mouse?: PortPartner;
  /** IRQ 12. */
  readonly mouseIrq?: InterruptLine;
  /** A program pulses the reset line. */
  readonly onReset?: () => void;
  /** The output port was written, which drives the A20 line. */
  readonly onA20?: (enabled: boolean) => void;
}

/** Status register, port 0x64. */
const Status = { OUTPUT_FULL: 1, SYSTEM: 4, COMMAND: 8, UNLOCKED: 0x10, FROM_MOUSE: 0x20 } as const;
/** Command byte ("configuration"). */
const Command = {
  INTERRUPT: 1,
  MOUSE_INTERRUPT: 2,
  SYSTEM: 4,
  DISABLE: 0x10,
  DISABLE_MOUSE: 0x20,
  TRANSLATE: 0x40,
} as const;
const OutputPort = { NOT_RESET: 1, A20: 2, KEYBOARD_FULL: 0x10, MOUSE_FULL: 0x20 } as const;
const ACKNOWLEDGE = 0xfa;
const RESEND = 0xfe;
const SELF_TEST_PASSED = 0x55;
const KEYBOARD_PASSED = 0xaa;
const SCAN_CODE_SET = 2;

/** A byte that a program reads at port 0x60, and whose it is. */
interface OutputByte {
  byte: number;
  mouse: boolean;
}

export interface KeyboardState {
  /** The controller's 32 bytes of RAM; byte 0 is the command byte. */
  ram: number[];
  outputPort: number;
  /** The controller command that waits for its byte at port 0x60. */
  pending: number | undefined;
  /** The keyboard command that waits for its byte. */
  argument: number | undefined;
  /** Answers of the controller itself; they come before anything from outside. */
  answers: OutputByte[];
  /** What the keyboard has sent: set 2, untranslated. */
  keyboard: number[];
  /** A release prefix was taken by the translation. */
  released: boolean;
  /** The output buffer: what port 0x60 reads. */
  output: OutputByte | undefined;
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
  private mouseLine = false;

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

  /** The mouse may have something to send. */
  attend(): void {
    this.update();
  }

  readPort(port: number): number {
    if (port === 0x64) return this.status();
    const s = this.state;
    if (s.output) s.last = s.output.byte;
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
    this.mouseLine = this.mouseInterrupting();
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
      (s.output ? Status.OUTPUT_FULL : 0) |
      (s.output?.mouse ? Status.FROM_MOUSE : 0) |
      ((this.commandByte & Command.SYSTEM) !== 0 ? Status.SYSTEM : 0) |
      (s.lastWrite === 'command' ? Status.COMMAND : 0) |
      Status.UNLOCKED
    );
  }

  private controllerCommand(value: number): void {
    const s = this.state;
    s.pending = undefined;
    if (value >= 0x20 && value <= 0x3f) this.answer(s.ram[value & 0x1f] ?? 0);
    else if (value >= 0x60 && value <= 0x7f) s.pending = value;
    else if (value >= 0xf0) this.pulse(value & 0xf);
    else this.otherCommand(value);
  }

  private answer(byte: number, mouse = false): void {
    this.state.answers.push({ byte, mouse });
  }

  private otherCommand(value: number): void {
    const s = this.state;
    switch (value) {
      case 0xa7: // Disable the mouse
        this.setCommandByte(this.commandByte | Command.DISABLE_MOUSE);
        break;
      case 0xa8: // Enable the mouse
        this.setCommandByte(this.commandByte & ~Command.DISABLE_MOUSE);
        break;
      case 0xaa: // Self test; it turns the keyboard on again and translation off or on as before.
        this.answer(SELF_TEST_PASSED);
        break;
      case 0xa9: // Test of the mouse's lines
      case 0xab: // Test of the keyboard's lines
        this.answer(0);
        break;
      case 0xad: // Disable the keyboard
        this.setCommandByte(this.commandByte | Command.DISABLE);
        break;
      case 0xae: // Enable the keyboard
        this.setCommandByte(this.commandByte & ~Command.DISABLE);
        break;
      case 0xc0: // Read the input port: not locked
        this.answer(0x80);
        break;
      case 0xd0: // Read the output port
        this.answer(s.outputPort | this.fullBits());
        break;
      case 0xdd: // A20 off
        this.setOutputPort(s.outputPort & ~OutputPort.A20);
        break;
      case 0xdf: // A20 on
        this.setOutputPort(s.outputPort | OutputPort.A20);
        break;
      case 0xd1: // Write the output port
      case 0xd2: // Write the output buffer as if the keyboard had
      case 0xd3: // … as if the mouse had
      case 0xd4: // Write to the mouse
        s.pending = value;
        break;
      default: // There is no such command.
    }
  }

  private fullBits(): number {
    const { output } = this.state;
    if (!output) return 0;
    return output.mouse ? OutputPort.MOUSE_FULL : OutputPort.KEYBOARD_FULL;
  }

  /** Pulses those of the four lowest bits of the output port that are 0: bit 0 is the reset line. */
  private pulse(mask: number): void {
    if ((mask & OutputPort.NOT_RESET) === 0) this.config.onReset?.();
  }

  private setOutputPort(value: number): void {
    this.state.outputPort = value & ~(OutputPort.KEYBOARD_FULL | OutputPort.MOUSE_FULL);
    this.config.onA20?.((value & OutputPort.A20) !== 0);
    if ((value & OutputPort.NOT_RESET) === 0) this.config.onReset?.();
  }

  private data(value: number): void {
    const s = this.state;
    const pending = s.pending;
    s.pending = undefined;
    if (pending === undefined) this.keyboardByte(value);
    else if (pending === 0xd1) this.setOutputPort(value);
    else if (pending === 0xd2 || pending === 0xd3) this.answer(value, pending === 0xd3);
    else if (pending === 0xd4) this.mouseByte(value);
    else if (pending >= 0x60 && pending <= 0x7f) s.ram[pending & 0x1f] = value;
  }

  private mouseByte(value: number): void {
    // As with the keyboard; and what is lost on the way, the controller says itself.
    this.setCommandByte(this.commandByte & ~Command.DISABLE_MOUSE);
    if (this.config.mouse) this.config.mouse.write(value);
    else this.answer(RESEND, true);
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

  /** Fills the output buffer: first with answers of the controller, then from the keyboard, then from the mouse. */
  private fill(): void {
    const s = this.state;
    s.output ??= s.answers.shift() ?? this.fromKeyboard() ?? this.fromMouse();
  }

  private fromKeyboard(): OutputByte | undefined {
    if ((this.commandByte & Command.DISABLE) !== 0) return undefined;
    const { keyboard } = this.state;
    for (let byte = keyboard.shift(); byte !== undefined; byte = keyboard.shift()) {
      const code = this.translated(byte);
      if (code !== undefined) return { byte: code, mouse: false };
    }
    return undefined;
  }

  private fromMouse(): OutputByte | undefined {
    if ((this.commandByte & Command.DISABLE_MOUSE) !== 0) return undefined;
    const byte = this.config.mouse?.take();
    return byte === undefined ? undefined : { byte, mouse: true };
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
    const { output } = this.state;
    return output?.mouse === false && (this.commandByte & Command.INTERRUPT) !== 0;
  }

  private mouseInterrupting(): boolean {
    const { output } = this.state;
    return output?.mouse === true && (this.commandByte & Command.MOUSE_INTERRUPT) !== 0;
  }

  private update(): void {
    this.drive();
    this.fill();
    this.drive();
  }

  /** Between two bytes the line goes down, so that each gives an edge. */
  private drive(): void {
    const level = this.interrupting();
    const mouseLevel = this.mouseInterrupting();
    const changed = level !== this.line;
    const mouseChanged = mouseLevel !== this.mouseLine;
    this.line = level;
    this.mouseLine = mouseLevel;
    if (changed) this.config.irq?.(level);
    if (mouseChanged) this.config.mouseIrq?.(mouseLevel);
  }
}
