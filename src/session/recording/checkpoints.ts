import type { MachineState } from '../machine';
import type { Controls } from './controls';
import { compareMoments, type Moment } from './moment';
import { mergeInto, type PageVersions } from './page-history';

/** A moment from which a machine can go on. */
export interface Checkpoint {
  readonly moment: Moment;
  /** How many instructions had been completed. */
  readonly instructions: number;
  readonly memory: PageVersions;
  /** All but memory. */
  readonly state: MachineState;
  readonly controls: Controls;
  /** What somebody else keeps of that moment. */
  readonly beside: unknown;
  /** It never goes: nothing leads to it but itself. */
  readonly pinned: boolean;
}

/** Checkpoints of one course of events, in order. */
export class Checkpoints {
  constructor(private readonly list: Checkpoint[] = []) {}

  get all(): readonly Checkpoint[] {
    return this.list;
  }

  has(checkpoint: Checkpoint): boolean {
    return this.list.includes(checkpoint);
  }

  add(checkpoint: Checkpoint): void {
    this.list.splice(this.firstAfter(checkpoint.moment), 0, checkpoint);
  }

  /** The last one that is not later; undefined where all are. */
  lastUpTo(moment: Moment): Checkpoint | undefined {
    return this.list[this.firstAfter(moment) - 1];
  }

  /** The next one that is later; undefined where there is none. */
  nextAfter(moment: Moment): Checkpoint | undefined {
    return this.list[this.firstAfter(moment)];
  }

  /** Those that are not later than a moment, for another course of events. */
  upTo(moment: Moment): Checkpoints {
    return new Checkpoints(this.list.slice(0, this.firstAfter(moment)));
  }

  remove(checkpoint: Checkpoint): void {
    const at = this.list.indexOf(checkpoint);
    if (at >= 0) this.list.splice(at, 1);
  }

  private firstAfter(moment: Moment): number {
    let [low, high] = [0, this.list.length];
    while (low < high) {
      const middle = (low + high) >> 1;
      const checkpoint = this.list[middle];
      if (checkpoint && compareMoments(checkpoint.moment, moment) <= 0) low = middle + 1;
      else high = middle;
    }
    return low;
  }
}

/**
 * The checkpoint that is missed least: the one between whose neighbours the machine goes the shortest way. Never the
 * first or the last, nor one that others branch off from.
 *
 * @param all of which some share a past
 */
export function leastMissed(
  courses: readonly Checkpoints[],
  present: PageVersions,
): Checkpoint | undefined {
  const successors = new Map<PageVersions, number>();
  for (const { memory } of distinct(courses)) {
    if (memory.parent) successors.set(memory.parent, (successors.get(memory.parent) ?? 0) + 1);
  }
  let found: Checkpoint | undefined;
  let least = Infinity;
  for (const { all } of courses) {
    for (let n = 1; n < all.length - 1; n++) {
      const [before, here, after] = [all[n - 1], all[n], all[n + 1]];
      if (!before || !here || !after || here.pinned || here.memory === present) continue;
      if (successors.get(here.memory) !== 1) continue;
      const way = after.moment.steps - before.moment.steps;
      if (way < least) [found, least] = [here, way];
    }
  }
  return found;
}

/** Takes it out of all courses. @returns how many bytes of pages less are kept */
export function drop(courses: readonly Checkpoints[], gone: Checkpoint): number {
  const heir = distinct(courses).find(({ memory }) => memory.parent === gone.memory);
  const freed = heir ? mergeInto(heir.memory, gone.memory) : 0;
  for (const course of courses) course.remove(gone);
  return freed;
}

const distinct = (courses: readonly Checkpoints[]): Checkpoint[] => [
  ...new Set(courses.flatMap(({ all }) => all)),
];
