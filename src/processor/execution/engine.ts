import type { RaisedNumber } from '../reasons/arithmetic';

/**
 * Something that runs decoded records: the generated interpreter, or the reference evaluator. Both
 * share the records, the state and the slow paths; they differ in how they read the trees.
 */
export interface Engine {
  /** Runs from a record until it must leave; RIP is then in state. */
  run(record: number): void;
  /** Instructions that may still be started. */
  remaining: number;
  /**
   * Rounds of repeated instructions beyond their first, to be set to 0 by whoever counts them. The engine
   * comes back when there are more than instructions remain.
   */
  rounds: number;
  /** Instructions that were executed and count as none, modulo 2^32. For whoever compares; it is no state. */
  readonly uncounted: number;
  /** The record of the instruction being executed. */
  readonly record: number;
}

/**
 * What an engine asks of the processor: the slow paths in TypeScript. The generated interpreter
 * imports them by these names, and its helpers tell what each takes and gives.
 */
export interface EngineImports {
  slowLoad(linear: bigint, bytes: number, segment: number): bigint;
  slowLoadForUpdate(linear: bigint, bytes: number, segment: number): bigint;
  slowStore(linear: bigint, bytes: number, segment: number, value: bigint): void;
  /** 16 or 32 bytes between memory and the place beside the state, `Wide`. */
  slowLoadWide(linear: bigint, bytes: number, segment: number): void;
  slowStoreWide(linear: bigint, bytes: number, segment: number): void;
  segmentFault(slot: number, offset: bigint, bytes: number, write: number): void;
  enter(rip: bigint): number;
  branch(record: number, rip: bigint): number;
  /** Raises one of the faults of `reasons/arithmetic.ts`. */
  raise(number: RaisedNumber): void;
  slow(path: number, record: number): number;
  special(record: number): number;
}

export type EngineKind = 'interpreter' | 'reference';
