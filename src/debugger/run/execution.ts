import type { MachineRun, Recorder, Stop } from '../../session';
import type { Hole } from '../../vmm';
import type { Breakpoints } from './breakpoints';
import type { MonitorRun } from './monitor-run';
import type { RunEnvironment } from './run-control';
import type { RunSettings } from './run-settings';
import { isStep, stopped, type RunResult } from './stop';
import type { Present, Target } from '../target';
import { holeReason } from '../techniques';
import { transferOf } from './transfers';
import { isException, type RaisedEvent } from '../trace/event-log';
import type { Transition } from '../trace/transitions';

/** Slices are as long as they can be while others get a turn this often (milliseconds). */
const TURN = 15;
const SHORTEST_SLICE = 2_000;
/** However fast it was until now: what comes may be thousands of times slower. */
const LONGEST_SLICE = 10_000;

/** How a stretch of execution ended: a result, or nothing that concerns the user. */
export type Stretch =
  | RunResult
  /** A VM exit that the built-in monitor has handled, or that the user's own hypervisor has to. */
  | 'exit'
  /** The monitor has done an instruction of the guest in software. */
  | 'emulated'
  /** A program of the user's own has made a VM entry, and somebody waits for that. */
  | 'entry'
  /** An event was delivered, and stops at deliveries are on. */
  | 'delivered'
  /** The budget is used up. */
  | undefined;

/** Runs the guest, and the monitor whenever the guest exits, in slices. */
export class Execution {
  private pauseRequested = false;
  private sleeper: (() => void) | undefined;
  /** Ends a wait for a person's time; only a pause does. */
  private waiter: (() => void) | undefined;
  private slice = LONGEST_SLICE;
  private lastTurn = 0;
  /** The instruction whose breakpoint was last passed over, and how many had been completed before it. */
  private passed: { readonly address: bigint; readonly retired: number } | undefined;

  constructor(
    private readonly subject: Present,
    private readonly run: MachineRun,
    private readonly breakpoints: Breakpoints,
    private readonly settings: RunSettings,
    private readonly environment: RunEnvironment,
    private readonly monitor: MonitorRun,
  ) {}

  private get target(): Target {
    return this.subject.target;
  }

  begin(): void {
    this.pauseRequested = false;
    this.breakpoints.values.forget();
    this.run.onHole = (hole) => this.asksForHole(hole);
    this.run.onRefusal = (refusal) => {
      this.environment.refused?.(refusal, this.target.trace.last?.linear ?? 0n);
    };
    this.environment.pace?.begin();
    this.lastTurn = performance.now();
  }

  requestPause(): void {
    this.pauseRequested = true;
    this.wake();
    this.waiter?.();
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

  /** Runs to where something is so, or something stops it. @returns what has stopped it */
  async until(isThere: () => boolean): Promise<RunResult | undefined> {
    for (let past = true; !isThere(); past = false) {
      const result = await this.turn(this.runSlice(past, isThere));
      if (result) return result;
    }
    return undefined;
  }

  /** One slice of running at full speed; what software does ends where nothing more is to be done. */
  runSlice(past: boolean, isThere = () => false): Stretch {
    const start = performance.now();
    const before = this.target.computer.processor.retired;
    let result = this.execute(this.slice, past, false);
    while (this.goesOn(result) && performance.now() - start < TURN && !this.pauseRequested) {
      if (isThere()) break;
      result = this.execute(this.slice, false, false);
    }
    const took = performance.now() - start;
    if (took > TURN * 1.5) this.slice = Math.max(SHORTEST_SLICE, this.slice >> 1);
    else if (took < TURN / 2 && this.target.computer.processor.retired - before >= this.slice) {
      this.slice = Math.min(LONGEST_SLICE, this.slice * 2);
    }
    return result;
  }

  /** Whether a stretch was short for our reasons alone: software has done an instruction, or values are compared. */
  private goesOn(stretch: Stretch): boolean {
    if (stretch === 'emulated') return true;
    const stepped = stretch === undefined || stretch === 'exit' || stretch === 'delivered';
    if (!stepped || !this.breakpoints.values.any) return false;
    return !this.idle && !this.hasArrived && this.target.monitor?.active !== true;
  }

  /**
   * Between two stretches: what has to be done before the guest can go on, pauses, other people's turn.
   *
   * @returns a result that ends the run
   */
  async turn(stretch: Stretch): Promise<RunResult | undefined> {
    if (typeof stretch === 'object') return stretch;
    if (this.hasArrived) return stopped({ kind: 'step' });
    if (this.target.monitor?.active) {
      const through = await this.finishMonitor(false);
      if (through) return through;
    }
    if (this.idle) {
      this.idle = false;
      await this.sleep();
    }
    return (await this.breathe()) ? stopped({ kind: 'pause' }) : undefined;
  }

  /** Lets others have their turn when it is time. @returns whether somebody wants the run to end */
  async breathe(): Promise<boolean> {
    await this.takeTurns();
    return this.pauseRequested;
  }

  private idle = false;

  /** Takes down what is done, if it is taken down at all. */
  recorder: Recorder | undefined;

  /** Whether somebody wanted to come here, and no farther: into the past. */
  private get hasArrived(): boolean {
    return this.recorder?.hasArrived === true;
  }

  /** The machine is elsewhere. */
  forget(): void {
    this.passed = undefined;
    this.idle = false;
    this.monitor.forget();
  }

  /** Runs the monitor to the VM entry. */
  async finishMonitor(passFirst: boolean): Promise<RunResult | undefined> {
    let pass = passFirst;
    while (this.target.monitor?.active) {
      if (this.hasArrived) return stopped({ kind: 'step' });
      const result = this.monitor.advance(pass);
      pass = false;
      if (result === 'waiting') await this.sleep();
      else if (result) return result;
      if (await this.breathe()) return stopped({ kind: 'pause' });
    }
    return undefined;
  }

  /**
   * A VM exit that nobody has taken yet: the monitor has made a VM entry that failed or whose injected event
   * has exited, or an event has exited instead of being delivered. Control is at a gate.
   *
   * @param enter whether that VM exit is where to stop
   */
  takeExit(enter: boolean): Stretch {
    const { monitor, side, technique } = this.target;
    const inRoot = monitor !== undefined && !monitor.active && side === 'monitor';
    const atGate = technique.isAtGate ?? inRoot;
    return atGate ? this.execute(1, false, enter) : undefined;
  }

  /** Runs a hypervisor of the user's own until it enters its guest. */
  async untilEntry(): Promise<RunResult | undefined> {
    this.awaitsEntry = true;
    try {
      for (;;) {
        const stretch = this.runSlice(false);
        if (stretch === 'entry') return undefined;
        const result = await this.turn(stretch);
        if (result) return result;
      }
    } finally {
      this.awaitsEntry = false;
    }
  }

  private awaitsEntry = false;

  /** Lets others have their turn when it is time, or while the machine's time is ahead of a person's. */
  private async takeTurns(): Promise<void> {
    const { pace } = this.environment;
    if (!pace?.isDue && performance.now() - this.lastTurn < TURN) return;
    const wait = pace?.wait() ?? 0;
    if (wait > 0) await this.letPass(wait);
    else if (performance.now() - this.lastTurn < TURN) return;
    await this.environment.breathe();
    this.lastTurn = performance.now();
  }

  private async letPass(milliseconds: number): Promise<void> {
    await this.environment.breathe(); // who looks sees what stands so long
    if (this.pauseRequested) return;
    await new Promise<void>((resolve) => {
      const timer = setTimeout(resolve, milliseconds);
      this.waiter = () => {
        clearTimeout(timer);
        resolve();
      };
    });
    this.waiter = undefined;
  }

  /** The guest waits for something from outside; in the past it has come. */
  private async sleep(): Promise<void> {
    if (this.pauseRequested || this.recorder?.isPast) return;
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
    const { data, values } = this.breakpoints;
    this.breakpoints.prepare();
    const most = values.any ? 1 : budget;
    const stretch = data.during(() => this.executeUnwatched(most, past, enter));
    const ids = this.breakpoints.takeWatched();
    if (ids.length === 0 || typeof stretch === 'object') return stretch;
    // Nobody stands at a gate: a VM exit that has changed something is at the handler's first operation.
    const taken = this.takeExit(true);
    if (typeof taken === 'object' && !isStep(taken)) return taken;
    return stopped({ kind: 'data-breakpoint', ids });
  }

  private executeUnwatched(budget: number, past: boolean, enter: boolean): Stretch {
    const { transitions, monitor, events, processor } = this.target;
    const stepping = budget <= 1;
    const stops = stepping || this.settings.stopAtExceptions !== undefined;
    for (const each of this.target.machine.processors) each.stopsAtDelivery = stops;
    events.asks = (event) => this.asksForEvent(event);
    if (!monitor) transitions.asks = (transition) => stepping || this.asksFor(transition);
    if (past) this.passed = { address: this.target.linearRip, retired: processor.retired };
    const before = transitions.count;
    const stop = this.run.execute(budget, past);
    const came = stop.kind === 'requested' && transitions.count !== before;
    return came ? this.onTransition(transitions.last, enter) : this.onStop(stop, enter);
  }

  /** Executes an instruction of a translation. A call of the monitor is entered. */
  stepTranslated(): Stretch {
    for (const each of this.target.machine.processors) each.stopsAtDelivery = true;
    const stop = this.run.stepTranslated();
    return stop.kind === 'breakpoint' ? undefined : this.onStop(stop, true);
  }

  /** A hole in virtualization goes into the trace, where its number is that of no exit. */
  private asksForHole({ kind, found, right, rip, linear }: Hole): boolean {
    const { trace, computer, guest, processor } = this.target;
    const reason = holeReason(kind);
    trace.add({
      reason,
      information1: found,
      information2: right,
      interruption: 0,
      handler: 0n,
      instructions: computer.processor.completed,
      rip,
      linear,
      bytes: processor.instructionBytes(),
      bits: processor.state.codeBits,
      rax: guest.gpr(0),
      rcx: guest.gpr(1),
    });
    trace.complete(0, 0);
    const { last } = trace;
    if (last) this.environment.hole?.(last);
    return this.settings.stopAtExits.get(reason)?.() === true;
  }

  /** Whether a transition that a program of the user's own makes may be where to stop. */
  private asksFor(transition: Transition): boolean {
    const { settings } = this;
    if (transition === 'entry') return this.awaitsEntry;
    if (transition === 'entry-failure') return settings.stopAtEntryFailure;
    const reason = this.target.trace.lastReason;
    const { exits } = this.target.technique;
    return settings.stopAtExits.has(reason) || exits.isTripleFault(reason);
  }

  private onTransition(transition: Transition | undefined, enter: boolean): Stretch {
    if (transition === 'exit') return this.onExit(enter);
    const { failure } = this.target.transitions;
    if (transition === 'entry-failure' && failure && this.settings.stopAtEntryFailure) {
      return stopped({ kind: 'entry-failure', failure });
    }
    return 'entry';
  }

  private onStop(stop: Stop, enter: boolean): Stretch {
    switch (stop.kind) {
      case 'spent':
      case 'requested':
        return undefined;
      case 'end':
        if (stop.end.kind !== 'asleep') return this.monitor.end(stop.end);
        this.environment.asleep?.(stop.end.wakeUps);
        this.idle = true;
        return undefined;
      case 'guest-ended':
        this.environment.guestEnded?.(stop.guest, stop.end);
        return undefined;
      case 'exit':
        return this.onExit(enter);
      case 'emulation':
        return this.onEmulation(enter);
      case 'hole':
        return stopped({ kind: 'vm-exit', reason: holeReason(stop.hole.kind) });
      case 'breakpoint':
        return this.onBreakpoint();
      case 'delivered':
        return this.takeExit(enter) ?? this.onDelivery();
      case 'raised':
        return this.onRaised();
      case 'waiting':
        this.idle = true;
        return undefined;
      case 'shutdown':
        if (!this.settings.stopAtTripleFault) return this.monitor.end({ kind: 'shutdown' });
        return stopped({ kind: 'triple-fault', chain: stop.chain, inGuest: false });
      case 'vmx-abort':
        return stopped(stop);
      case 'not-implemented':
        return stopped({
          kind: 'not-implemented',
          what: stop.what,
          address: this.target.linearRip,
        });
    }
  }

  /** A VM exit has happened; nothing has been done about it yet. */
  private onExit(enter: boolean): Stretch {
    const { trace, technique, transitions, processor } = this.target;
    const { stopAtExits, stopAtEntryFailure, stopAtTripleFault } = this.settings;
    const reason = trace.lastReason;
    const { failure } = transitions;
    if (trace.lastEntryFailed && failure && stopAtEntryFailure) {
      return stopped({ kind: 'entry-failure', failure });
    }
    if (technique.exits.isTripleFault(reason) && stopAtTripleFault) {
      return stopped({
        kind: 'triple-fault',
        chain: processor.faultChain,
        inGuest: true,
      });
    }
    if (enter) return stopped({ kind: 'step' });
    if (stopAtExits.get(reason)?.()) {
      return stopped({ kind: 'vm-exit', reason });
    }
    const { count } = this.target.events;
    const stretch = this.handleExit();
    return (stretch === 'exit' ? this.injectedSince(count) : undefined) ?? stretch;
  }

  /** The monitor has injected an exception, about which nobody could be asked before. */
  private injectedSince(count: number): RunResult | undefined {
    const { events, monitor } = this.target;
    if (monitor?.active || events.count === count) return undefined;
    const stretch = this.onDelivery();
    return typeof stretch === 'object' ? stretch : undefined;
  }

  /** The monitor is about to do the guest's instruction in software. For the guest nothing is unusual about it. */
  private onEmulation(enter: boolean): Stretch {
    if (enter) return stopped({ kind: 'step' });
    const { events, processor } = this.target;
    const { count } = events;
    const stretch = this.handleExit();
    if (stretch !== 'exit' || this.target.monitor?.active) return stretch;
    const delivered = processor.stopsAtDelivery && events.count !== count;
    return delivered ? this.onDelivery() : 'emulated';
  }

  /** Runs the handler; one that waits or takes long is gone on with in `turn`. */
  private handleExit(): Stretch {
    const start = performance.now();
    let operations = 0;
    while (this.target.monitor?.active && !this.hasArrived) {
      const result = this.monitor.advance(false);
      if (result === 'waiting') return 'exit';
      if (result) return result;
      if (++operations % 64 === 0 && performance.now() - start > TURN) break;
    }
    return 'exit';
  }

  private onBreakpoint(): Stretch {
    const address = this.target.linearRip;
    if (this.isNextRound || this.isPassed) return this.execute(1, true, false);
    const ids = this.breakpoints.hitAt(address);
    if (ids.length > 0) return stopped({ kind: 'breakpoint', ids });
    if (this.breakpoints.isTemporary(address)) return stopped({ kind: 'step' });
    // Another address with the same page offset, or a condition that does not hold: go past it.
    return this.execute(1, true, false);
  }

  /**
   * Whether a REP that was passed over goes on. Rounds of INS and OUTS come back one by one, but a
   * breakpoint counts before the first one only. A round that does not exit counts as retired.
   */
  get isNextRound(): boolean {
    const { passed, target } = this;
    if (passed?.address !== target.linearRip) return false;
    if (target.computer.processor.retired - passed.retired > 1) return false;
    return transferOf(target).kind === 'repeat';
  }

  /** Whether the breakpoint was passed over, and its instruction is still to be done: it has been translated meanwhile. */
  private get isPassed(): boolean {
    const { passed, target } = this;
    const { translated } = target.technique;
    if (!translated || passed?.address !== target.linearRip) return false;
    return target.computer.processor.retired === passed.retired;
  }

  /** Whether to stop at the instruction that raises an event. */
  private asksForEvent(event: RaisedEvent): boolean {
    const { stopAtExceptions, stopAtEmptyVectors } = this.settings;
    if (this.target.technique.withholds?.(event.vector)) {
      this.target.events.raised = undefined;
      return false;
    }
    if (event.emptyVector && stopAtEmptyVectors) return true;
    return isException(event) && stopAtExceptions?.() === true;
  }

  private onRaised(): Stretch {
    const { raised } = this.target.events;
    return raised && stopped({ kind: 'raised', event: raised });
  }

  /** What nobody could be asked about before: an exception that came while another event was delivered, a trap. */
  private onDelivery(): Stretch {
    const event = this.target.events.last;
    const { stopAtExceptions } = this.settings;
    const unforeseen = event !== undefined && !event.asked && isException(event);
    if (unforeseen && stopAtExceptions?.()) return stopped({ kind: 'guest-exception', event });
    return 'delivered';
  }
}
