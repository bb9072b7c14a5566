import { VMEXIT_INVALID } from '../isa/svm/exit-codes';
import { InterruptionInfo } from '../isa/vmx/events';
import { ENTRY_FAILURE, ExitReason } from '../isa/vmx/exit-reasons';
import { VmInstructionError } from '../isa/vmx/instruction-errors';
import type { Dump, Remark } from './dump';
import type { Judgement, RuleArea } from './judging/verdict';

/** How the entry went, by what is printed (SDM 3C 27.8, 31.4; APM 2 15.5.1). */
export type OutcomeKind =
  /** A check on the guest-state area failed: exit reason 33. */
  | 'guest-state'
  /** An entry of the MSR-load area could not be loaded: exit reason 34. */
  | 'msr-loading'
  /** A machine check came during the entry: exit reason 41. No check failed. */
  | 'machine-check'
  /** VMfail with error 7: a control. */
  | 'controls'
  /** VMfail with error 8: the host-state area. */
  | 'host-state'
  /** VMfail with another number, or none. */
  | 'vmfail'
  /** VMEXIT_INVALID. */
  | 'invalid'
  /** The entry worked: the reason is that of the exit after it. */
  | 'entered'
  /** Somebody asked for the dump of a guest that lives. */
  | 'alive'
  | 'unknown';

export interface Outcome {
  readonly kind: OutcomeKind;
  /** The exit reason, or SVM's exit code. */
  readonly reason: bigint | undefined;
  readonly qualification: bigint | undefined;
  /** The VM-instruction error. */
  readonly error: number | undefined;
  /** The reason is that of an exit before: VMfail leaves it as it was. */
  readonly stale: boolean;
  /** Not printed, but concluded from what else is. */
  readonly inferred: boolean;
}

const valueOf = ({ fields }: Dump, id: string): bigint | undefined => fields.get(id)?.value;

type Said<Kind extends Remark['kind']> = Extract<Remark, { kind: Kind }>;

const remark = <Kind extends Remark['kind']>(dump: Dump, kind: Kind): Said<Kind> | undefined =>
  dump.remarks.find((each): each is Said<Kind> => each.kind === kind);

/** Whether the outcome says that an area was checked and something in it is wrong. */
export function blamedArea({ kind }: Outcome): RuleArea | undefined {
  switch (kind) {
    case 'guest-state':
    case 'msr-loading':
      return 'guest';
    case 'controls':
      return 'controls';
    case 'host-state':
      return 'host';
    default:
      return undefined;
  }
}

/** Whether the processor refused the entry, whatever the rules say. */
export const wasRefused = ({ kind }: Outcome): boolean =>
  ['guest-state', 'msr-loading', 'controls', 'host-state', 'vmfail', 'invalid'].includes(kind);

export function outcomeOf(dump: Dump, judgement: Judgement): Outcome {
  return dump.vendor === 'amd' ? svmOutcome(dump) : vmxOutcome(dump, judgement);
}

function svmOutcome(dump: Dump): Outcome {
  const reason = valueOf(dump, 'EXITCODE');
  const said = remark(dump, 'hardware-error');
  const base = {
    reason,
    qualification: undefined,
    error: undefined,
    stale: false,
    inferred: false,
  };
  if (reason === VMEXIT_INVALID) return { ...base, kind: 'invalid' };
  // All ones, of 32 or 64 bits: QEMU prints what KVM gave it.
  if (said && BigInt.asIntN(32, said.error) === -1n) return { ...base, kind: 'invalid' };
  if (remark(dump, 'alive')) return { ...base, kind: 'alive' };
  return { ...base, kind: reason === undefined ? 'unknown' : 'entered' };
}

/** The VM-instruction error that is printed beside a dump. */
function printedError(dump: Dump): number | undefined {
  const fail = remark(dump, 'vmfail');
  if (fail) return fail.error;
  const said = remark(dump, 'hardware-error')?.error;
  return said !== undefined && said < 0x40n ? Number(said) : undefined;
}

function vmxOutcome(dump: Dump, judgement: Judgement): Outcome {
  const printed = valueOf(dump, 'VM_EXIT_REASON');
  const said = remark(dump, 'hardware-error')?.error;
  const reason = said !== undefined && said >= BigInt(ENTRY_FAILURE) ? said : printed;
  const qualification = remark(dump, 'qualification')?.value ?? valueOf(dump, 'EXIT_QUALIFICATION');
  const base = { reason, qualification, error: undefined, stale: false, inferred: false };
  const error = printedError(dump);
  if (error !== undefined) return failed(error, base, false);
  if (reason !== undefined && reason >= BigInt(ENTRY_FAILURE)) {
    return { ...base, kind: failureKind(Number(reason & 0xffffn)) };
  }
  if (remark(dump, 'unexpected-exit')) return { ...base, kind: 'entered' };
  if (remark(dump, 'alive')) return { ...base, kind: 'alive' };
  if (reason === undefined) return { ...base, kind: 'unknown' };
  return withoutFailure(dump, judgement, base);
}

function failureKind(basic: number): OutcomeKind {
  switch (basic) {
    case ExitReason.ENTRY_FAILURE_GUEST_STATE:
      return 'guest-state';
    case ExitReason.ENTRY_FAILURE_MSR_LOADING:
      return 'msr-loading';
    case ExitReason.ENTRY_FAILURE_MACHINE_CHECK:
      return 'machine-check';
    default:
      return 'unknown';
  }
}

type Base = Omit<Outcome, 'kind'>;

function failed(error: number, base: Base, inferred: boolean): Outcome {
  const kind =
    error === VmInstructionError.ENTRY_INVALID_CONTROLS
      ? 'controls'
      : error === VmInstructionError.ENTRY_INVALID_HOST_STATE
        ? 'host-state'
        : 'vmfail';
  return { ...base, kind, error, stale: base.reason !== undefined, inferred };
}

/**
 * A reason without bit 31 is that of an exit, of the last one or, after VMfail, of one before: KVM prints
 * no error. What the rules find decides, and the valid bit of the event to inject, which an entry that
 * worked has cleared at its exit (SDM 3C 28.2.1).
 */
function withoutFailure(dump: Dump, { failures }: Judgement, base: Base): Outcome {
  const stored = Number(valueOf(dump, 'VM_INSTRUCTION_ERROR') ?? 0n);
  const broken = (area: RuleArea): boolean => failures.some((failure) => failure.area === area);
  if (broken('controls')) return failed(VmInstructionError.ENTRY_INVALID_CONTROLS, base, true);
  if (broken('host')) return failed(VmInstructionError.ENTRY_INVALID_HOST_STATE, base, true);
  if (stored === 7 || stored === 8) return failed(stored, base, true);
  const injected = valueOf(dump, 'VM_ENTRY_INTR_INFO') ?? 0n;
  if ((injected & BigInt(InterruptionInfo.VALID)) !== 0n) {
    return { ...base, kind: 'vmfail', stale: true, inferred: true };
  }
  return { ...base, kind: 'entered', inferred: true };
}
