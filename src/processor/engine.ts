/**
 * Something that runs decoded records: the generated interpreter, or the reference evaluator. Both
 * share the records, the state and the slow paths; they differ in how they read the trees.
 */
export interface Engine {
  /** Runs from a record until it must leave; RIP is then in state. */
  run(record: number): void;
  /** Instructions that may still be started. */
  remaining: number;
  /** The record of the instruction being executed. */
  readonly record: number;
}

export type EngineKind = 'interpreter' | 'reference';
