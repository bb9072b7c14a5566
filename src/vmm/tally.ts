import type { CostEvent } from './costs';

/** What a monitor has done, for whoever compares techniques. It is no state: no snapshot has it. */
export class MonitorTally {
  /** Its operations, by what they are to the cost model. */
  readonly operations = new Map<CostEvent, number>();
  /** Instructions of the guest that handlers have completed in its stead, operation by operation. */
  completed = 0;
  hypercalls = 0;

  note(event: CostEvent, count = 1): void {
    this.operations.set(event, (this.operations.get(event) ?? 0) + count);
  }
}
