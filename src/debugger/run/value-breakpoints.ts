import type { Present } from '../target';
import type { Reaction } from './reaction';

/** A breakpoint on what something is worth that does not lie in memory: a register, a flag, a field of a VMCS. */
export interface ValueBreakpoint extends Omit<Reaction, 'logMessage'> {
  /** What it is worth now; undefined where there is no such thing at present. */
  readonly value: () => bigint | undefined;
}

const NONE: readonly ValueBreakpoint[] = [];

/**
 * The breakpoints on values of a session. While there are any, the machine goes on step by step (an instruction, an
 * operation of a monitor), and values are compared behind each. A value that is only looked at leaves no trace.
 */
export class ValueBreakpoints {
  private readonly groups = new Map<string, readonly ValueBreakpoint[]>();
  private all: readonly ValueBreakpoint[] = [];
  /** What they were worth, in the same order, and after how many steps of the machine that was. */
  private known: (bigint | undefined)[] = [];
  private at = NaN;

  constructor(private readonly subject: Present) {}

  get any(): boolean {
    return this.all.length > 0;
  }

  /** Replaces the breakpoints of one origin. */
  replace(group: string, breakpoints: readonly ValueBreakpoint[]): void {
    this.groups.set(group, breakpoints);
    this.all = [...this.groups.values()].flat();
    this.forget();
  }

  /** What somebody does by hand is no change: a run begins with the values that are there. */
  forget(): void {
    this.at = NaN;
  }

  /** Before a step. Who went elsewhere meanwhile finds other values there, and none of them has changed. */
  prepare(): void {
    if (!this.any || this.at === this.steps) return;
    this.known = this.all.map(({ value }) => value());
    this.at = this.steps;
  }

  /** Those whose values the steps since then have changed. */
  take(): readonly ValueBreakpoint[] {
    if (!this.any) return NONE;
    const values = this.all.map(({ value }) => value());
    const changed = this.all.filter((_, n) => values[n] !== this.known[n]);
    this.known = values;
    this.at = this.steps;
    return changed;
  }

  private get steps(): number {
    const { machine } = this.subject;
    return machine.computer.processor.work + machine.monitorSteps;
  }
}
