import * as l10n from '@vscode/l10n';
import { Field } from '../isa/vmx/fields';
import { ENTRY_FAILURE, ExitReason } from '../isa/vmx/exit-reasons';
import type { ComputerStop } from '../machine/computer';
import type { Breakpoints } from './breakpoints';
import type { MonitorRun } from './monitor-run';
import { recordExit } from './record-exit';
import type { RunEnvironment } from './run-control';
import type { RunSettings } from './run-settings';
import { stopped, type RunResult } from './stop';
import type { Target } from './target';

/** Slices are as long as they can be while others get a turn this often (milliseconds). */
const TURN = 15;
const SHORTEST_SLICE = 2_000;
const LONGEST_SLICE = 4_000_000;

/** How a stretch of execution ended: a result, or nothing that concerns the user. */
export type Stretch =
  | RunResult
  /** A VM exit that has been handled: the guest has been entered again. */
  | 'exit'
  /** An event was delivered, and stops at deliveries are on. */
  | 'delivered'
  /** The budget is used up. */
  | undefined;

/** Runs the guest, and the monitor whenever the guest exits, in slices. */
export class Execution {
  private pauseRequested = false;
  private sleeper: (() => void) | undefined;
  private slice = 50_000;
  private lastTurn = 0;
  /** A triple fault has been reported: going on means the shutdown. */
  private shutDown = false;

  constructor(
    private readonly target: Target,
    private readonly breakpoints: Breakpoints,
    private readonly settings: RunSettings,
    private readonly environment: RunEnvironment,
    private readonly monitor: MonitorRun,
  ) {}

  begin(): void {
    this.pauseRequested = false;
    this.lastTurn = performance.now();
  }

  requestPause(): void {
    this.pauseRequested = true;
    this.wake();
  }

  wake(): void {
    this.sleeper?.();
  }

  /** Runs until something stops it. */
  async continue(past: boolean): Promise<RunResult> {
    let passing = past;
    for (;;) {
      const result = await this.turn(this.runSlice(passing));
      passing = false;
      if (result !== undefined) return result;
    }
  }

  /** One slice of running at full speed. */
  runSlice(past: boolean): Stretch {
    const start = performance.now();
    const before = this.target.computer.processor.retired;
    const result = this.execute(this.slice, past, false);
    const took = performance.now() - start;
    if (took > TURN * 1.5) this.slice = Math.max(SHORTEST_SLICE, this.slice >> 1);
    else if (took < TURN / 2 && this.target.computer.processor.retired - before >= this.slice) {
      this.slice = Math.min(LONGEST_SLICE, this.slice * 2);
    }
    return result;
  }

  /**
   * Between two stretches: what has to be done before the guest can go on, pauses, other people's turn.
   *
   * @returns a result that ends the run
   */
  async turn(stretch: Stretch): Promise<RunResult | undefined> {
    if (typeof stretch === 'object') return stretch;
    if (this.target.monitor?.activity) {
      const through = await this.finishMonitor(false);
      if (through) return through;
    }
    if (this.idle) {
      this.idle = false;
      await this.sleep();
    }
    await this.takeTurns();
    return this.pauseRequested ? stopped({ kind: 'pause' }) : undefined;
  }

  private idle = false;

  /** Runs the monitor to the VM entry. */
  async finishMonitor(passFirst: boolean): Promise<RunResult | undefined> {
    let pass = passFirst;
    while (this.target.monitor?.activity) {
      const result = this.monitor.advance(pass);
      pass = false;
      if (result === 'idle') await this.sleep();
      else if (result) return result;
      await this.takeTurns();
      if (this.pauseRequested) return stopped({ kind: 'pause' });
    }
    return undefined;
  }

  /**
   * The monitor has made a VM entry: if the processor is in root operation all the same, the entry
   * has failed or its injected event has caused a VM exit, and control is at a gate.
   *
   * @param enter whether that VM exit is where to stop
   */
  afterEntry(enter: boolean): Stretch {
    const { monitor, side } = this.target;
    const atGate = monitor !== undefined && !monitor.activity && side === 'monitor';
    return atGate ? this.execute(1, false, enter) : undefined;
  }

  /** Lets others have their turn when it is time. */
  private async takeTurns(): Promise<void> {
    if (performance.now() - this.lastTurn < TURN) return;
    await this.environment.breathe();
    this.lastTurn = performance.now();
  }

  /** The guest waits for something from outside. */
  private async sleep(): Promise<void> {
    if (this.pauseRequested) return;
    await new Promise<void>((resolve) => {
      this.sleeper = resolve;
    });
    this.sleeper = undefined;
  }

  /**
   * Executes up to `budget` instructions and deals with what stopped it.
   *
   * @param past whether a breakpoint at the present instruction is passed over
   * @param enter whether a VM exit is where to stop, before the monitor's first operation
   */
  execute(budget: number, past: boolean, enter: boolean): Stretch {
    const { processor } = this.target.computer;
    if (this.shutDown) return this.monitor.end('triple fault');
    processor.stopsAtDelivery = budget <= 1 || this.settings.stopAtExceptions !== undefined;
    const stop = this.target.computer.run(budget, past);
    return this.monitor.guestEnd() ?? this.onStop(stop, enter);
  }

  private onStop(stop: ComputerStop, enter: boolean): Stretch {
    switch (stop.kind) {
      case 'budget':
      case 'halt':
      case 'requested':
        return undefined;
      case 'gate':
        return this.onExit(stop.gate, enter);
      case 'breakpoint':
        return this.onBreakpoint();
      case 'delivered':
        return this.onDelivery();
      case 'idle':
        if (!this.target.computer.processor.interruptsEnabled) return this.monitor.end('halted');
        this.idle = true;
        return undefined;
      case 'triple-fault':
        this.shutDown = true;
        if (!this.settings.stopAtTripleFault) return this.monitor.end('triple fault');
        return stopped({ kind: 'triple-fault', chain: stop.chain });
      case 'not-implemented':
        return stopped({
          kind: 'not-implemented',
          what: stop.what,
          address: this.target.linearRip,
        });
    }
  }

  private onExit(gate: number, enter: boolean): Stretch {
    const { monitor, computer } = this.target;
    if (!monitor) throw new Error('a gate without a monitor');
    const raw = computer.processor.vmx.current?.readNumber(Field.VM_EXIT_REASON) ?? 0;
    const reason = raw & 0xffff;
    monitor.take(gate);
    recordExit.begin(this.target);
    if (raw & ENTRY_FAILURE && this.settings.stopAtEntryFailure) {
      return stopped({
        kind: 'entry-failure',
        message: l10n.t('VM entry failed: exit reason {0}', reason),
      });
    }
    if (reason === ExitReason.TRIPLE_FAULT && this.settings.stopAtTripleFault) {
      return stopped({ kind: 'triple-fault', chain: computer.processor.faultChain });
    }
    if (enter) return stopped({ kind: 'step' });
    const { stopAtExits } = this.settings;
    if (stopAtExits.has(reason) && this.environment.holds(stopAtExits.get(reason))) {
      return stopped({ kind: 'vm-exit', reason });
    }
    return this.handleExit();
  }

  /** Runs the handler; one that waits or takes long is gone on with in `turn`. */
  private handleExit(): Stretch {
    const start = performance.now();
    let operations = 0;
    while (this.target.monitor?.activity) {
      const result = this.monitor.advance(false);
      if (result === 'idle') return 'exit';
      if (result) return result;
      if (++operations % 64 === 0 && performance.now() - start > TURN) break;
    }
    return 'exit';
  }

  private onBreakpoint(): Stretch {
    const address = this.target.linearRip;
    const ids = this.breakpoints.hitAt(address);
    if (ids.length > 0) return stopped({ kind: 'breakpoint', ids });
    if (this.breakpoints.isTemporary(address)) return stopped({ kind: 'step' });
    // Another address with the same page offset, or a condition that does not hold: go past it.
    return this.execute(1, true, false);
  }

  private onDelivery(): Stretch {
    const event = this.target.events.last;
    const { stopAtExceptions } = this.settings;
    const isException =
      event !== undefined && event.kind.endsWith('exception') && event.vector < 32;
    const wanted = isException && stopAtExceptions !== undefined;
    if (wanted && this.environment.holds(stopAtExceptions || undefined)) {
      return stopped({ kind: 'guest-exception', vector: event.vector });
    }
    return 'delivered';
  }
}
