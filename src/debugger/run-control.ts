import { Field } from '../isa/vmx/fields';
import type { ComputerStop } from '../machine/computer';
import type { Breakpoints } from './breakpoints';
import type { RunResult, StopReason } from './stop';
import type { Target } from './target';
import { recordExit } from './record-exit';
import { isCallLike, transferOf, type Transfer } from './transfers';

/** What the user may ask for. */
export type RunCommand =
  | { readonly kind: 'continue' }
  /** One instruction, or one operation of the monitor; a VM exit is entered. */
  | { readonly kind: 'step-in' }
  /** One line: calls, interrupts, repeated instructions and VM exits are crossed. */
  | { readonly kind: 'step-over' }
  /** To the caller; in the monitor to the VM entry. */
  | { readonly kind: 'step-out' };

export interface RunSettings {
  /** Whether interrupts wait while a step is under way. */
  readonly holdInterrupts: boolean;
  /** Basic exit reasons to stop at. */
  stopAtExits: ReadonlyMap<number, string | undefined>;
}

/** Instructions between two looks at the outside (pause requests). */
const SLICE = 2_000_000;
/** Single steps between two looks, when stepping out. */
const STEP_SLICE = 20_000;

/**
 * Runs the target: slices of execution between which the event loop turns, stops, and what steps
 * mean on either side of a VM exit.
 */
export class RunControl {
  private pauseRequested = false;
  private ended: RunResult | undefined;
  exitCode: number | undefined;

  constructor(
    private readonly target: Target,
    private readonly breakpoints: Breakpoints,
    private readonly settings: RunSettings,
    /** Decides whether an exit that has a filter is to be stopped at. */
    private readonly wantsExit: (reason: number, condition: string | undefined) => boolean,
    /** Lets other things happen: resolves soon. */
    private readonly breathe: () => Promise<void>,
  ) {}

  pause(): void {
    this.pauseRequested = true;
  }

  /** Runs until something stops it. Never rejects: failures of the simulator are stops too. */
  async run(command: RunCommand): Promise<RunResult> {
    this.pauseRequested = false;
    if (this.ended) return this.ended;
    const stepping = command.kind !== 'continue';
    this.hold(stepping && this.settings.holdInterrupts);
    try {
      return await this.dispatch(command);
    } catch (error) {
      const message = error instanceof Error ? error.message : String(error);
      return stopped({ kind: 'internal-error', message });
    } finally {
      this.hold(false);
      this.breakpoints.setTemporary([]);
    }
  }

  private async dispatch(command: RunCommand): Promise<RunResult> {
    if (this.target.side === 'monitor') {
      if (command.kind === 'step-in' || command.kind === 'step-over') return this.stepMonitor();
      const through = this.finishMonitor();
      if (through) return through;
      if (command.kind === 'step-out') return stopped({ kind: 'step' });
      return this.continue(false);
    }
    switch (command.kind) {
      case 'continue':
        return this.continue(true);
      case 'step-in':
        return this.stepIn();
      case 'step-over':
        return this.stepOver();
      case 'step-out':
        return this.stepOut();
    }
  }

  /* The monitor's side. */

  private stepMonitor(): RunResult {
    this.target.monitor?.step();
    return this.afterMonitor() ?? stopped({ kind: 'step' });
  }

  /** Performs operations up to the VM entry. A stop on the way is given back. */
  private finishMonitor(first = false): RunResult | undefined {
    const monitor = this.target.monitor;
    if (!monitor) return undefined;
    let passing = !first;
    while (monitor.activity) {
      const { site } = monitor.activity.next;
      if (!passing && site && this.breakpoints.hasMonitorBreakpoints) {
        const ids = this.breakpoints.hitAtLine(site.file, site.line);
        if (ids.length > 0) return stopped({ kind: 'breakpoint', ids });
      }
      passing = false;
      monitor.step();
      const over = this.afterMonitor();
      if (over) return over;
    }
    return undefined;
  }

  /** Whether the guest has ended by what the monitor just did. */
  private afterMonitor(): RunResult | undefined {
    const { monitor } = this.target;
    if (!monitor) return undefined;
    if (!monitor.activity) recordExit.complete(this.target);
    const end = monitor.host.end;
    if (!end) return undefined;
    monitor.host.end = undefined;
    if (end.why === 'idle') return { kind: 'idle' };
    recordExit.complete(this.target);
    if (this.target.computer.processor.vmx.entryFailures.length > 0) {
      return stopped({ kind: 'entry-failure', message: end.why });
    }
    return this.end(end.why);
  }

  private end(why: string): RunResult {
    const clean = why === 'halted' || why === 'exit hypercall' || why === 'power-off';
    const exitCode = this.exitCode ?? (clean ? 0 : why === 'triple fault' ? 4 : 1);
    this.ended = { kind: 'ended', exitCode, why };
    return this.ended;
  }

  /* The guest's side. */

  /**
   * Executes up to `budget` instructions and deals with what stopped it.
   *
   * @param enter whether a VM exit is where to stop, before the monitor's first operation
   * @returns a result, 'exit' after a VM exit that has been handled, or undefined when the budget is spent
   */
  private execute(budget: number, past: boolean, enter: boolean): RunResult | 'exit' | undefined {
    const stop = this.target.computer.run(budget, past);
    if (this.exitCode !== undefined) return this.end('exit device');
    return this.onStop(stop, enter);
  }

  private onStop(stop: ComputerStop, enter: boolean): RunResult | 'exit' | undefined {
    switch (stop.kind) {
      case 'budget':
        return undefined;
      case 'gate':
        return this.onExit(stop.gate, enter);
      case 'breakpoint':
        return this.onBreakpoint();
      case 'idle':
        return this.target.guest.rflags & 0x200n ? { kind: 'idle' } : this.end('halted');
      case 'halt':
      case 'requested':
        return undefined;
      case 'triple-fault':
        return stopped({ kind: 'triple-fault', chain: stop.chain });
      case 'not-implemented':
        return stopped({
          kind: 'not-implemented',
          what: stop.what,
          address: this.target.linearRip,
        });
    }
  }

  private onExit(gate: number, enter: boolean): RunResult | 'exit' {
    const { monitor, computer } = this.target;
    if (!monitor) throw new Error('a gate without a monitor');
    const reason = (computer.processor.vmx.current?.readNumber(Field.VM_EXIT_REASON) ?? 0) & 0xffff;
    monitor.take(gate);
    recordExit.begin(this.target);
    if (enter) return stopped({ kind: 'step' });
    if (
      this.settings.stopAtExits.has(reason) &&
      this.wantsExit(reason, this.settings.stopAtExits.get(reason))
    ) {
      return stopped({ kind: 'vm-exit', reason });
    }
    if (reason === TRIPLE_FAULT)
      return stopped({ kind: 'triple-fault', chain: computer.processor.faultChain });
    return (
      this.finishMonitor(true) ?? (this.exitCode !== undefined ? this.end('exit device') : 'exit')
    );
  }

  private onBreakpoint(): RunResult | 'exit' {
    const address = this.target.linearRip;
    const ids = this.breakpoints.hitAt(address);
    if (ids.length > 0) return stopped({ kind: 'breakpoint', ids });
    if (this.breakpoints.isTemporary(address)) return stopped({ kind: 'step' });
    // Another address with the same page offset, or a condition that does not hold: go past it.
    return this.execute(1, true, false) ?? 'exit';
  }

  private async continue(past: boolean): Promise<RunResult> {
    let passing = past;
    for (;;) {
      const result = this.execute(SLICE, passing, false);
      passing = false;
      if (result && result !== 'exit') return result;
      if (this.pauseRequested) return stopped({ kind: 'pause' });
      if (result === undefined || this.due()) {
        await this.breathe();
        if (this.isPaused()) return stopped({ kind: 'pause' });
      }
    }
  }

  private isPaused(): boolean {
    return this.pauseRequested;
  }

  private lastBreath = 0;

  /** Guests that exit all the time would never let others run. */
  private due(): boolean {
    const now = performance.now();
    if (now - this.lastBreath < 20) return false;
    this.lastBreath = now;
    return true;
  }

  /** One instruction; a VM exit that it causes is entered. */
  private async stepIn(): Promise<RunResult> {
    const result = await this.oneInstruction(true);
    return result ?? stopped({ kind: 'step' });
  }

  /** Until the instruction has completed or something stops it: exits that retry it are crossed. */
  private async oneInstruction(enter: boolean): Promise<RunResult | undefined> {
    const { processor } = this.target.computer;
    const before = { retired: processor.retired, rip: this.target.linearRip };
    for (let round = 0; ; round++) {
      const result = this.execute(1, true, enter);
      if (result && result !== 'exit') return result;
      const moved = processor.retired !== before.retired || this.target.linearRip !== before.rip;
      if (moved) return undefined;
      if (this.pauseRequested) return stopped({ kind: 'pause' });
      if (round % 1000 === 999) await this.breathe();
    }
  }

  private async stepOver(): Promise<RunResult> {
    const transfer = transferOf(this.target);
    if (!isCallLike(transfer))
      return (await this.oneInstruction(false)) ?? stopped({ kind: 'step' });
    return this.runTo(transfer);
  }

  /** Runs to the instruction behind a call, in the frame that made it. */
  private async runTo(transfer: Transfer): Promise<RunResult> {
    const { guest } = this.target;
    const stack = guest.gpr(4);
    const ring = guest.segment(2).accessRights & 0x60;
    this.breakpoints.setTemporary([transfer.next]);
    let past = true;
    for (;;) {
      const result = this.execute(SLICE, past, false);
      past = true;
      if (result && result !== 'exit') {
        const reached =
          result.kind === 'stopped' &&
          result.reason.kind === 'step' &&
          this.target.linearRip === transfer.next;
        if (!reached) return result;
        const now = this.target.guest;
        const deeper = now.gpr(4) < stack && (now.segment(2).accessRights & 0x60) === ring;
        if (!deeper || !transfer.pushes) return result;
        continue; // the same instruction in an inner activation
      }
      past = false;
      if (this.pauseRequested) return stopped({ kind: 'pause' });
      await this.breathe();
    }
  }

  /** Steps until the present activation returns: RET, IRET, SYSRET or SYSEXIT at its depth. */
  private async stepOut(): Promise<RunResult> {
    for (let steps = 1; ; steps++) {
      const transfer = transferOf(this.target);
      if (transfer.kind === 'return') {
        return (await this.oneInstruction(false)) ?? stopped({ kind: 'step' });
      }
      const result = isCallLike(transfer)
        ? await this.runTo(transfer)
        : ((await this.oneInstruction(false)) ?? undefined);
      this.breakpoints.setTemporary([]);
      const ordinary = !result || (result.kind === 'stopped' && result.reason.kind === 'step');
      if (!ordinary) return result;
      const hit = this.breakpoints.hitAt(this.target.linearRip);
      if (hit.length > 0) return stopped({ kind: 'breakpoint', ids: hit });
      if (this.pauseRequested) return stopped({ kind: 'pause' });
      if (steps % STEP_SLICE === 0) await this.breathe();
    }
  }

  private hold(on: boolean): void {
    this.target.computer.processor.holdInterrupts = on;
    if (this.target.monitor) this.target.monitor.host.holdInterrupts = on;
  }
}

const TRIPLE_FAULT = 2;

function stopped(reason: StopReason): RunResult {
  return { kind: 'stopped', reason };
}
