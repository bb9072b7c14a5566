import {
  compareMoments,
  isEarlier,
  MOST_FRUITLESS,
  type MachineRun,
  type Moment,
  type Recorder,
  type Stop,
} from '../../../session';
import type { LineEntry } from '../../../program';
import { placeAt } from '../../places/program-place';
import type { Present } from '../../target';
import type { Breakpoints } from '../breakpoints';

/** The machine runs for so long (milliseconds) before others have their turn. */
const TURN = 20;
const BUDGET = 1_000_000;
const OFFSET = 0xfffn;

/**
 * Finds out which lines of the programs were executed: the run goes on from its beginning once more, at full speed, and
 * stops where each line is reached for the first time.
 */
export class Executed {
  private readonly seen = new Set<LineEntry>();
  /** How many lines that were not seen yet begin at each offset in a page, by either of their addresses. */
  private readonly unseen = new Map<number, number>();
  private isStale = false;

  /** @param breathe lets others have their turn; true: somebody wants this to end */
  constructor(
    private readonly subject: Present,
    private readonly recorder: Recorder,
    private readonly run: MachineRun,
    private readonly breakpoints: Breakpoints,
    private readonly breathe: () => Promise<boolean>,
  ) {
    for (const { programs } of subject.targets.filter(isFirstOfPrograms)) {
      for (const entry of programs.flatMap(({ lines }) => lines.entries)) {
        if (entry.kind === 'code') this.count(entry, 1);
      }
    }
  }

  /** @returns undefined where somebody wanted it to end before; the machine is back where it was */
  async find(): Promise<ReadonlySet<LineEntry> | undefined> {
    const { recorder, breakpoints } = this;
    const { now: end, start } = recorder;
    try {
      recorder.goTo(start);
      this.look();
      this.lend();
      const there = await recorder.within(end, () => this.goOn(end));
      return there ? this.seen : undefined;
    } finally {
      breakpoints.lend(undefined);
      recorder.goTo(end);
    }
  }

  private async goOn(end: Moment): Promise<boolean> {
    const { recorder, run } = this;
    let past = false;
    let turn = performance.now();
    for (let fruitless = 0; isEarlier(recorder.now, end);) {
      const { now } = recorder;
      const stop: Stop | undefined = run.inMonitor ? run.operate() : run.execute(BUDGET, past);
      past = stop?.kind === 'breakpoint' || stop?.kind === 'hole';
      if (past && isEarlier(recorder.now, end)) this.look();
      fruitless = !past && compareMoments(now, recorder.now) === 0 ? fruitless + 1 : 0;
      if (fruitless > MOST_FRUITLESS) throw new Error('a known moment is not reached');
      if (this.isStale) this.lend();
      if (performance.now() - turn < TURN) continue;
      if (await this.breathe()) return false;
      turn = performance.now();
    }
    return true;
  }

  /** The instruction that comes next is executed. */
  private look(): void {
    const { target } = this.subject;
    if (this.run.inMonitor || target.side === 'monitor') return;
    const linear = target.linearRip;
    const entry = placeAt(target, linear)?.entry;
    if (entry?.kind === 'code' && !this.seen.has(entry)) {
      this.seen.add(entry);
      this.count(entry, -1);
    }
    // What is not wanted any more stops the run no longer.
    this.isStale = !this.unseen.has(Number(linear & OFFSET));
  }

  private count({ address, load }: LineEntry, by: 1 | -1): void {
    const { unseen } = this;
    for (const offset of new Set([address, load].map((each) => Number(each & OFFSET)))) {
      const count = (unseen.get(offset) ?? 0) + by;
      if (count > 0) unseen.set(offset, count);
      else unseen.delete(offset);
    }
  }

  private lend(): void {
    this.isStale = false;
    this.breakpoints.lend(new Set(this.unseen.keys()));
  }
}

/** Processors of one computer execute the same programs. */
const isFirstOfPrograms = (
  { programs }: Present['target'],
  index: number,
  all: readonly Present['target'][],
): boolean => all.findIndex((other) => other.programs === programs) === index;
