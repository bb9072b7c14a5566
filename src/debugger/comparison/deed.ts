import { between, measure, type CountedHole, type Outcome } from '../../session';
import type { ExitNames } from '../techniques';
import type { Subject } from './subject';

/** What becomes of one instruction of a guest's. */
export interface Deed {
  /** The processor has executed it. */
  readonly direct: boolean;
  /** The monitor has done it in software. */
  readonly inSoftware: boolean;
  /** The exits that it took, for people: 'CPUID'. */
  readonly exits: readonly string[];
  /** It should have come to the monitor, and did not. */
  readonly holes: readonly CountedHole[];
  /** The guest has ended with it. */
  readonly outcome: Outcome | undefined;
  /** What the technique calls exits. */
  readonly names: ExitNames;
}

/** Lets a guest do one more instruction, and tells how that went. */
export function deedOf(subject: Subject): Deed {
  const { machine, technique, instructions } = subject;
  const exitsBefore = new Map(subject.exits);
  const holesBefore = new Map(subject.holes.map(({ hole, count }) => [hole.linear, count]));
  const before = measure(machine);
  subject.to(instructions + 1);
  const { direct, inSoftware } = between(before, measure(machine));
  const exits = [...subject.exits].filter(([reason, n]) => n > (exitsBefore.get(reason) ?? 0));
  return {
    direct: direct > 0,
    inSoftware: inSoftware > 0,
    exits: exits.map(([reason]) => technique.exits.name(reason)),
    holes: subject.holes.filter(({ hole, count }) => count > (holesBefore.get(hole.linear) ?? 0)),
    outcome: subject.outcome,
    names: technique.exits,
  };
}
