import * as l10n from '@vscode/l10n';
import { describeVector } from '../../isa/exceptions';
import { clauses, labelled, listed, thenSentence, withNote } from '../../isa/phrases';
import { svmExitName } from '../../isa/svm/exit-codes';
import { decodeBits } from '../../isa/bits';
import { ENTRY_INTERRUPTION_INFO, InterruptionInfo } from '../../isa/vmx/events';
import { exitReason, exitReasonName } from '../../isa/vmx/exit-reasons';
import { VM_INSTRUCTION_ERRORS } from '../../isa/vmx/instruction-errors';
import { describeQualification } from '../../isa/vmx/qualification';
import type { Diagnosis, Verdict } from '../diagnose';
import type { Dump, Format } from '../dump';
import type { NotJudged } from '../judging/verdict';
import type { Outcome } from '../outcome';

/** What the doctor says in sentences, in the user's language. */

export const hex = (value: bigint | number): string => `0x${value.toString(16)}`;

/** A list without order: what matters comes first. */
export const shortened = (items: readonly string[], most: number): string =>
  items.length <= most
    ? listed(items)
    : l10n.t('{0} and {1} more', listed(items.slice(0, most)), items.length - most);

export const structureOf = ({ vendor }: Dump): string => (vendor === 'amd' ? 'VMCB' : 'VMCS');

const PRINTERS: Readonly<Record<Format, () => string>> = {
  kvm: () => 'KVM',
  xen: () => 'Xen',
  hvext: () => 'WinDbg (hvext)',
  ringside: () => 'JSON',
};

/** 'VMCS, printed by KVM' */
export const dumpName = (dump: Dump): string =>
  l10n.t('{0}, printed by {1}', structureOf(dump), PRINTERS[dump.format]());

export function verdictWord(verdict: Verdict): string {
  switch (verdict) {
    case 'passes':
      return l10n.t('passes');
    case 'fails':
      return l10n.t('fails');
    case 'not judged':
      return l10n.t('not judged');
  }
}

/** What the verdict means, in a sentence. */
export function verdictSentence({ verdict, failures, outcome, dump }: Diagnosis): string {
  if (verdict === 'fails') {
    const [first, ...others] = failures;
    if (!first) return '';
    return others.length === 0
      ? l10n.t('One check is broken.')
      : l10n.t('{0} checks are broken; the likely cause is named first.', failures.length);
  }
  if (verdict === 'passes') {
    return l10n.t('No check is broken of those that this dump lets one judge.');
  }
  return ['unknown', 'entered', 'alive', 'machine-check'].includes(outcome.kind)
    ? l10n.t('Too much of the {0} is missing to say that it is good.', structureOf(dump))
    : l10n.t(
        'The processor has refused it, but no check is broken of those that this dump lets one judge: the cause is among the others.',
      );
}

/** '33: VM-entry failure due to invalid guest state' */
function reasonName({ reason }: Outcome): string {
  const basic = Number((reason ?? 0n) & 0xffffn);
  return labelled(String(basic), exitReasonName(basic));
}

/** How the entry went, by what is printed. */
export function outcomeSentences(diagnosis: Diagnosis): string[] {
  const { outcome } = diagnosis;
  const said = [mainSentence(diagnosis)];
  if (outcome.stale) {
    said.push(
      l10n.t(
        'The exit reason {0} is stale: a VM entry that fails so leaves that of the exit before.',
        reasonName(outcome),
      ),
    );
  }
  if (outcome.inferred && outcome.kind !== 'entered') {
    said.push(l10n.t('No error number is printed; this is concluded from the fields.'));
  }
  return said;
}

function mainSentence({ outcome, dump }: Diagnosis): string {
  switch (outcome.kind) {
    case 'guest-state':
      return guestStateSentence(outcome);
    case 'msr-loading':
      return l10n.t(
        'VM entry failed while it loaded MSRs (exit reason 34): entry {0} of the MSR-load area, counted from 1.',
        String(outcome.qualification ?? 0n),
      );
    case 'machine-check':
      return l10n.t(
        'A machine check came during VM entry (exit reason 41): no check has failed, the hardware has.',
      );
    case 'controls':
    case 'host-state':
    case 'vmfail':
      return vmfailSentence(outcome);
    case 'invalid':
      return l10n.t(
        'VMRUN ended with VMEXIT_INVALID: something in the VMCB is not allowed, and the processor does not say what.',
      );
    case 'alive':
      return l10n.t('Somebody asked for this dump: the guest is alive.');
    case 'entered':
      return enteredSentence(outcome, dump);
    case 'unknown':
      return l10n.t('Nothing is printed of how the entry went.');
  }
}

function guestStateSentence(outcome: Outcome): string {
  const failed = l10n.t('VM entry failed: a check on the guest-state area (exit reason 33).');
  switch (outcome.qualification) {
    case 2n:
      return l10n.t('{0} Exit qualification 2: it was a PDPTE.', failed);
    case 3n:
      return l10n.t('{0} Exit qualification 3: an NMI with blocking by STI.', failed);
    case 4n:
      return l10n.t('{0} Exit qualification 4: it was the VMCS link pointer.', failed);
    default:
      return failed;
  }
}

function vmfailSentence({ error }: Outcome): string {
  if (error === undefined) {
    return l10n.t('The event to inject is still there: the last VM entry did not work (VMfail).');
  }
  if (error === 0) {
    return l10n.t(
      'VM entry failed without an error number. Under another hypervisor that is often its fault, and nothing in the VMCS is wrong.',
    );
  }
  const text = l10n.t(VM_INSTRUCTION_ERRORS[error] ?? '');
  return l10n.t('VM entry failed with VM-instruction error {0}.', withNote(String(error), text));
}

function enteredSentence(outcome: Outcome, dump: Dump): string {
  if (dump.vendor === 'amd') {
    const code = outcome.reason ?? 0n;
    return l10n.t('VMRUN worked: exit code {0}.', withNote(hex(code), svmExitName(code) ?? ''));
  }
  return outcome.inferred
    ? l10n.t(
        'The exit reason {0} is that of an exit: the last VM entry seems to have worked.',
        reasonName(outcome),
      )
    : l10n.t('VM entry worked: the exit reason after it was {0}.', reasonName(outcome));
}

/** What the exit was about, where there was one: of VMX, with the qualification decoded. */
export function exitSentence({ dump, outcome }: Diagnosis): string {
  if (dump.vendor === 'amd' || outcome.reason === undefined) return '';
  const basic = Number(outcome.reason & 0xffffn);
  const interruption = Number(dump.fields.get('VM_EXIT_INTR_INFO')?.value ?? 0n);
  const detail = describeQualification(basic, outcome.qualification ?? 0n, interruption);
  const gloss = exitReason(basic)?.gloss;
  return thenSentence(
    withNote(labelled(String(basic), exitReasonName(basic)), detail),
    gloss === undefined ? '' : l10n.t(gloss),
  );
}

/** An event of an interruption-information field: 'Hardware exception, #GP (13), error code'. */
export function eventText(info: bigint): string {
  const number = Number(info);
  if ((number & InterruptionInfo.VALID) === 0) return l10n.t('no event');
  const type = decodeBits(ENTRY_INTERRUPTION_INFO, info).find(({ field }) => field.id === 'TYPE');
  const error = (number & InterruptionInfo.ERROR_CODE) === 0 ? '' : l10n.t('with an error code');
  const vector = describeVector(number & InterruptionInfo.VECTOR);
  return clauses(type?.meaning === undefined ? '' : l10n.t(type.meaning), vector, error);
}

/** Why rules were not judged, one sentence for each reason. */
export function notJudgedSentences(notJudged: readonly NotJudged[]): string[] {
  const of = (reason: NotJudged['reason']): NotJudged[] =>
    notJudged.filter((each) => each.reason === reason);
  const missing = [...new Set(of('fields').flatMap((each) => each.missing))];
  const counted = (rules: readonly NotJudged[], why: string): string[] =>
    rules.length === 0 ? [] : [withNote(why, String(rules.length))];
  return [
    ...counted(of('fields'), l10n.t('the dump does not print {0}', shortened(missing, 12))),
    ...counted(of('surroundings'), l10n.t('they read memory, or what only the processor knew')),
    ...counted(of('processor'), l10n.t('what they allow depends on the processor')),
    ...counted(of('encrypted'), l10n.t('the guest’s registers are encrypted')),
  ];
}

/** What is not in any dump. */
export const capabilitiesSentence = (): string =>
  l10n.t(
    'What this processor offers (its capability MSRs) is not in a dump: whether it has every control that is 1 was not judged.',
  );
