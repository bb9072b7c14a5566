import type { Persistent } from '../processor/persistent';
import { COST_EVENTS, type CostEvent, type OperationCost } from './costs';

export interface MonitorTallyState {
  readonly completed: number;
  readonly hypercalls: number;
  readonly counts: Float64Array;
}

/**
 * What a monitor has done, for whoever compares techniques. It is no state of the machine, no snapshot has it: who goes
 * back in time puts it back beside that.
 */
export class MonitorTally implements Persistent<MonitorTallyState> {
  /** Instructions of the guest that handlers have completed in its stead, operation by operation. */
  completed = 0;
  hypercalls = 0;
  /** Its operations, by the number of their event. */
  private readonly counts = new Float64Array(COST_EVENTS.length);

  note({ number }: OperationCost, count = 1): void {
    this.counts[number] = (this.counts[number] ?? 0) + count;
  }

  save(): MonitorTallyState {
    const { completed, hypercalls, counts } = this;
    return { completed, hypercalls, counts: counts.slice() };
  }

  restore({ completed, hypercalls, counts }: MonitorTallyState): void {
    this.completed = completed;
    this.hypercalls = hypercalls;
    this.counts.set(counts);
  }

  /** How many operations there were that are this to the cost model. */
  operations(event: CostEvent): number {
    return this.counts[COST_EVENTS.indexOf(event)] ?? 0;
  }
}
