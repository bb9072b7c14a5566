import type { VmcbFieldId } from '../../isa/svm/vmcb';
import type { ManualReference } from '../../isa/manual';
import { VMRUN_CHECKS, type SvmCapabilities } from './entry-checks';
import type { Vmcb } from './vmcb';

/** A check on VMRUN that a VMCB does not pass. */
export interface VmrunFailure {
  /** Stable name of the rule. */
  readonly rule: string;
  /** The fields that it is about, the one to blame first, and what they hold. */
  readonly found: readonly (readonly [VmcbFieldId, bigint])[];
  /** What the rule allows, in the user's language. */
  readonly allowed: () => string;
  readonly section: ManualReference;
}

const NONE: readonly VmrunFailure[] = [];

/** @param hostPaging whether VMRUN is executed with paging */
export function failuresOf(
  vmcb: Vmcb,
  capabilities: SvmCapabilities,
  hostPaging: boolean,
): readonly VmrunFailure[] {
  const view = { capabilities, hostPaging, field: (id: VmcbFieldId) => vmcb.read(id) };
  const failed = VMRUN_CHECKS.filter((check) => !check.ok(view));
  if (failed.length === 0) return NONE;
  return failed.map(({ id, fields, allowed, section }) => ({
    rule: id,
    found: fields.map((field) => [field, vmcb.read(field)] as const),
    allowed: () => allowed(view),
    section,
  }));
}
