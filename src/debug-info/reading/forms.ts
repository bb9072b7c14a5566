import * as l10n from '@vscode/l10n';
import type { Cursor } from './cursor';

/** Forms of attribute values (DWARF 5, 7.5.5 and 7.5.6; those of GCC before it). */

const Form = {
  ADDR: 0x01,
  BLOCK2: 0x03,
  BLOCK4: 0x04,
  DATA2: 0x05,
  DATA4: 0x06,
  DATA8: 0x07,
  STRING: 0x08,
  BLOCK: 0x09,
  BLOCK1: 0x0a,
  DATA1: 0x0b,
  FLAG: 0x0c,
  SDATA: 0x0d,
  STRP: 0x0e,
  UDATA: 0x0f,
  REF_ADDR: 0x10,
  REF1: 0x11,
  REF2: 0x12,
  REF4: 0x13,
  REF8: 0x14,
  REF_UDATA: 0x15,
  INDIRECT: 0x16,
  SEC_OFFSET: 0x17,
  EXPRLOC: 0x18,
  FLAG_PRESENT: 0x19,
  STRX: 0x1a,
  ADDRX: 0x1b,
  REF_SUP4: 0x1c,
  STRP_SUP: 0x1d,
  DATA16: 0x1e,
  LINE_STRP: 0x1f,
  REF_SIG8: 0x20,
  IMPLICIT_CONST: 0x21,
  LOCLISTX: 0x22,
  RNGLISTX: 0x23,
  REF_SUP8: 0x24,
  STRX1: 0x25,
  STRX2: 0x26,
  STRX3: 0x27,
  STRX4: 0x28,
  ADDRX1: 0x29,
  ADDRX2: 0x2a,
  ADDRX3: 0x2b,
  ADDRX4: 0x2c,
  GNU_REF_ALT: 0x1f20,
  GNU_STRP_ALT: 0x1f21,
} as const;

/** How a unit writes its numbers. */
export interface Encoding {
  readonly version: number;
  readonly is64: boolean;
  readonly addressSize: number;
  /** Where the unit begins in its section: references within it count from there. */
  readonly unitAt: number;
}

/** What an attribute holds. Texts and addresses that stand elsewhere are not fetched yet. */
export type FormValue =
  | { readonly kind: 'address'; readonly value: bigint }
  | { readonly kind: 'constant'; readonly value: bigint; readonly isSigned: boolean }
  | { readonly kind: 'flag'; readonly value: boolean }
  /** A text that begins at an offset in a section. */
  | { readonly kind: 'text'; readonly section: string; readonly value: number }
  | { readonly kind: 'block'; readonly offset: number; readonly length: number }
  /** An offset in the section of entries. */
  | { readonly kind: 'reference'; readonly value: number }
  /** An offset in a section that the attribute tells. */
  | { readonly kind: 'offset'; readonly value: number }
  /** Numbers in tables: of texts, addresses, and lists of locations or ranges. */
  | { readonly kind: 'text-index' | 'address-index' | 'list-index'; readonly value: number }
  /** What stands in another file. */
  | { readonly kind: 'elsewhere' };

/** Reads a value. @param implicit what the abbreviation says of `DW_FORM_implicit_const` */
export function readForm(
  cursor: Cursor,
  form: number,
  encoding: Encoding,
  implicit = 0n,
): FormValue {
  const { is64, addressSize, unitAt, version } = encoding;
  switch (form) {
    case Form.ADDR:
      return { kind: 'address', value: cursor.unsigned(addressSize) };
    case Form.DATA1:
      return constant(BigInt(cursor.u8()));
    case Form.DATA2:
      return constant(BigInt(cursor.u16()));
    case Form.DATA4:
      return constant(BigInt(cursor.u32()));
    case Form.DATA8:
      return constant(cursor.u64());
    case Form.UDATA:
      return constant(cursor.uleb64());
    case Form.SDATA:
      return { kind: 'constant', value: cursor.sleb64(), isSigned: true };
    case Form.IMPLICIT_CONST:
      return { kind: 'constant', value: implicit, isSigned: true };
    case Form.FLAG:
      return { kind: 'flag', value: cursor.u8() !== 0 };
    case Form.FLAG_PRESENT:
      return { kind: 'flag', value: true };
    case Form.STRING: {
      const value = cursor.offset;
      cursor.text();
      return { kind: 'text', section: cursor.section.name, value };
    }
    case Form.STRP:
      return { kind: 'text', section: '.debug_str', value: cursor.word(is64) };
    case Form.LINE_STRP:
      return { kind: 'text', section: '.debug_line_str', value: cursor.word(is64) };
    case Form.BLOCK1:
      return block(cursor, cursor.u8());
    case Form.BLOCK2:
      return block(cursor, cursor.u16());
    case Form.BLOCK4:
      return block(cursor, cursor.u32());
    case Form.BLOCK:
    case Form.EXPRLOC:
      return block(cursor, cursor.uleb());
    case Form.DATA16:
      return block(cursor, 16);
    case Form.REF1:
      return { kind: 'reference', value: unitAt + cursor.u8() };
    case Form.REF2:
      return { kind: 'reference', value: unitAt + cursor.u16() };
    case Form.REF4:
      return { kind: 'reference', value: unitAt + cursor.u32() };
    case Form.REF8:
      return { kind: 'reference', value: unitAt + cursor.word(true) };
    case Form.REF_UDATA:
      return { kind: 'reference', value: unitAt + cursor.uleb() };
    case Form.REF_ADDR:
      // DWARF 2 says that it is as long as an address.
      return { kind: 'reference', value: cursor.word(version === 2 ? addressSize === 8 : is64) };
    case Form.SEC_OFFSET:
      return { kind: 'offset', value: cursor.word(is64) };
    case Form.INDIRECT:
      return indirect(cursor, encoding);
    case Form.STRX:
      return { kind: 'text-index', value: cursor.uleb() };
    case Form.STRX1:
    case Form.STRX2:
    case Form.STRX3:
    case Form.STRX4:
      return { kind: 'text-index', value: index(cursor, form - Form.STRX1) };
    case Form.ADDRX:
      return { kind: 'address-index', value: cursor.uleb() };
    case Form.ADDRX1:
    case Form.ADDRX2:
    case Form.ADDRX3:
    case Form.ADDRX4:
      return { kind: 'address-index', value: index(cursor, form - Form.ADDRX1) };
    case Form.LOCLISTX:
    case Form.RNGLISTX:
      return { kind: 'list-index', value: cursor.uleb() };
    default:
      return otherFile(cursor, form, is64);
  }
}

function otherFile(cursor: Cursor, form: number, is64: boolean): FormValue {
  switch (form) {
    case Form.REF_SIG8:
    case Form.REF_SUP8:
      cursor.skip(8);
      break;
    case Form.REF_SUP4:
      cursor.skip(4);
      break;
    case Form.STRP_SUP:
    case Form.GNU_REF_ALT:
    case Form.GNU_STRP_ALT:
      cursor.skip(is64 ? 8 : 4);
      break;
    default:
      cursor.fail(l10n.t('the form of an attribute is not known (number {0})', form));
  }
  return { kind: 'elsewhere' };
}

const constant = (value: bigint): FormValue => ({ kind: 'constant', value, isSigned: false });

const block = (cursor: Cursor, length: number): FormValue => ({
  kind: 'block',
  offset: cursor.skip(length),
  length,
});

const index = (cursor: Cursor, size: number): number =>
  [() => cursor.u8(), () => cursor.u16(), () => cursor.u24(), () => cursor.u32()][size]?.() ?? 0;

/** The form stands before the value. Its chain is not followed: no compiler makes one. */
function indirect(cursor: Cursor, encoding: Encoding): FormValue {
  const form = cursor.uleb();
  if (form === Form.INDIRECT || form === Form.IMPLICIT_CONST) {
    cursor.fail(l10n.t('the form of an attribute is not known (number {0})', form));
  }
  return readForm(cursor, form, encoding);
}
