import type { WakeUp } from '../../machine/wake-ups';
import { MachineRun, type End, type Pace } from '../../session';
import type { Breakpoints } from './breakpoints';
import { Execution } from './execution';
import { MonitorRun } from './monitor-run';
import { isStepCommand, type RunCommand, type RunSettings } from './run-settings';
import { Steps } from './steps';
import { isStep, stopped, type RunResult } from './stop';
import type { Present, Target } from '../target';
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
}

/**
 * Runs the target: slices of execution between which the event loop turns, until something stops it.
 * One command runs at a time.
 */
export class RunControl {
  private readonly execution: Execution;
  private readonly monitor: MonitorRun;
  private readonly steps: Steps;
  private running = false;

  constructor(
    private readonly subject: Present,
    private readonly breakpoints: Breakpoints,
    settings: RunSettings,
    environment: RunEnvironment,
  ) {
    const run = new MachineRun(subject.machine);
    this.monitor = new MonitorRun(subject, run, breakpoints, settings, environment);
    this.execution = new Execution(subject, run, breakpoints, settings, environment, this.monitor);
    this.steps = new Steps(subject, breakpoints, settings, this.execution);
  }

  private get target(): Target {
    return this.subject.target;
  }

  get isRunning(): boolean {
    return this.running;
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
      const elsewhere = isStepCommand(command) ? await this.bring(guest) : undefined;
      const result = elsewhere ?? (await this.dispatch(command, first));
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
    scheduler.wanted = guest;
    try {
      return await this.execution.until(
        () => scheduler.present === guest && this.target.monitor?.active !== true,
      );
    } finally {
      scheduler.wanted = undefined;
    }
  }

  private async dispatch(command: RunCommand, first: boolean): Promise<RunResult> {
    if (this.monitor.ended) return this.monitor.ended;
    if (this.target.monitor?.activity) return this.fromMonitor(command);
    return this.heldWhile(command, () => this.fromGuest(command, first));
  }

  /** While a guest steps, no other one has a turn. */
  private async heldWhile<T>(command: RunCommand, act: () => Promise<T>): Promise<T> {
    const { scheduler } = this.subject.machine;
    if (!scheduler) return act();
    scheduler.held = isStepCommand(command);
    try {
      return await act();
    } finally {
      scheduler.held = false;
    }
  }

  private async fromGuest(command: RunCommand, first: boolean): Promise<RunResult> {
    switch (command.kind) {
      case 'continue':
        return this.execution.continue(!first);
      case 'step-in':
        return this.steps.into(command.granularity ?? 'line');
      case 'step-over':
        return this.steps.over(command.granularity ?? 'line');
      case 'step-translated':
        return this.steps.translated();
      case 'step-out':
        return this.steps.out();
    }
  }

  private async fromMonitor(command: RunCommand): Promise<RunResult> {
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
