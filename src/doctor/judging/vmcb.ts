import { reservedBits } from '../../isa/bits';
import { WideCr4, WideEfer } from '../../isa/registers/control';
import { NestedControl } from '../../isa/svm/control-fields';
import {
  VMRUN_CHECKS,
  type SvmCapabilities,
  type VmrunCheck,
  type VmrunView,
} from '../../processor/svm/entry-checks';
import { EFER } from '../../isa/registers/control';
import type { Dump } from '../dump';
import { foundIn } from './found';
import {
  isComplete,
  knowing,
  Unknown,
  type Failure,
  type Judgement,
  type NotJudged,
  type Reason,
  type RuleArea,
} from './verdict';

/** Bits of CR4 that AMD's manual reserves: those of Intel alone, and the upper half (APM 2 3.1.3). */
const NOT_AMD = WideCr4.VMXE | WideCr4.SMXE | (1n << 15n) | WideCr4.KL | 0xffff_ffff_0000_0000n;
/** EFER as AMD has it: what the table names, UAIE, and bits 7:1, which are read as zero. */
const AMD_EFER = (0xffff_ffff_ffff_ffffn & ~reservedBits(EFER, 64)) | (1n << 20n) | 0xfen;

const MOST: SvmCapabilities = {
  physicalAddressWidth: 52,
  cr4: 0xffff_ffff_ffff_ffffn & ~NOT_AMD,
  efer: AMD_EFER,
};

/** What every processor with SVM has. */
const LEAST: SvmCapabilities = {
  physicalAddressWidth: 40,
  cr4: 0x7ffn,
  efer:
    WideEfer.SCE |
    WideEfer.LME |
    WideEfer.LMA |
    WideEfer.NXE |
    WideEfer.SVME |
    WideEfer.FFXSR |
    0xfen,
};

function viewOf(dump: Dump, capabilities: SvmCapabilities): VmrunView {
  return {
    capabilities,
    field: (id) => {
      const found = dump.fields.get(id);
      if (!found) throw new Unknown(id);
      return found.value;
    },
  };
}

const areaOf = ({ id }: VmrunCheck): RuleArea => (id.startsWith('save.') ? 'save' : 'control');

/** The registers of a guest with SEV-ES lie in a VMSA; what is printed is theirs only with its own lines. */
function isEncrypted({ fields }: Dump): boolean {
  const nested = fields.get('NESTED_CONTROL')?.value ?? 0n;
  return (nested & NestedControl.SEV_ES) !== 0n && !fields.has('SEV_FEATURES');
}

/** Judges a VMCB by the checks of VMRUN (APM 2 15.5.1). */
export function judgeVmcb(dump: Dump): Judgement {
  const views = [viewOf(dump, MOST), viewOf(dump, LEAST)] as const;
  const failures: Failure[] = [];
  const notJudged: NotJudged[] = [];
  const passed: string[] = [];
  const encrypted = isEncrypted(dump);
  for (const check of VMRUN_CHECKS) {
    const hidden = encrypted && check.fields.some((id) => SAVED.has(id));
    const judged = hidden ? unjudged(check, dump, 'encrypted') : judge(check, dump, views);
    if (judged === 'passed') passed.push(check.id);
    else if ('reason' in judged) notJudged.push(judged);
    else failures.push(judged);
  }
  return { failures, notJudged, passed, complete: isComplete(VMRUN_CHECKS, notJudged) };
}

/** Fields of the save area that rules read. */
const SAVED: ReadonlySet<string> = new Set(
  VMRUN_CHECKS.filter(({ id }) => id.startsWith('save.')).flatMap(({ fields }) => fields),
);

function judge(
  check: VmrunCheck,
  dump: Dump,
  [most, least]: readonly [VmrunView, VmrunView],
): Failure | NotJudged | 'passed' {
  const anywhere = knowing(() => check.ok(most));
  if (anywhere instanceof Unknown) return unjudged(check, dump, 'fields', anywhere.field);
  if (!anywhere) return failureOf(check, dump, most);
  const everywhere = knowing(() => check.ok(least));
  if (everywhere === true) return 'passed';
  const suspect = { ...failureOf(check, dump, least), conditional: true };
  return { ...unjudged(check, dump, 'processor'), suspect };
}

function unjudged(check: VmrunCheck, dump: Dump, reason: Reason, read?: string): NotJudged {
  const { id: rule, fields, section } = check;
  const absent = [...fields, ...(read === undefined ? [] : [read])].filter(
    (id) => !dump.fields.has(id),
  );
  const missing = reason === 'fields' ? [...new Set(absent)] : [];
  return { rule, area: areaOf(check), fields, missing, reason, section };
}

function failureOf(check: VmrunCheck, dump: Dump, view: VmrunView): Failure {
  const { id: rule, fields, section } = check;
  const allowed = check.allowed(view);
  const found = foundIn(dump, fields);
  return { rule, area: areaOf(check), fields, found, allowed, section, qualification: 0 };
}
