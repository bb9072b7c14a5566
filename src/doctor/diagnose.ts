import type { Dump } from './dump';
import { refusedEntry } from './judging/msr-area';
import { judgeVmcb } from './judging/vmcb';
import { judgeVmcs } from './judging/vmcs';
import type { Failure, Judgement, NotJudged } from './judging/verdict';
import { inOrder } from './order';
import { outcomeOf, wasRefused, type Outcome } from './outcome';

export type Verdict = 'passes' | 'fails' | 'not judged';

/** What the doctor says of one dump. */
export interface Diagnosis {
  readonly dump: Dump;
  readonly verdict: Verdict;
  readonly outcome: Outcome;
  /** The likely cause first. */
  readonly failures: readonly Failure[];
  readonly notJudged: readonly NotJudged[];
  readonly passed: readonly string[];
}

/** Judges a dump by the checks that its processor makes when the guest is entered. */
export function diagnose(dump: Dump): Diagnosis {
  const judgement = dump.vendor === 'amd' ? judgeVmcb(dump) : judgeVmcs(dump);
  const outcome = outcomeOf(dump, judgement);
  const { failures, notJudged } = withSuspects(dump, judgement, outcome);
  return {
    dump,
    verdict: verdictOf(failures, judgement, outcome),
    outcome,
    failures: inOrder(failures, outcome),
    notJudged,
    passed: judgement.passed,
  };
}

/**
 * A qualification other than 0 names the rules that gave it: where none of them is broken for sure, those
 * are that only some processors make.
 */
function withSuspects(
  dump: Dump,
  judgement: Judgement,
  outcome: Outcome,
): Pick<Diagnosis, 'failures' | 'notJudged'> {
  const { notJudged } = judgement;
  const failures = [...judgement.failures, ...refused(dump, judgement, outcome)];
  if (failures.some((failure) => isNamed(failure, outcome))) return { failures, notJudged };
  const accused = notJudged.filter(({ suspect }) => suspect && isNamed(suspect, outcome));
  return {
    failures: [...failures, ...accused.flatMap(({ suspect }) => suspect ?? [])],
    notJudged: notJudged.filter((each) => !accused.includes(each)),
  };
}

/** Whether a failure gives the qualification that the processor gave. */
function isNamed({ qualification }: Failure, { kind, qualification: told }: Outcome): boolean {
  return kind === 'guest-state' && qualification !== 0 && BigInt(qualification) === told;
}

/** The entry of the MSR-load area that the processor could not load. */
function refused(dump: Dump, { failures }: Judgement, outcome: Outcome): Failure[] {
  if (
    outcome.kind !== 'msr-loading' ||
    failures.some(({ rule }) => rule.includes('msr-load.entry'))
  )
    return [];
  const entry = refusedEntry(dump, Number(outcome.qualification ?? 0n));
  return entry ? [entry] : [];
}

function verdictOf(
  failures: readonly Failure[],
  { complete }: Judgement,
  outcome: Outcome,
): Verdict {
  if (failures.length > 0) return 'fails';
  return complete && !wasRefused(outcome) ? 'passes' : 'not judged';
}
