/** Whether something holds now. It is made once, when it is set, out of what the user has written. */
export type Condition = () => boolean;

/** When a breakpoint counts, and what comes of it. */
export interface Reaction {
  readonly id: number;
  /** Must hold for the breakpoint to count as hit. */
  readonly condition?: Condition | undefined;
  /** Whether the number of hits is one to stop at. */
  readonly hitCondition?: ((hits: number) => boolean) | undefined;
  /** The text to be printed instead of stopping. */
  readonly logMessage?: (() => string) | undefined;
}
