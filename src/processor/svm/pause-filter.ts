import type { Persistent } from '../persistent';

export interface PauseFilterState {
  readonly left: number;
  readonly last: number | undefined;
}

/** How many executions of PAUSE an intercept lets pass (APM 2 15.14.4). */
export class PauseFilter implements Persistent<PauseFilterState> {
  private left = 0;
  private last: number | undefined;

  /** VMRUN has loaded the counter. */
  begin(count: number): void {
    this.left = count;
    this.last = undefined;
  }

  /**
   * PAUSE is executed.
   *
   * @param time in ticks of the TSC
   * @param count what the counter begins with again
   * @param threshold PAUSEs that are further apart belong to different loops; 0: none do
   * @returns whether the counter has come to its end
   */
  ends(time: number, count: number, threshold: number): boolean {
    const apart = this.last !== undefined && time - this.last > threshold;
    if (threshold !== 0 && apart) this.left = count;
    this.last = time;
    if (this.left > 0) this.left--;
    return this.left === 0;
  }

  save(): PauseFilterState {
    return { left: this.left, last: this.last };
  }

  restore({ left, last }: PauseFilterState): void {
    this.left = left;
    this.last = last;
  }
}
