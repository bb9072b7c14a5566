import type { ManualReference } from '../../../isa/manual';
import type { VmcbFieldId } from '../../../isa/svm/vmcb';

/** What a processor with SVM has, as far as the checks on VMRUN depend on it. */
export interface SvmCapabilities {
  /** MAXPHYADDR in bits. */
  readonly physicalAddressWidth: number;
  /** Bits that CR4 and EFER may have. */
  readonly cr4: bigint;
  readonly efer: bigint;
}

/** One VMRUN as the checks see it. */
export interface VmrunView {
  readonly capabilities: SvmCapabilities;
  /** Whether VMRUN is executed with paging; undefined where that is not known. */
  readonly hostPaging?: boolean;
  /** The value of a field of the VMCB, or of the VMSA of an encrypted guest. */
  field(id: VmcbFieldId): bigint;
}

/** One check on VMRUN (APM 2 15.5.1). One that fails makes it exit with VMEXIT_INVALID. */
export interface VmrunCheck {
  /** Stable name: area, subject, rule. */
  readonly id: string;
  /** The fields the rule speaks of, the one to blame first. */
  readonly fields: readonly VmcbFieldId[];
  readonly section: ManualReference;
  readonly ok: (view: VmrunView) => boolean;
  /** What the rule allows, in the user's language. */
  readonly allowed: (view: VmrunView) => string;
}

export function vmrunCheck(
  id: string,
  fields: VmcbFieldId | readonly VmcbFieldId[],
  ok: (view: VmrunView) => boolean,
  allowed: (view: VmrunView) => string,
  section: ManualReference = 'APM 2 15.5.1',
): VmrunCheck {
  return { id, fields: [fields].flat(), ok, allowed, section };
}

/** Whether any bit of `mask` is set in a field. */
export const has = (view: VmrunView, id: VmcbFieldId, mask: bigint): boolean =>
  (view.field(id) & mask) !== 0n;
