import { EntryFailureQualification } from '../isa/vmx/instruction-errors';
import type { Failure, RuleArea } from './judging/verdict';
import { blamedArea, type Outcome } from './outcome';

/** The order in which failures are told: what the outcome points to, then causes before consequences. */

/** A rule, and those that fail with it though nothing else is wrong. */
const CAUSES: readonly (readonly [cause: string, consequences: RegExp])[] = [
  ['guest.rflags.vm', /^guest\.\w+\.v86-/],
  ['guest.tr.usable', /^guest\.tr\./],
  ['guest.cr0.pg-pe', /^guest\.cr0\.fixed$/],
];

const CHECKED: readonly RuleArea[] = ['controls', 'host', 'guest', 'save', 'control'];

/** By area: the one that the outcome blames, then as the processor checks them (SDM 3C 27.1). */
function rankOfArea(area: RuleArea, outcome: Outcome): number {
  return area === blamedArea(outcome) ? -1 : CHECKED.indexOf(area);
}

/** Those whose exit qualification is the one that the processor gave come first. */
function rankOfQualification({ qualification }: Failure, outcome: Outcome): number {
  const told = outcome.kind === 'guest-state' ? outcome.qualification : undefined;
  if (told === undefined || told === BigInt(EntryFailureQualification.DEFAULT)) return 0;
  return BigInt(qualification) === told ? -1 : 0;
}

/** Whether another failure explains this one. */
function isConsequence({ rule }: Failure, failures: readonly Failure[]): boolean {
  return CAUSES.some(
    ([cause, consequences]) =>
      rule !== cause && consequences.test(rule) && failures.some((each) => each.rule === cause),
  );
}

/** The likely cause first. What is equal keeps the manual's order. */
export function inOrder(failures: readonly Failure[], outcome: Outcome): Failure[] {
  const rank = (failure: Failure): number[] => [
    rankOfArea(failure.area, outcome),
    rankOfQualification(failure, outcome),
    failure.conditional ? 1 : 0,
    isConsequence(failure, failures) ? 1 : 0,
  ];
  const compare = (a: readonly number[], b: readonly number[]): number => {
    const at = a.findIndex((value, n) => value !== b[n]);
    return at < 0 ? 0 : (a[at] ?? 0) - (b[at] ?? 0);
  };
  return failures
    .map((failure) => ({ failure, key: rank(failure) }))
    .sort((a, b) => compare(a.key, b.key))
    .map(({ failure }) => failure);
}
