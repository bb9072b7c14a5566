/** A small deterministic generator of random numbers: the same seed gives the same program on every machine. */
export class Random {
  private state: number;

  constructor(seed: number) {
    // Neighbouring seeds must not give neighbouring sequences.
    this.state = Math.imul(seed ^ (seed >>> 15), 0x2c1b3c6d) >>> 0;
  }

  /** A whole number from 0 to `n` - 1 (mulberry32). */
  below(n: number): number {
    this.state = (this.state + 0x6d2b79f5) >>> 0;
    let t = this.state;
    t = Math.imul(t ^ (t >>> 15), t | 1);
    t ^= t + Math.imul(t ^ (t >>> 7), t | 61);
    return Math.floor((((t ^ (t >>> 14)) >>> 0) / 2 ** 32) * n);
  }

  pick<T>(items: readonly T[]): T {
    return items[this.below(items.length)] as T;
  }

  chance(oneIn: number): boolean {
    return this.below(oneIn) === 0;
  }

  /** `text` once in so many times, otherwise nothing. */
  maybe(oneIn: number, text: string): string {
    return this.chance(oneIn) ? text : '';
  }
}
