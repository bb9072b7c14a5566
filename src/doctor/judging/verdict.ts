import type { ManualReference } from '../../isa/manual';
import type { CheckArea } from '../../processor/vmx/entry-checks';

/** Groups of rules: of a VMCS as the processor checks them, of a VMCB as it is laid out. */
export type RuleArea = CheckArea | 'control' | 'save';

/** A rule that a dump breaks. */
export interface Failure {
  readonly rule: string;
  readonly area: RuleArea;
  /** Ids of fields, the one to blame first. */
  readonly fields: readonly string[];
  /** What stands in them: `GUEST_CR0 = 0x20`. */
  readonly found: string;
  /** What the rule allows, in the user's language. */
  readonly allowed: string;
  readonly section: ManualReference;
  /** The exit qualification of such a failure (SDM 3C 27.8). */
  readonly qualification: number;
  /** It is one only if the processor lacks something. */
  readonly conditional?: boolean;
}

/** Why a rule was not judged. */
export type Reason =
  /** The dump does not print fields that it reads. */
  | 'fields'
  /** It reads memory, or what the processor was doing. */
  | 'surroundings'
  /** What it allows depends on the processor. */
  | 'processor'
  /** The state is encrypted: what is printed is not the guest's. */
  | 'encrypted';

export interface NotJudged {
  readonly rule: string;
  readonly area: RuleArea;
  readonly fields: readonly string[];
  /** Ids of fields that the dump does not print. */
  readonly missing: readonly string[];
  readonly reason: Reason;
  readonly section: ManualReference;
  /** The failure that it would be on a processor that lacks what it depends on. */
  readonly suspect?: Failure;
}

/** Everything that the rules say of a dump. */
export interface Judgement {
  readonly failures: readonly Failure[];
  readonly notJudged: readonly NotJudged[];
  /** Ids of rules that hold. */
  readonly passed: readonly string[];
  /** Whether most of each area's rules could be judged. */
  readonly complete: boolean;
}

/** What a rule reads and nobody knows. */
export class Unknown extends Error {
  override name = 'Unknown';

  /** @param field the id of a field; undefined for what no dump can tell */
  constructor(readonly field: string | undefined) {
    super(field ?? '');
  }
}

/** Calls, and tells whether something unknown came in the way. */
export function knowing<T>(call: () => T): T | Unknown {
  try {
    return call();
  } catch (error) {
    if (error instanceof Unknown) return error;
    throw error;
  }
}

/** Whether at least half of the rules of each area were judged. */
export function isComplete(
  rules: readonly { id: string }[],
  notJudged: readonly NotJudged[],
): boolean {
  const areaOf = (id: string): string => id.split('.')[0] ?? '';
  const unknown = notJudged.filter(({ reason }) => reason !== 'processor');
  return [...new Set(rules.map(({ id }) => areaOf(id)))].every((area) => {
    const all = rules.filter(({ id }) => areaOf(id) === area).length;
    return unknown.filter(({ rule }) => areaOf(rule) === area).length * 2 <= all;
  });
}
