import type { Assembly } from '../program';
import {
  applyInput,
  firmwarePrograms,
  Machine,
  Pace,
  type BootImage,
  type Input,
  type MachineOptions,
  type MachineOutput,
  type Recording,
} from '../session';
import { Breakpoints } from './run/breakpoints';
import type { Reaction } from './run/reaction';
import { RunControl, type RunEnvironment } from './run/run-control';
import { DEFAULT_SETTINGS, type RunSettings } from './run/run-settings';
import { Target, type Present } from './target';
import { Chronicle } from './trace/chronicle/chronicle';
import { chronicle, chronicleOutput } from './trace/chronicle/chronicler';
import type { Channel } from './trace/chronicle/codes';
import { Logs } from './trace/logs';

export interface DebuggeeOptions extends MachineOptions {
  /** The user's programs, with lines where they are loaded; the main one first. */
  readonly programs: readonly [Assembly, ...Assembly[]];
  /** What the program is booted from. */
  readonly image: BootImage;
  readonly holdInterrupts: boolean;
  /** Bytes that checkpoints of the past may take; 0 or undefined: there is no way back. */
  readonly historyMemory?: number;
  /** Whether the machine's time goes as a person's does. */
  readonly realTime?: boolean;
  /** What the first of several guests is called. */
  readonly name?: string;
  /** What was recorded of it elsewhere, to come again. */
  readonly recorded?: Pick<Recording, 'course' | 'bookmarks'>;
  /** Other guests on the same computer. */
  readonly guests?: readonly OtherDebuggee[];
}

/** A guest beside the first one. */
export interface OtherDebuggee {
  readonly name: string;
  readonly programs: readonly [Assembly, ...Assembly[]];
  readonly image: BootImage;
  /** Bytes of RAM. */
  readonly memory: number;
}

/** What a debuggee tells and asks. */
export interface DebuggeeEvents extends RunEnvironment {
  /** A byte from a guest's serial port or debug console. */
  output(byte: number, guest: number): void;
  /** A log point's message. */
  log(text: string, breakpoint: Reaction): void;
}

/** A program on its machine, with everything to run, stop and look at it. */
export class Debuggee implements Present {
  readonly machine: Machine;
  /** One for each guest, or for each processor of the bare computer, or virtual processor of the only guest. */
  readonly targets: readonly [Target, ...Target[]];
  /** What the guests are called. */
  readonly guestNames: readonly string[];
  /** The same, or what the processors are called where a guest has several. */
  readonly names: readonly string[];
  readonly breakpoints: Breakpoints;
  readonly run: RunControl;
  readonly settings: RunSettings;
  /** What has happened in the whole run. */
  readonly chronicle: Chronicle;
  private readonly pace: Pace | undefined;

  /** @throws RangeError when there is not so much memory */
  constructor(options: DebuggeeOptions, events: DebuggeeEvents) {
    const { programs, image, holdInterrupts, realTime, name, guests = [], ...machine } = options;
    const output = (guest: number): MachineOutput => {
      const print = (channel: Channel, byte: number): void => {
        this.noteOutput(guest, channel, byte);
        // What is known has been printed.
        if (!this.isPast || this.run.isReplaying) events.output(byte, guest);
      };
      return {
        serial: (byte) => {
          print('serial', byte);
        },
        debugConsole: (byte) => {
          print('debug-console', byte);
        },
      };
    };
    const others = guests.map((guest, n) => ({ ...guest, output: output(n + 1) }));
    this.machine = new Machine(image, { ...machine, others }, output(0));
    const firmware = firmwarePrograms(image);
    const { processorCount, vms } = this.machine;
    const kind = vms ? 'vCPU' : 'CPU';
    const further = Array.from({ length: processorCount - 1 }, (_, n) => n + 1);
    this.guestNames = [name ?? '', ...guests.map((guest) => guest.name)];
    this.names =
      processorCount > 1 ? [0, ...further].map((n) => `${kind} ${String(n)}`) : this.guestNames;
    this.targets = [
      new Target(this.machine, programs, firmware),
      ...further.map((number) => new Target(this.machine, programs, firmware, number)),
      ...guests.map(
        (guest, n) =>
          new Target(this.machine, guest.programs, firmwarePrograms(guest.image), n + 1),
      ),
    ];
    this.settings = { ...DEFAULT_SETTINGS, holdInterrupts };
    this.breakpoints = new Breakpoints(this, (text, breakpoint) => {
      events.log(text, breakpoint);
    });
    this.pace = realTime ? new Pace(this.machine.computer) : undefined;
    const { historyMemory } = options;
    const environment = { ...this.silentInPast(events), pace: this.pace, historyMemory };
    this.run = new RunControl(this, this.breakpoints, this.settings, environment);
    const { recorder } = this.run;
    const whole = {};
    this.chronicle = new Chronicle(() => recorder?.timeline ?? whole);
    for (const target of this.targets) chronicle(target, this.chronicle);
    if (!recorder) return;
    recorder.beside = new Logs(this.targets, this.chronicle);
    recorder.begin();
    const { recorded } = options;
    if (!recorded) return;
    recorder.adopt(recorded.course);
    this.run.bookmarks?.adopt(recorded.bookmarks);
  }

  private noteOutput(guest: number, channel: Channel, byte: number): void {
    // Before all is made, programs print nothing that anybody knows.
    const book = this.chronicle as Chronicle | undefined;
    const target = this.targets[guest];
    if (book && target) chronicleOutput(book, target, channel, byte);
  }

  /** Whether what comes next is known: somebody has gone back. */
  get isPast(): boolean {
    // Before all is made, programs print nothing that anybody knows.
    return (this.run as RunControl | undefined)?.recorder?.isPast === true;
  }

  /** What somebody was told once he is not told again. */
  private silentInPast(events: RunEnvironment): RunEnvironment {
    const tell =
      <Args extends unknown[]>(how: ((...args: Args) => void) | undefined) =>
      (...args: Args): void => {
        if (!this.isPast) how?.(...args);
      };
    return {
      ...events,
      asleep: tell(events.asleep),
      guestEnded: tell(events.guestEnded),
      hole: tell(events.hole),
      refused: tell(events.refused),
    };
  }

  /** Something of the machine was changed by hand. */
  edited(): void {
    this.run.recorder?.edited();
  }

  /** One target for each program: the processors of a computer execute the same one. */
  get guests(): readonly Target[] {
    const { vms, processorCount } = this.machine;
    return vms && processorCount === 1 ? this.targets : this.targets.slice(0, 1);
  }

  /** The guest that has the processor, or the processor whose turn it is. */
  get target(): Target {
    return this.targets[this.machine.present] ?? this.targets[0];
  }

  /** Bytes from the guest's keyboard, in scan-code set 2. */
  type(scancodes: Iterable<number>): void {
    this.inputCame({ kind: 'keys', scancodes: [...scancodes] });
  }

  /** The guest's mouse: `Mouse.move`. */
  moveMouse(dx: number, dy: number, wheel: number, buttons: number): void {
    this.inputCame({ kind: 'mouse', dx, dy, wheel, buttons });
  }

  /** Bytes typed on the guest's first serial port. */
  input(bytes: Uint8Array): void {
    this.inputCame({ kind: 'serial', bytes });
  }

  /** Whether a person plays with the guest: even what waits in a loop goes as on a machine of its own. */
  set attended(attended: boolean) {
    if (this.pace) this.pace.attended = attended;
  }

  private inputCame(input: Input): void {
    const { recorder } = this.run;
    if (recorder) recorder.input(input);
    else applyInput(this.machine, input);
    this.run.wake();
  }
}
