import * as l10n from '@vscode/l10n';
import type { Cursor } from './cursor';
import { Attribute } from './dwarf-names';
import type { Entry, Unit } from './unit';

/** Addresses from `from` on up to `to`, which is not one of them. */
export interface Range {
  readonly from: bigint;
  readonly to: bigint;
}

/** What code an entry is of (DWARF 5, 2.17). @throws DebugInfoError */
export function rangesOf(unit: Unit, entry: Entry): Range[] {
  const from = unit.address(entry, Attribute.LOW_PC);
  const high = entry.attributes.get(Attribute.HIGH_PC);
  if (from !== undefined && high) {
    const to =
      high.kind === 'constant' ? from + high.value : unit.address(entry, Attribute.HIGH_PC);
    return to !== undefined && to > from ? [{ from, to }] : [];
  }
  const value = entry.attributes.get(Attribute.RANGES);
  if (!value) return from === undefined ? [] : [{ from, to: from + 1n }];
  if (value.kind === 'list-index') return listedRanges(unit, indexedList(unit, value.value));
  const offset = unit.offset(entry, Attribute.RANGES);
  if (offset === undefined) return [];
  if (unit.version >= 5) return listedRanges(unit, unit.file.cursor('.debug_rnglists', offset));
  return pairedRanges(unit, unit.file.cursor('.debug_ranges', offset));
}

/** The list of a number in the unit's table. */
function indexedList(unit: Unit, index: number): Cursor {
  const size = unit.is64 ? 8 : 4;
  const base = unit.baseOf(Attribute.RNGLISTS_BASE, unit.is64 ? 20 : 12);
  const offset = unit.file.cursor('.debug_rnglists', base + index * size).word(unit.is64);
  return unit.file.cursor('.debug_rnglists', base + offset);
}

/** `.debug_ranges` (DWARF 4, 2.17.3). */
function pairedRanges(unit: Unit, cursor: Cursor): Range[] {
  const { addressSize } = unit;
  const most = BigInt.asUintN(addressSize * 8, -1n);
  const ranges: Range[] = [];
  let { base } = unit;
  for (;;) {
    const [from, to] = [cursor.unsigned(addressSize), cursor.unsigned(addressSize)];
    if (from === 0n && to === 0n) return ranges;
    if (from === most) base = to;
    else if (to > from) ranges.push({ from: base + from, to: base + to });
  }
}

const Kind = {
  END: 0,
  BASE_ADDRESSX: 1,
  STARTX_ENDX: 2,
  STARTX_LENGTH: 3,
  OFFSET_PAIR: 4,
  BASE_ADDRESS: 5,
  START_END: 6,
  START_LENGTH: 7,
} as const;

/** `.debug_rnglists` (DWARF 5, 7.25). */
function listedRanges(unit: Unit, cursor: Cursor): Range[] {
  const ranges: Range[] = [];
  const { addressSize } = unit;
  const address = (): bigint => cursor.unsigned(addressSize);
  const indexed = (): bigint => unit.indexedAddress(cursor.uleb());
  const add = (from: bigint, to: bigint): void => {
    if (to > from) ranges.push({ from, to });
  };
  let { base } = unit;
  for (;;) {
    const at = cursor.offset;
    switch (cursor.u8()) {
      case Kind.END:
        return ranges;
      case Kind.BASE_ADDRESSX:
        base = indexed();
        break;
      case Kind.BASE_ADDRESS:
        base = address();
        break;
      case Kind.STARTX_ENDX:
        add(indexed(), indexed());
        break;
      case Kind.STARTX_LENGTH: {
        const from = indexed();
        add(from, from + cursor.uleb64());
        break;
      }
      case Kind.OFFSET_PAIR: {
        const from = base + cursor.uleb64();
        add(from, base + cursor.uleb64());
        break;
      }
      case Kind.START_END:
        add(address(), address());
        break;
      case Kind.START_LENGTH: {
        const from = address();
        add(from, from + cursor.uleb64());
        break;
      }
      default:
        cursor.fail(l10n.t('a list of ranges is damaged'), at);
    }
  }
}
