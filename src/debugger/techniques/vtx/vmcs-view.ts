import { VMCS_FIELDS, type FieldRow } from '../../../isa/vmx/fields';
import { fieldExists, type VmxCapabilities } from '../../../processor/vmx/capabilities';
import type { EntryCheckFailure } from '../../../processor/vmx/entry-checks';
import type { Vmcs } from '../../../processor/vmx/vmcs';
import type { LastWrite } from '../last-write';
import type { NextEntry } from './next-entry';

/** What the rows of a VMCS are made from. */
export interface VmcsView {
  readonly vmcs: Vmcs;
  readonly capabilities: VmxCapabilities;
  /** What the last VM entry failed for. */
  readonly failures: readonly EntryCheckFailure[];
  /** How the next VM entry would end; undefined while the guest runs, whose state is not in the VMCS. */
  nextEntry(): NextEntry | undefined;
  /** Who wrote a field last, if that is known. */
  lastWrite(row: FieldRow): LastWrite | undefined;
  /** `vmcs.asm:20`, or the symbol, of an instruction of the program that runs the guest. */
  placeName(address: bigint): string;
}

/** The fields that this processor has. */
export function fieldsOf({ capabilities }: VmcsView): readonly FieldRow[] {
  return VMCS_FIELDS.filter((row) => fieldExists(capabilities, row));
}
