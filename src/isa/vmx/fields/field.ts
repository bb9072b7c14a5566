import type { BitTable } from '../../bits';
import type { ManualReference } from '../../manual';
import type {
  EntryControl,
  ExitControl,
  PinBasedControl,
  PrimaryControl,
  SecondaryControl,
  SecondaryExitControl,
  TertiaryControl,
  VmFunctionControl,
} from '../controls';

/** Width of a VMCS field: bits 14:13 of its encoding (SDM 3C 25.11.2, table 25-21). */
export type FieldWidth = 16 | 32 | 64 | 'natural';

/** Area of the VMCS: bits 11:10 of the encoding. */
export type FieldArea = 'control' | 'exit-information' | 'guest' | 'host';

/** The control without whose support the field does not exist. */
export type FieldCondition =
  | { readonly pinBased: keyof typeof PinBasedControl }
  | { readonly primary: keyof typeof PrimaryControl }
  | { readonly secondary: keyof typeof SecondaryControl }
  | { readonly tertiary: keyof typeof TertiaryControl }
  | { readonly exit: keyof typeof ExitControl }
  | { readonly secondaryExit: keyof typeof SecondaryExitControl }
  | { readonly entry: keyof typeof EntryControl }
  | { readonly vmFunction: keyof typeof VmFunctionControl }
  /** No control but a whole extension: FRED event delivery, or SEAM, the mode of TDX modules. */
  | { readonly feature: 'FRED' | 'SEAM' };

export interface FieldRow<Id extends string = string> {
  /** The usual constant, as hypervisors written in C spell it. */
  readonly id: Id;
  /** The full encoding, access type "full". */
  readonly encoding: number;
  /** The name the manual gives it. */
  readonly name: string;
  readonly section: ManualReference;
  readonly width: FieldWidth;
  readonly area: FieldArea;
  /** VM-exit information: VMWRITE to it is refused unless IA32_VMX_MISC[29] is set. */
  readonly readOnly: boolean;
  /** How to read its bits, where it has any. */
  readonly bits: BitTable | undefined;
  /**
   * The field exists only on processors that support the 1-setting of one of these controls; an
   * empty list means always (SDM 3D appendix B, footnotes).
   */
  readonly existsWith: readonly FieldCondition[];
}

const WIDTHS = [16, 64, 32, 'natural'] as const;
const AREAS = ['control', 'exit-information', 'guest', 'host'] as const;

export function widthOfEncoding(encoding: number): FieldWidth {
  return WIDTHS[(encoding >> 13) & 3] ?? 16;
}

export function areaOfEncoding(encoding: number): FieldArea {
  return AREAS[(encoding >> 10) & 3] ?? 'control';
}

interface Extra {
  readonly bits?: BitTable;
  readonly with?: FieldCondition | readonly FieldCondition[];
}

/** One row; width, area and read-only follow from the encoding. */
export function field<const Id extends string>(
  id: Id,
  encoding: number,
  name: string,
  section: ManualReference,
  extra: Extra = {},
): FieldRow<Id> {
  const area = areaOfEncoding(encoding);
  return {
    id,
    encoding,
    name,
    section,
    width: widthOfEncoding(encoding),
    area,
    readOnly: area === 'exit-information',
    bits: extra.bits,
    existsWith: extra.with === undefined ? [] : [extra.with].flat(),
  };
}
