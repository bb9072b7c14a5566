import { svmExitName } from '../isa/svm/exit-codes';
import { exitReason } from '../isa/vmx/exit-reasons';
import type { Diagnosis, Verdict } from './diagnose';
import type { Format, Place, Vendor } from './dump';
import { outcomeSentences } from './explain/words';
import type { OutcomeKind } from './outcome';
import type { Reason } from './judging/verdict';

/** A diagnosis as programs read it: a contract, see README.md. */
export interface DiagnosisJson {
  readonly vendor: Vendor;
  readonly format: Format;
  readonly verdict: Verdict;
  /** The likely cause first. */
  readonly failures: readonly {
    readonly rule: string;
    readonly fields: readonly string[];
    readonly found: string;
    readonly allowed: string;
    readonly section: string;
  }[];
  readonly exit: {
    readonly kind: OutcomeKind;
    /** The whole exit-reason field, or SVM's exit code, in hexadecimal. */
    readonly reason?: string;
    /** Its name. */
    readonly name?: string;
    readonly qualification?: string;
    /** The VM-instruction error. */
    readonly error?: number;
    /** The reason is that of an exit before. */
    readonly stale: boolean;
    readonly text: string;
  };
  readonly notJudged: readonly {
    readonly rule: string;
    /** Ids of fields that the dump does not print. */
    readonly missing: readonly string[];
    readonly reason: Reason;
    readonly section: string;
  }[];
  /** What could not be read. */
  readonly damages: readonly (Place & { readonly message: string })[];
}

const hex = (value: bigint): string => `0x${value.toString(16)}`;

export function diagnosisJson(diagnosis: Diagnosis): DiagnosisJson {
  const { dump, verdict, failures, notJudged } = diagnosis;
  return {
    vendor: dump.vendor,
    format: dump.format,
    verdict,
    failures: failures.map(({ rule, fields, found, allowed, section }) => ({
      ...{ rule, fields, found, allowed, section },
    })),
    exit: exitJson(diagnosis),
    notJudged: notJudged.map(({ rule, missing, reason, section }) => ({
      ...{ rule, missing, reason, section },
    })),
    damages: dump.damages.map(({ place, message }) => ({ ...place, message })),
  };
}

function exitJson(diagnosis: Diagnosis): DiagnosisJson['exit'] {
  const { outcome, dump } = diagnosis;
  const { kind, reason, qualification, error, stale } = outcome;
  const name =
    reason === undefined
      ? undefined
      : dump.vendor === 'amd'
        ? svmExitName(reason)
        : exitReason(Number(reason & 0xffffn))?.name;
  return {
    kind,
    ...(reason !== undefined && { reason: hex(reason) }),
    ...(name !== undefined && { name }),
    ...(qualification !== undefined && { qualification: hex(qualification) }),
    ...(error !== undefined && { error }),
    stale,
    text: outcomeSentences(diagnosis).join(' '),
  };
}

/** All dumps of a text: the first one's members, and with several of them all in `dumps`. */
export function reportJson(diagnoses: readonly Diagnosis[]): string {
  const all = diagnoses.map(diagnosisJson);
  const report = all.length > 1 ? { ...all[0], dumps: all } : all[0];
  return `${JSON.stringify(report, undefined, 2)}\n`;
}
