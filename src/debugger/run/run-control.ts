import type { WakeUp } from '../../machine/wake-ups';
import {
  applyControls,
  MachineRun,
  NO_CONTROLS,
  Recorder,
  type Controls,
  type End,
  type Pace,
} from '../../session';
import type { Breakpoints, Watchpoint } from './breakpoints';
import { Execution } from './execution';
import { Bookmarks } from './past/bookmarks';
import { History, type ForwardRun } from './past/history';
import type { Passenger } from './past/retrace';
import { MonitorRun } from './monitor-run';
import {
  ASKED,
  isBackward,
  movesAlone,
  type BackwardCommand,
  type DirectCommand,
  type RunCommand,
  type RunSettings,
} from './run-settings';
import { Steps, type Controllable } from './steps';
import { isStep, isStore, stopped, type RunResult } from './stop';
import type { Present, Target } from '../target';
import type { LineEntry } from '../../program';
import type { Refusal } from '../../vmm';
import type { ExitRecord } from '../trace/exit-trace';

/** What run control needs from its surroundings. */
export interface RunEnvironment {
  /** Lets other things happen, such as requests from outside: resolves soon. */
  breathe(): Promise<void>;
  /** The guest has halted and nothing can wake it; it stays there until somebody pauses it. */
  asleep?(wakeUps: readonly WakeUp[]): void;
  /** One of several guests has ended; the others go on. */
  guestEnded?(guest: number, end: End): void;
  /** The guest falls through a hole in virtualization; it stands in the trace. */
  hole?(record: ExitRecord): void;
  /** The monitor has refused the guest something that it asked for by the instruction at a linear address. */
  refused?(refusal: Refusal, linear: bigint): void;
  /** Undefined: the machine's time goes as fast as it can. */
  readonly pace?: Pace | undefined;
  /** Bytes that checkpoints of the past may take; 0 or undefined: there is no way back. */
  readonly historyMemory?: number | undefined;
}

/**
 * Runs the target: slices of execution between which the event loop turns, until something stops it.
 * One command runs at a time.
 */
export class RunControl {
  private readonly execution: Execution;
  private readonly monitor: MonitorRun;
  private readonly steps: Steps;
  private readonly history: History | undefined;
  /** The past, where it is recorded. */
  readonly recorder: Recorder | undefined;
  /** The same. */
  readonly bookmarks: Bookmarks | undefined;
  private running = false;

  constructor(
    private readonly subject: Present,
    private readonly breakpoints: Breakpoints,
    settings: RunSettings,
    private readonly environment: RunEnvironment,
  ) {
    const { machine } = subject;
    const run = new MachineRun(machine);
    const memory = environment.historyMemory ?? 0;
    this.recorder = memory > 0 ? new Recorder(machine, run, { memory }) : undefined;
    this.bookmarks = this.recorder && new Bookmarks(this.recorder);
    this.monitor = new MonitorRun(subject, run, breakpoints, settings, environment);
    this.execution = new Execution(subject, run, breakpoints, settings, environment, this.monitor);
    const controls = this.recorder ?? new UnrecordedControls(machine);
    this.execution.recorder = this.recorder;
    this.controls = controls;
    this.steps = new Steps(subject, breakpoints, settings, this.execution, controls);
    this.history =
      this.recorder && new History(subject, this.recorder, run, breakpoints, this.forward);
  }

  private readonly controls: Controllable;

  /** For whoever looks into the past by running on in it. */
  private readonly forward: ForwardRun = {
    goOn: async (past) => {
      if (!this.target.monitor?.active) return this.execution.continue(past);
      return (await this.execution.finishMonitor(past)) ?? this.execution.continue(false);
    },
    breathe: () => this.execution.breathe(),
  };

  private get target(): Target {
    return this.subject.target;
  }

  get isRunning(): boolean {
    return this.running;
  }

  /** A recording that was saved elsewhere is being done again. */
  get isReplaying(): boolean {
    return this.history?.isReplaying === true;
  }

  /** Whether the past is recorded, and nothing runs: `retrace` and `executed` can be asked for. */
  get canLookBack(): boolean {
    return this.history !== undefined && !this.running;
  }

  /** Goes the latest way of the program once more; the machine is back at once. See `Retrace`. */
  retrace(count: number, passenger: Passenger): void {
    const back = this.monitor.leave();
    this.history?.retrace.take(count, passenger);
    back();
  }

  /**
   * What of the programs was executed by now. It takes about as long as the run did, and ends at a pause: undefined then.
   */
  async executed(): Promise<ReadonlySet<LineEntry> | undefined> {
    const { history, execution, monitor } = this;
    if (!history || this.running) return undefined;
    this.running = true;
    execution.begin();
    const back = monitor.leave();
    try {
      return await history.executed();
    } finally {
      back();
      this.running = false;
    }
  }

  get hasEnded(): boolean {
    return this.monitor.ended !== undefined;
  }

  pause(): void {
    this.execution.requestPause();
  }

  /** Something came in from outside (serial input): a guest that waits may go on. */
  wake(): void {
    this.execution.wake();
  }

  /**
   * Runs until something stops it. Rejects only where it runs already: failures of the simulator are stops.
   *
   * @param first nothing has run yet, so that a breakpoint at the first instruction counts
   * @param guest the number of the guest, or processor, that is to step; it has to have its turn first
   */
  async run(command: RunCommand, first = false, guest?: number): Promise<RunResult> {
    if (this.running) throw new Error('the target runs already');
    this.running = true;
    this.execution.begin();
    try {
      const elsewhere = movesAlone(command) ? await this.bring(guest) : undefined;
      const result = elsewhere ?? (await this.dispatch(command, first, guest));
      return this.monitor.ended ?? result;
    } catch (error) {
      const message = error instanceof Error ? (error.stack ?? error.message) : String(error);
      return stopped({ kind: 'internal-error', message });
    } finally {
      this.running = false;
      this.breakpoints.setTemporary([]);
    }
  }

  /** Lets the others go on until a guest has the processor, and is about to go on itself. */
  private async bring(guest: number | undefined): Promise<RunResult | undefined> {
    const { scheduler } = this.subject.machine;
    if (guest === undefined || !scheduler || scheduler.present === guest) return undefined;
    this.controls.control({ wanted: guest });
    try {
      return await this.execution.until(
        () => scheduler.present === guest && this.target.monitor?.active !== true,
      );
    } finally {
      this.controls.control({ wanted: undefined });
    }
  }

  private async dispatch(command: RunCommand, first: boolean, guest?: number): Promise<RunResult> {
    if (this.monitor.ended) return this.monitor.ended;
    if (isBackward(command)) return this.backward(command, guest);
    if (command.kind === 'power-off') return this.powerOff(command.guests);
    if (command.kind === 'next-store') return this.nextStore(command.at, guest);
    const inMonitor = this.target.monitor?.activity !== undefined;
    if (inMonitor && command.kind !== 'step-instruction') {
      const act = (): Promise<RunResult> => this.fromMonitor(command);
      return command.kind === 'continue' ? this.heldWhile(command, act) : act();
    }
    return this.heldWhile(command, () => this.fromGuest(command, first));
  }

  /** Others have to have the processor first, past all breakpoints on the way. Where nobody is left, the run has ended. */
  private async powerOff(guests: readonly number[]): Promise<RunResult> {
    const { machine, targets } = this.subject;
    const goesOn = ({ number, vm }: Target): boolean => !guests.includes(number) && !vm?.ended;
    const left = targets.find(goesOn)?.number;
    if (left === undefined) return this.monitor.end({ kind: 'power-off' });
    while (guests.includes(machine.present)) {
      const stop = await this.bring(left);
      if (stop && (stop.kind === 'ended' || stop.reason.kind === 'pause')) return stop;
    }
    for (const guest of guests) machine.powerOff(guest);
    this.recorder?.edited();
    for (const guest of guests) this.environment.guestEnded?.(guest, { kind: 'power-off' });
    return stopped({ kind: 'pause' });
  }

  /** Goes on, until something changes what somebody has asked for. */
  private async nextStore(at: Watchpoint, guest?: number): Promise<RunResult> {
    this.breakpoints.watch(ASKED, [at]);
    try {
      const result = await this.dispatch({ kind: 'continue' }, false, guest);
      return isStore(result, at.id) ? stopped({ kind: 'next-writer' }) : result;
    } finally {
      this.breakpoints.watch(ASKED, []);
    }
  }

  /** While a guest moves alone, no other one has a turn. */
  private async heldWhile<T>(command: RunCommand, act: () => Promise<T>): Promise<T> {
    const { scheduler } = this.subject.machine;
    if (!scheduler) return act();
    this.controls.control({ held: movesAlone(command) });
    try {
      return await act();
    } finally {
      this.controls.control({ held: false });
    }
  }

  private async backward(command: BackwardCommand, guest?: number): Promise<RunResult> {
    const { history } = this;
    if (!history) throw new Error('nothing is recorded');
    try {
      return await history.go(command, guest);
    } finally {
      this.execution.forget();
    }
  }

  private async fromGuest(command: DirectCommand, first: boolean): Promise<RunResult> {
    switch (command.kind) {
      case 'continue':
        return this.execution.continue(!first);
      case 'step-in':
        return this.steps.into(command.granularity ?? 'line');
      case 'step-into-call':
        return this.steps.intoCall(command.call);
      case 'step-instruction':
        return this.nextInstruction();
      case 'step-over':
        return this.steps.over(command.granularity ?? 'line');
      case 'step-translated':
        return this.steps.translated();
      case 'step-out':
        return this.steps.out();
    }
  }

  /** To the guest's next instruction: where the monitor is about one, that one counts as soon as it is done. */
  private async nextInstruction(): Promise<RunResult> {
    if (!this.target.monitor?.activity) return this.steps.instruction();
    const from = this.target.linearRip;
    const through = await this.execution.finishMonitor(true);
    if (through) return through;
    return this.target.linearRip === from ? this.steps.instruction() : stopped({ kind: 'step' });
  }

  private async fromMonitor(command: DirectCommand): Promise<RunResult> {
    if (command.kind !== 'continue' && command.kind !== 'step-out') {
      const result = this.monitor.step();
      if (!isStep(result)) return result;
    } else {
      const through = await this.execution.finishMonitor(true);
      if (through) return through;
    }
    if (command.kind === 'continue') return this.execution.continue(false);
    const again = this.execution.takeExit(true);
    return typeof again === 'object' ? again : stopped({ kind: 'step' });
  }
}

/** Where nobody takes down what somebody asks for. */
class UnrecordedControls implements Controllable {
  private controls = NO_CONTROLS;

  constructor(private readonly machine: Present['machine']) {}

  control(change: Partial<Controls>): void {
    this.controls = { ...this.controls, ...change };
    applyControls(this.machine, this.controls);
  }
}
