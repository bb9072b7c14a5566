import type { Assembly } from '../program';
import { firmwarePrograms, Machine, Pace, type BootImage, type MachineOptions } from '../session';
import { Breakpoints, type Breakpoint } from './run/breakpoints';
import { RunControl, type RunEnvironment } from './run/run-control';
import { DEFAULT_SETTINGS, type RunSettings } from './run/run-settings';
import { Target } from './target';

export interface DebuggeeOptions extends MachineOptions {
  /** The user's programs, with lines where they are loaded; the main one first. */
  readonly programs: readonly [Assembly, ...Assembly[]];
  /** What the program is booted from. */
  readonly image: BootImage;
  readonly holdInterrupts: boolean;
  /** Whether the machine's time goes as a person's does. */
  readonly realTime?: boolean;
}

/** What a debuggee tells and asks. */
export interface DebuggeeEvents extends RunEnvironment {
  /** A byte from the guest's serial port or debug console. */
  output(byte: number): void;
  /** A log point's message. */
  log(text: string, breakpoint: Breakpoint): void;
}

/** A program on its machine, with everything to run, stop and look at it. */
export class Debuggee {
  readonly machine: Machine;
  readonly target: Target;
  readonly breakpoints: Breakpoints;
  readonly run: RunControl;
  readonly settings: RunSettings;
  private readonly pace: Pace | undefined;

  /** @throws RangeError when there is not so much memory */
  constructor(options: DebuggeeOptions, events: DebuggeeEvents) {
    const { programs, image, holdInterrupts, realTime, ...machine } = options;
    const output = (byte: number): void => {
      events.output(byte);
    };
    this.machine = new Machine(image, machine, { serial: output, debugConsole: output });
    this.target = new Target(this.machine, programs, firmwarePrograms(image));
    this.settings = { ...DEFAULT_SETTINGS, holdInterrupts };
    this.breakpoints = new Breakpoints(this.target, (text, breakpoint) => {
      events.log(text, breakpoint);
    });
    this.pace = realTime ? new Pace(this.machine.computer) : undefined;
    const environment = { ...events, pace: this.pace };
    this.run = new RunControl(this.target, this.breakpoints, this.settings, environment);
  }

  /** Bytes from the guest's keyboard, in scan-code set 2. */
  type(scancodes: Iterable<number>): void {
    this.machine.platform.keyboard.press(scancodes);
    this.inputCame();
  }

  /** The guest's mouse: `Mouse.move`. */
  moveMouse(dx: number, dy: number, wheel: number, buttons: number): void {
    this.machine.platform.mouse.move(dx, dy, wheel, buttons);
    this.inputCame();
  }

  /** Bytes typed on the guest's first serial port. */
  input(bytes: Uint8Array): void {
    this.machine.platform.serial.receive(bytes);
    this.inputCame();
  }

  /** Whether a person plays with the guest: even what waits in a loop goes as on a machine of its own. */
  set attended(attended: boolean) {
    if (this.pace) this.pace.attended = attended;
  }

  private inputCame(): void {
    this.machine.inputCame();
    this.run.wake();
  }
}
