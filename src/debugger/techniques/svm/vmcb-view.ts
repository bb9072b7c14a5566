import { VMCB_FIELDS, type VmcbFieldId, type VmcbFieldRow } from '../../../isa/svm/vmcb';
import type { Vmcb } from '../../../processor/svm/vmcb';
import type { LastWrite } from '../last-write';
import type { VmrunFailure } from '../../../processor/svm/vmrun-failures';

export type FieldRow = VmcbFieldRow<VmcbFieldId>;

/** What the rows of a VMCB are made from. */
export interface VmcbView {
  readonly vmcb: Vmcb;
  /** The guest has run by it: there was an exit. */
  readonly hasRun: boolean;
  /** What the last VMRUN failed for. */
  readonly failures: readonly VmrunFailure[];
  /** What a VMRUN would fail for now; undefined while the guest runs, whose state is not in the VMCB. */
  nextVmrun(): readonly VmrunFailure[] | undefined;
  /** Who wrote a field last, if that is known. */
  lastWrite(row: FieldRow): LastWrite | undefined;
  /** `vmcb.asm:20`, or the symbol, of an instruction of the program that runs the guest. */
  placeName(address: bigint): string;
}

/** Which fields have changed since the last stop, and what they were. */
export interface Changes {
  changed(key: string): boolean;
  before(key: string): bigint | undefined;
}

/** Fields of guests whose state is encrypted, with which this processor has nothing to do. */
const ENCRYPTED = /^(VMSA|VMGEXIT|GHCB|SEV|ALLOWED_SEV|GUEST_SEV|VMPL)/;

/** The fields that are shown. */
export const SHOWN_FIELDS: readonly FieldRow[] = VMCB_FIELDS.filter(
  ({ id }) => !ENCRYPTED.test(id),
);

const PARTS = /^([A-Z]+)_(SELECTOR|ATTRIB|LIMIT|BASE)$/;
const ORDER = ['SELECTOR', 'BASE', 'LIMIT', 'ATTRIB'];

/** The register that a field is a part of: 'CS', 'GDTR'; undefined where the field is all of it. */
export const registerOf = ({ id }: FieldRow): string | undefined => PARTS.exec(id)?.[1];

/** The fields of a register in the order in which one reads them. */
export const partsOf = (name: string): FieldRow[] =>
  SHOWN_FIELDS.filter((row) => registerOf(row) === name).sort((a, b) => placeOf(a) - placeOf(b));

const placeOf = ({ id }: FieldRow): number => ORDER.indexOf(PARTS.exec(id)?.[2] ?? '');
