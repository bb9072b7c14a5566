/** What the host of one guest knows of the other guests on the computer. */
export interface Neighbours {
  /** The number of the guest that has the processor. */
  readonly present: number;
  /** Whether one of the others has something to do. */
  readonly othersCanRun: boolean;
  /** Whether time alone will give one of the others something to do. */
  readonly othersWake: boolean;
  /**
   * When the host's timer has to come back.
   *
   * @param own when a device of the guest's has something to do
   */
  deadlineWith(own: number | undefined): number | undefined;
  /** Whether the guest has had the processor for as long as it may. */
  readonly isSliceOver: boolean;
  /** The guest goes on for as long again. */
  beginSlice(): void;
  /** It waits for an interrupt. */
  rest(): void;
  /** The number of another one that can go on; undefined where there is none. */
  findOther(): number | undefined;
  /** Somebody who goes on in the place of a guest that has ended; undefined where it was the last. */
  findHeir(): number | undefined;
  /** The next one after the present, whatever it does. */
  readonly next: number;
  /** Gives the processor to another one. */
  switchTo(number: number): void;
}
