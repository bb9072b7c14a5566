/** What the chronicle takes down. */
export const KINDS = ['exit', 'event', 'mode', 'output'] as const;
export type Kind = (typeof KINDS)[number];

/** What happens again and again: exits for one reason, interrupts of one vector, a mode. */
export interface Series {
  readonly kind: Kind;
  /** The number of the guest, or of the processor. */
  readonly target: number;
  /**
   * An exit's reason, and each row has its number; what `eventCode` or `modeCode` make of an event or a mode; of
   * output the channel, and each row has the byte.
   */
  readonly code: number;
}

/** The numbers of series, in the order in which they came. */
export class SeriesTable {
  readonly all: Series[] = [];
  private readonly indices = new Map<number, number>();

  /** Asked for each row, so without an object. @param code 32 bits */
  indexOf(kind: number, target: number, code: number): number {
    const key = (target * KINDS.length + kind) * 2 ** 32 + (code >>> 0);
    const known = this.indices.get(key);
    if (known !== undefined) return known;
    const index = this.all.length;
    this.indices.set(key, index);
    this.all.push({ kind: KINDS[kind] ?? 'exit', target, code });
    return index;
  }
}
