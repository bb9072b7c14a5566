import type { Way } from '../../session';
import type { Where } from '../places/where';
import { generalRegisters } from './differences';
import { Subject, type Experiment } from './subject';

/** The instruction after which a guest is no longer as it is on the bare computer. */
export interface Parting {
  /** How many instructions come before it. */
  readonly instructions: number;
  readonly place: Where;
  readonly register: string;
  readonly bare: bigint;
  readonly found: bigint;
}

/** The stretches that a run is cut into; where one ends otherwise, it is gone through step by step. */
const STRETCHES = 256;

/**
 * Runs a guest in two ways side by side, and finds the first instruction after which its general registers differ.
 *
 * @param length of the run, in instructions
 * @returns undefined where these never differ; it yields now and then which part of the search is done
 */
export function* findParting(
  experiment: Experiment,
  way: Way,
  bareWay: Way,
  length: number,
): Generator<number, Parting | undefined, void> {
  const pair = (): [Subject, Subject] => [
    new Subject(experiment, way),
    new Subject(experiment, bareWay),
  ];
  const stretch = Math.ceil(length / STRETCHES);
  const coarse = yield* firstDifference(pair(), stretch, stretch, length);
  if (!coarse) return undefined;
  const start = pair();
  const before = coarse.instructions - stretch;
  start.forEach((subject) => {
    subject.to(before);
  });
  const fine = yield* firstDifference(start, before + 1, 1, coarse.instructions);
  if (!fine) return undefined;
  const subject = new Subject(experiment, bareWay);
  const instructions = fine.instructions - 1;
  subject.to(instructions);
  return { ...fine, instructions, place: subject.place };
}

/** Compares after every so many instructions, as long as both go on. */
function* firstDifference(
  [subject, bare]: readonly [Subject, Subject],
  first: number,
  step: number,
  last: number,
): Generator<number, Omit<Parting, 'place'> | undefined, void> {
  for (let instructions = first; instructions <= last; instructions += step) {
    subject.to(instructions);
    bare.to(instructions);
    if (subject.outcome ?? bare.outcome) return undefined;
    const expected = generalRegisters(bare.technique.guest);
    for (const [register, found] of generalRegisters(subject.technique.guest)) {
      const value = expected.get(register) ?? 0n;
      if (value !== found) return { instructions, register, bare: value, found };
    }
    yield instructions / last;
  }
  return undefined;
}
