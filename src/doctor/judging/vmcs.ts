import { Vector } from '../../isa/exceptions';
import { InterruptionInfo } from '../../isa/vmx/events';
import { Field, fieldName } from '../../isa/vmx/fields';
import { ENTRY_CHECKS, type EntryCheck, type EntryView } from '../../processor/vmx/entry-checks';
import type { Dump } from '../dump';
import { viewsOf } from './dump-view';
import { foundIn } from './found';
import { entryMsrFailures } from './msr-area';
import {
  isComplete,
  knowing,
  Unknown,
  type Failure,
  type Judgement,
  type NotJudged,
  type Reason,
} from './verdict';

const info = (view: EntryView): number => view.number(Field.VM_ENTRY_INTR_INFO);

/** Rules that newer processors, or some of them, do not make as the manual gives them. */
const OPEN: Readonly<Record<string, (view: EntryView) => boolean>> = {
  // Bit 13 is "nested exception" with FRED.
  'controls.injection.reserved': (v) => (info(v) & 0x7fff_d000) === 0,
  // The error code of #CP came with the processors that leave error codes free.
  'controls.injection.deliver-error-code': (v) =>
    (info(v) & InterruptionInfo.VECTOR) === Number(Vector.CP),
  // "A processor may require": other processors let an NMI in.
  'guest.interruptibility.nmi-sti': () => true,
};

const CHECKS = Object.values(ENTRY_CHECKS).flat();

/** Judges a VMCS by the checks of VM entry (SDM 3C 27.2, 27.3). */
export function judgeVmcs(dump: Dump): Judgement {
  const views = viewsOf(dump);
  const failures: Failure[] = [];
  const notJudged: NotJudged[] = [];
  const passed: string[] = [];
  for (const check of CHECKS) {
    const judged = judge(check, dump, views);
    if (judged === 'passed') passed.push(check.id);
    else if ('reason' in judged) notJudged.push(judged);
    else failures.push(judged);
  }
  const msrs = entryMsrFailures(dump);
  return {
    failures: [...failures, ...msrs],
    notJudged,
    passed,
    complete: isComplete(CHECKS, notJudged),
  };
}

function judge(
  check: EntryCheck,
  dump: Dump,
  { most, least }: ReturnType<typeof viewsOf>,
): Failure | NotJudged | 'passed' {
  const anywhere = knowing(() => check.ok(most));
  if (anywhere instanceof Unknown) return unjudged(check, dump, reasonOf(anywhere), anywhere.field);
  if (!anywhere) {
    const failure = failureOf(check, dump, most);
    const open = knowing(() => OPEN[check.id]?.(most) ?? false);
    if (open === false) return failure;
    return { ...unjudged(check, dump, 'processor'), suspect: { ...failure, conditional: true } };
  }
  const everywhere = knowing(() => check.ok(least));
  if (everywhere === true) return 'passed';
  if (everywhere instanceof Unknown) {
    return unjudged(check, dump, reasonOf(everywhere), everywhere.field);
  }
  const suspect = { ...failureOf(check, dump, least), conditional: true };
  return { ...unjudged(check, dump, 'processor'), suspect };
}

const reasonOf = ({ field }: Unknown): Reason => (field === undefined ? 'surroundings' : 'fields');

const idsOf = ({ fields }: EntryCheck): string[] => fields.map((field) => fieldName(field));

function unjudged(check: EntryCheck, dump: Dump, reason: Reason, read?: string): NotJudged {
  const fields = idsOf(check);
  const absent = [...fields, ...(read === undefined ? [] : [read])].filter(
    (id) => !dump.fields.has(id),
  );
  const missing = reason === 'fields' ? [...new Set(absent)] : [];
  return { rule: check.id, area: check.area, fields, missing, reason, section: check.section };
}

function failureOf(check: EntryCheck, dump: Dump, view: EntryView): Failure {
  const fields = idsOf(check);
  const allowed = knowing(() => check.allowed(view));
  return {
    rule: check.id,
    area: check.area,
    fields,
    found: foundIn(dump, fields),
    allowed: allowed instanceof Unknown ? '' : allowed,
    section: check.section,
    qualification: check.qualification,
  };
}
