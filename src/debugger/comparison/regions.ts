import {
  between,
  measure,
  together,
  type Machine,
  type Marks,
  type Measurement,
} from '../../session';
import type { Assembly } from '../../program';

/** A stretch of a program that is measured by itself: from the label NAME.begin to the label NAME.end. */
export interface Region {
  readonly name: string;
  readonly begin: bigint;
  readonly end: bigint;
  /** How often it does what it is there for: the constant NAME.count, or 1. */
  readonly count: number;
}

/** The regions that a program's labels tell of, in their order. */
export function regionsOf({ symbols }: Pick<Assembly, 'symbols'>): Region[] {
  const values = new Map(symbols.all.map(({ name, value }) => [name, value]));
  return [...values]
    .filter(([name]) => name.endsWith('.begin'))
    .flatMap(([label, begin]) => {
      const name = label.slice(0, -'.begin'.length);
      const end = values.get(`${name}.end`);
      const count = Number(values.get(`${name}.count`) ?? 1n);
      return end === undefined ? [] : [{ name, begin, end, count: Math.max(1, count) }];
    })
    .sort((a, b) => Number(a.begin - b.begin));
}

/** Measures regions while a machine runs. */
export class RegionMeter {
  /** By the name of the region: all passes through it, added up. */
  readonly measured = new Map<string, Measurement>();
  private readonly entered = new Map<string, Measurement>();

  constructor(private readonly regions: readonly Region[]) {}

  marks(machine: Machine): Marks {
    const marks = new Map<bigint, () => void>();
    const add = (address: bigint, act: () => void): void => {
      const others = marks.get(address);
      marks.set(address, () => {
        others?.();
        act();
      });
    };
    for (const { name, begin, end } of this.regions) {
      add(end, () => {
        this.leave(name, measure(machine));
      });
      add(begin, () => this.entered.set(name, measure(machine)));
    }
    return marks;
  }

  private leave(name: string, now: Measurement): void {
    const since = this.entered.get(name);
    if (!since) return;
    this.entered.delete(name);
    const before = this.measured.get(name);
    const spent = between(since, now);
    this.measured.set(name, before ? together(before, spent) : spent);
  }
}
