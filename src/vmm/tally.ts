import { COST_EVENTS, type CostEvent, type OperationCost } from './costs';

/** What a monitor has done, for whoever compares techniques. It is no state: no snapshot has it. */
export class MonitorTally {
  /** Instructions of the guest that handlers have completed in its stead, operation by operation. */
  completed = 0;
  hypercalls = 0;
  /** Its operations, by the number of their event. */
  private readonly counts = new Float64Array(COST_EVENTS.length);

  note({ number }: OperationCost, count = 1): void {
    this.counts[number] = (this.counts[number] ?? 0) + count;
  }

  /** How many operations there were that are this to the cost model. */
  operations(event: CostEvent): number {
    return this.counts[COST_EVENTS.indexOf(event)] ?? 0;
  }
}
