import type { Hole } from '../vmm';

/** A hole that a guest came to, and how often it did. */
export interface CountedHole {
  /** As it was the first time. */
  readonly hole: Hole;
  readonly count: number;
}

/** The holes in virtualization of a run, one for each instruction. */
export class HoleCounts {
  private readonly counts = new Map<string, { readonly hole: Hole; count: number }>();

  note(hole: Hole): void {
    const key = `${hole.mnemonic} ${String(hole.linear)}`;
    const known = this.counts.get(key);
    if (known) known.count++;
    else this.counts.set(key, { hole, count: 1 });
  }

  /** In the order in which the guest came to them first. */
  get all(): readonly CountedHole[] {
    return [...this.counts.values()];
  }
}
