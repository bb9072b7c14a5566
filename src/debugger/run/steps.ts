import type { Breakpoints } from './breakpoints';
import type { Execution, Stretch } from './execution';
import type { Controls } from '../../session';
import { lineAt } from '../places/program-place';
import { isNextLine, linePlaceAt, type LinePlace } from '../places/statements';
import type { Granularity, RunSettings } from './run-settings';
import { isStep, stopped, type RunResult } from './stop';
import type { Present, Target } from '../target';
import type { Side } from '../techniques';
import { isCallLike, transferOf, type Transfer } from './transfers';

const STEPPED = stopped({ kind: 'step' });

/** Who sees to what somebody asks of the machine while he steps. */
export interface Controllable {
  control(change: Partial<Controls>): void;
}

type OneStep = () => Promise<RunResult>;

/** What steps mean for the guest. */
export class Steps {
  constructor(
    private readonly subject: Present,
    private readonly breakpoints: Breakpoints,
    private readonly settings: RunSettings,
    private readonly execution: Execution,
    private readonly controls: Controllable,
  ) {}

  private get target(): Target {
    return this.subject.target;
  }

  /** Calls, interrupts and VM exits are entered. */
  into(granularity: Granularity): Promise<RunResult> {
    return this.through(granularity, () => this.oneInstruction(true, this.settings.holdInterrupts));
  }

  /** Into what is called by an instruction of the present line, unless control takes another way before. */
  async intoCall(address: bigint): Promise<RunResult> {
    const line = lineAt(this.target, this.target.linearRip);
    while (this.target.linearRip !== address) {
      const result = await this.over('instruction');
      if (!isStep(result)) return result;
      if (lineAt(this.target, this.target.linearRip) !== line) return result;
      const ends = await this.execution.turn(undefined);
      if (ends) return ends;
    }
    return this.into('instruction');
  }

  /** One instruction: a VM exit to the built-in monitor is crossed, one to a program's own hypervisor is entered. */
  instruction(): Promise<RunResult> {
    const enter = this.target.monitor === undefined;
    return this.through('instruction', () =>
      this.oneInstruction(enter, this.settings.holdInterrupts),
    );
  }

  /** Calls, software interrupts, repeated instructions, VM exits and interrupts are crossed. */
  over(granularity: Granularity): Promise<RunResult> {
    return this.through(granularity, () => this.overOne());
  }

  /** Steps until the present activation returns: RET, IRET, SYSRET or SYSEXIT at its depth. */
  async out(): Promise<RunResult> {
    let interrupts = 0;
    const { side } = this.target;
    for (;;) {
      const transfer = transferOf(this.target);
      const leavesInterrupt = transfer.kind === 'interrupt-return' && interrupts > 0;
      const leaves = transfer.kind === 'interrupt-return' || transfer.kind === 'return';
      if (leaves && interrupts === 0) return this.oneInstruction(false, true);
      const before = this.target.events.count;
      const result = isCallLike(transfer)
        ? await this.runTo(transfer)
        : await this.oneInstruction(false, false);
      if (!isStep(result) || this.target.side !== side) return result;
      if (leavesInterrupt) interrupts--;
      else if (!isCallLike(transfer) && this.target.events.count > before) interrupts++;
      const hit = this.breakpointHere();
      if (hit) return hit;
      const ends = await this.execution.turn(undefined);
      if (ends) return ends;
    }
  }

  /** One instruction of what the processor executes in the stead of the guest's kernel. */
  async translated(): Promise<RunResult> {
    const { technique, side } = this.target;
    if (technique.translated?.mark === undefined || side !== 'guest')
      return this.into('instruction');
    this.hold(this.settings.holdInterrupts);
    try {
      const stretch = this.execution.stepTranslated();
      return typeof stretch === 'object' ? stretch : STEPPED;
    } finally {
      this.hold(false);
    }
  }

  /** Repeats a step while it stays in what one source line became, and goes forward. */
  private async through(granularity: Granularity, step: OneStep): Promise<RunResult> {
    const start = linePlaceAt(this.target, this.target.linearRip);
    if (granularity === 'line' && start.isCompiled) return this.throughStatement(start, step);
    for (;;) {
      const from = this.target.linearRip;
      const line = granularity === 'line' ? lineAt(this.target, from) : undefined;
      const events = this.target.events.count;
      const { side } = this.target;
      const result = await step();
      if (!isStep(result) || this.target.side !== side) return result;
      const hit = this.breakpointHere();
      if (hit) return hit;
      const now = this.target.linearRip;
      if (granularity === 'line' && linePlaceAt(this.target, now).isPrologue) {
        return this.throughStatement(start, step, now);
      }
      const onward = now > from && this.target.events.count === events;
      if (line === undefined || !onward || lineAt(this.target, now) !== line) return result;
    }
  }

  /** Repeats a step until another statement begins: compilers do not keep to the order of lines. */
  private async throughStatement(
    start: LinePlace,
    step: OneStep,
    from = this.target.linearRip,
  ): Promise<RunResult> {
    const { side } = this.target;
    for (let at = from; ; at = this.target.linearRip) {
      const result = await step();
      if (!isStep(result) || this.target.side !== side) return result;
      const hit = this.breakpointHere();
      if (hit) return hit;
      const now = this.target.linearRip;
      if (isNextLine(start, linePlaceAt(this.target, now))) return result;
      const ends = now > at ? undefined : await this.execution.turn(undefined);
      if (ends) return ends;
    }
  }

  private breakpointHere(): RunResult | undefined {
    if (this.execution.isNextRound) return undefined;
    const ids = this.breakpoints.hitAt(this.target.linearRip);
    return ids.length > 0 ? stopped({ kind: 'breakpoint', ids }) : undefined;
  }

  private async overOne(): Promise<RunResult> {
    const transfer = transferOf(this.target);
    if (isCallLike(transfer)) return this.runTo(transfer);
    for (;;) {
      const start = this.target.linearRip;
      const base = start - this.target.code.registers.rip;
      const events = this.target.events.count;
      const result = await this.oneInstruction(false, this.settings.holdInterrupts);
      const { last } = this.target.events;
      const interrupted = this.target.events.count > events && last?.kind === 'external-interrupt';
      if (!isStep(result) || !interrupted) return result;
      const back = await this.runTo({ kind: 'other', next: base + last.from, pushes: false });
      if (!isStep(back) || this.target.linearRip !== start) return back;
      // The interrupt came before the instruction: it is still to be done.
    }
  }

  /** Runs to the instruction behind a call, in the activation that made it. */
  private async runTo(transfer: Transfer): Promise<RunResult> {
    const { side } = this.target;
    const { registers } = this.target.code;
    const stack = registers.gpr(4);
    const ring = registers.segment(2).accessRights & 0x60;
    this.breakpoints.setTemporary([transfer.next]);
    let past = true;
    for (;;) {
      const stretch = this.execution.runSlice(past);
      const result = await this.execution.turn(stretch);
      past = false;
      if (!result) continue;
      if (!isStep(result)) return result;
      const now = this.target.code.registers;
      const elsewhere = this.target.side !== side;
      const inner = now.gpr(4) < stack && (now.segment(2).accessRights & 0x60) === ring;
      if (!elsewhere && (!inner || !transfer.pushes)) {
        this.breakpoints.setTemporary([]);
        return result;
      }
      past = true; // the same address in another world, or in an inner activation
    }
  }

  /** Until the instruction has completed or something stops it: exits that retry it are crossed. */
  private async oneInstruction(enter: boolean, hold: boolean): Promise<RunResult> {
    const { cpu: processor } = this.target;
    const before = { retired: processor.retired, rip: this.target.linearRip };
    const { side } = this.target;
    // Held back, an interrupt could not end a HLT.
    this.hold(hold && transferOf(this.target).kind !== 'halt');
    try {
      for (;;) {
        const stretch = this.execution.execute(1, true, enter);
        if (typeof stretch === 'object') return stretch;
        if (stretch === 'delivered') return STEPPED;
        const crossed = await this.crossExit(stretch, side);
        if (crossed) return crossed;
        const moved = processor.retired !== before.retired || this.target.linearRip !== before.rip;
        if (moved) return STEPPED;
        const ends = await this.execution.turn(stretch);
        if (ends) return ends;
      }
    } finally {
      this.hold(false);
    }
  }

  /** After a VM exit that is not to be entered: to the VM entry, whoever handles it. */
  private async crossExit(stretch: Stretch, from: Side): Promise<RunResult | undefined> {
    if (this.target.monitor?.activity) return this.execution.turn(stretch);
    const left = from === 'guest' && this.target.side === 'hypervisor';
    return left ? this.execution.untilEntry() : undefined;
  }

  private hold(on: boolean): void {
    this.controls.control({ holdInterrupts: on });
  }
}
