import { linearRip } from '../registers/registers';
import type { Way } from '../../session';
import { Arrivals, type Arrival } from './arrival';
import type { Progress } from './comparison';
import { deedOf, type Deed } from './deed';
import { findParting, type Parting } from './parting';
import { Subject, type Experiment } from './subject';

/** Where a guest stands in one way. */
export interface Place {
  readonly way: Way;
  /** Linear address of the instruction that comes next. */
  readonly address: bigint;
  /** How many it has completed. */
  readonly instructions: number;
}

/** Whether a guest comes to the same place in another way. */
export type SamePlace =
  | {
      readonly kind: 'reached';
      readonly arrival: Arrival;
      /** Instructions completed there. */
      readonly instructions: number;
      /** What becomes of the next one in each way. */
      readonly here: Deed;
      readonly there: Deed;
    }
  /** Run anew it does not come to where it stands: something from outside has led it there. */
  | { readonly kind: 'not-again' }
  /** It took another path there. */
  | { readonly kind: 'elsewhere'; readonly parting: Parting | undefined };

type Steps<T> = Generator<Progress, T, void>;

/** The other way may make detours: this many times the instructions, and some more. */
const DETOUR = { times: 2, more: 1_000_000 };
/** In longer runs nobody looks for the instruction where they part. */
const LONGEST_SEARCH = 2_000_000;

/** Looks for the place of a guest in another way, by two runs of their own. */
export function* findSamePlace(experiment: Experiment, here: Place, there: Way): Steps<SamePlace> {
  const found = yield* countArrivals(experiment, here);
  if (!found) return { kind: 'not-again' };
  const limit = here.instructions * DETOUR.times + DETOUR.more;
  const other = yield* reach({ ...experiment, limit }, there, found.arrival);
  if (!other) {
    return { kind: 'elsewhere', parting: yield* partingOf(experiment, here, there) };
  }
  const { instructions } = other;
  const { arrival, subject } = found;
  return { kind: 'reached', arrival, instructions, here: deedOf(subject), there: deedOf(other) };
}

/** Runs the guest to where it stands, and counts how often it has come to that instruction. */
function* countArrivals(
  experiment: Experiment,
  { way, address, instructions }: Place,
): Steps<{ readonly arrival: Arrival; readonly subject: Subject } | undefined> {
  const arrivals = new Arrivals(address);
  const limit = instructions;
  const subject = new Subject({ ...experiment, limit }, way, (machine) => arrivals.marks(machine));
  for (const done of subject.inSlices()) yield { way, phase: 'run', done };
  const stands = !subject.outcome && linearRip(subject.technique.guest) === address;
  if (!stands || subject.instructions !== instructions) return undefined;
  return { arrival: { address, count: arrivals.count + 1 }, subject };
}

/** Runs the guest in a way up to an arrival; undefined where it never comes there. */
function* reach(
  experiment: Experiment,
  way: Way,
  { address, count }: Arrival,
): Steps<Subject | undefined> {
  const arrivals = new Arrivals(address, (now) => {
    if (now === count) subject.halt();
  });
  const subject: Subject = new Subject(experiment, way, (machine) => arrivals.marks(machine));
  for (const done of subject.inSlices()) yield { way, phase: 'run', done };
  return subject.halted ? subject : undefined;
}

function* partingOf(experiment: Experiment, here: Place, way: Way): Steps<Parting | undefined> {
  if (here.instructions > LONGEST_SEARCH) return undefined;
  const search = findParting(experiment, way, here.way, here.instructions);
  for (;;) {
    const { done, value } = search.next();
    if (done) return value;
    yield { way, phase: 'search', done: value };
  }
}
