/** A place in the history of a machine. */
export interface Moment {
  /** Units of work done (`Processor.work`) and operations of monitors performed. */
  readonly steps: number;
  /** The machine's time, which goes on between two steps while all processors rest. */
  readonly time: number;
  /** Things from outside that have come by then; several may come at the same time. */
  readonly entries: number;
}

/** Below 0 where `a` is earlier, above 0 where it is later. */
export function compareMoments(a: Moment, b: Moment): number {
  return a.steps - b.steps || a.time - b.time || a.entries - b.entries;
}

export const isBefore = (a: Moment, b: Moment): boolean => compareMoments(a, b) < 0;

/** Whether the machine has come further at `b`, whatever was done to it by hand. */
export const isEarlier = (a: Moment, b: Moment): boolean =>
  (a.steps - b.steps || a.time - b.time) < 0;
