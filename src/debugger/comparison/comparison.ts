import {
  between,
  measure,
  UnbootableImage,
  WAYS,
  type CountedHole,
  type Measurement,
  type Outcome,
  type Way,
} from '../../session';
import type { ExitNames } from '../techniques';
import { troubleText } from '../words/ends';
import { differences, type Difference } from './differences';
import { findParting, type Parting } from './parting';
import { RegionMeter, type Region } from './regions';
import { safetyOf, type Safety } from './safety';
import { Subject, type Experiment } from './subject';

/** What is known of a guest in one way, beside the bare computer. */
export type Verdict =
  /** It is the bare computer. */
  | 'reference'
  | 'equivalent'
  | 'differs'
  /** No difference so far, but the limit came before the end. */
  | 'undecided';

/** What is measured of a guest in one way. */
export interface Trial {
  readonly way: Way;
  readonly verdict: Verdict;
  /** Undefined at the limit. */
  readonly outcome: Outcome | undefined;
  readonly instructions: number;
  readonly differences: readonly Difference[];
  readonly parting: Parting | undefined;
  /** Where theory says that it may differ. */
  readonly holes: readonly CountedHole[];
  readonly measurement: Measurement;
  /** What the technique calls exits. */
  readonly names: ExitNames;
  /** By the name that the technique gives their reason. */
  readonly exits: ReadonlyMap<string, number>;
  readonly safety: Safety;
  readonly regions: ReadonlyMap<string, Measurement>;
}

/** A way in which the image cannot be run, and why. */
export interface Refusal {
  readonly way: Way;
  readonly reason: string;
}

/** One guest in all the ways that there are. */
export interface Comparison {
  readonly trials: readonly Trial[];
  readonly refusals: readonly Refusal[];
  readonly regions: readonly Region[];
}

/** In longer runs nobody looks for the instruction: it would take too long. */
const LONGEST_SEARCH = 2_000_000;

/** How far a comparison is, at a moment at which others can have their turn. */
export interface Progress {
  readonly way: Way;
  /** What is done with the guest in this way: it is run, or the instruction is looked for where it parts. */
  readonly phase: 'run' | 'search';
  /** From 0 to 1, of this phase. */
  readonly done: number;
}

export type Comparing = Generator<Progress, Comparison, void>;

/**
 * Runs a guest in every way.
 *
 * @param ways the first one is what the others are compared with
 * @throws whatever keeps the image from running in the first way
 */
export function compareWays(
  experiment: Experiment,
  regions: readonly Region[],
  ways: readonly [Way, ...Way[]] = WAYS,
): Comparison {
  const comparing = compareInSteps(experiment, regions, ways);
  for (;;) {
    const { done, value } = comparing.next();
    if (done) return value;
  }
}

/** The same, with moments for others in it. */
export function* compareInSteps(
  experiment: Experiment,
  regions: readonly Region[],
  [bare, ...others]: readonly [Way, ...Way[]] = WAYS,
): Comparing {
  const reference = yield* observe(experiment, bare, regions);
  const trials = [yield* trialOf(reference)];
  const refusals: Refusal[] = [];
  for (const way of others) {
    const result = yield* attempt(experiment, way, regions);
    if ('reason' in result) refusals.push(result);
    else trials.push(yield* trialOf(result, reference));
  }
  return { trials, refusals, regions };
}

/** A machine after its run, and what was measured from its first instruction on. */
interface Observed {
  readonly way: Way;
  readonly subject: Subject;
  readonly measurement: Measurement;
  readonly regions: ReadonlyMap<string, Measurement>;
}

type Steps<T> = Generator<Progress, T, void>;

function* observe(experiment: Experiment, way: Way, regions: readonly Region[]): Steps<Observed> {
  const meter = new RegionMeter(regions);
  const subject = new Subject(experiment, way, (machine) => meter.marks(machine));
  const before = measure(subject.machine);
  for (const done of subject.inSlices()) yield { way, phase: 'run', done };
  const measurement = between(before, measure(subject.machine));
  return { way, subject, measurement, regions: meter.measured };
}

function* attempt(
  experiment: Experiment,
  way: Way,
  regions: readonly Region[],
): Steps<Observed | Refusal> {
  try {
    const observed = yield* observe(experiment, way, regions);
    const reason = givenUp(observed.subject);
    return reason === undefined ? observed : { way, reason };
  } catch (error) {
    if (error instanceof RangeError || error instanceof UnbootableImage) {
      return { way, reason: error.message };
    }
    throw error;
  }
}

/** Why it is not the guest that has ended, but what runs it. */
function givenUp({ outcome, technique }: Subject): string | undefined {
  const gaveUp = outcome?.kind === 'failure' || outcome?.kind === 'not-implemented';
  return gaveUp ? troubleText(outcome, technique.exits) : undefined;
}

function* trialOf(
  { way, subject, measurement, regions }: Observed,
  reference?: Observed,
): Steps<Trial> {
  const { outcome, instructions, technique } = subject;
  const found = reference ? differences(subject, reference.subject) : [];
  return {
    way,
    verdict: reference ? verdictOf(found, subject, reference.subject) : 'reference',
    outcome,
    instructions,
    differences: found,
    parting: reference && found.length > 0 ? yield* partingOf(way, subject, reference) : undefined,
    holes: subject.holes,
    measurement,
    names: technique.exits,
    exits: new Map([...subject.exits].map(([reason, n]) => [technique.exits.id(reason), n])),
    safety: safetyOf(subject.machine),
    regions,
  };
}

function verdictOf(found: readonly Difference[], subject: Subject, bare: Subject): Verdict {
  if (found.length > 0) return 'differs';
  return subject.outcome && bare.outcome ? 'equivalent' : 'undecided';
}

function* partingOf(way: Way, subject: Subject, reference: Observed): Steps<Parting | undefined> {
  const length = Math.min(subject.instructions, reference.subject.instructions);
  if (length > LONGEST_SEARCH) return undefined;
  const search = findParting(subject.experiment, way, reference.way, length);
  for (;;) {
    const { done, value } = search.next();
    if (done) return value;
    yield { way, phase: 'search', done: value };
  }
}
