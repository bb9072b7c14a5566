import type { Persistent } from '../persistent';

/** When PAUSE was executed in ring 0: as the first of the present loop, and last. */
export interface PauseLoopState {
  readonly first: number | undefined;
  readonly last: number;
}

/** Loops of PAUSE as "PAUSE-loop exiting" knows them (SDM 3C 26.1.3). */
export class PauseLoop implements Persistent<PauseLoopState> {
  private first: number | undefined;
  private last = 0;

  /** The first PAUSE after a VM entry begins a loop. */
  begin(): void {
    this.first = undefined;
  }

  /**
   * PAUSE is executed in ring 0.
   *
   * @param time in ticks of the TSC, as the other two
   * @param gap PAUSEs that are further apart belong to different loops
   * @param window how long a loop may last
   * @returns whether the loop has lasted longer
   */
  lasts(time: number, gap: number, window: number): boolean {
    if (this.first === undefined || time - this.last > gap) this.first = time;
    this.last = time;
    return time - this.first > window;
  }

  save(): PauseLoopState {
    return { first: this.first, last: this.last };
  }

  restore({ first, last }: PauseLoopState): void {
    this.first = first;
    this.last = last;
  }
}
