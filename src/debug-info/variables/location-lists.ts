import * as l10n from '@vscode/l10n';
import type { Cursor } from '../reading/cursor';
import { Attribute } from '../reading/dwarf-names';
import type { Entry, Unit } from '../reading/unit';

/** The expression that says where something is while control is at an address (DWARF 5, 2.6.2); undefined: nowhere. */
export function expressionAt(unit: Unit, entry: Entry, name: number, address: bigint) {
  const block = unit.block(entry, name);
  if (block) return block;
  const value = entry.attributes.get(name);
  if (value?.kind === 'list-index') return inList(unit, indexedList(unit, value.value), address);
  const offset = unit.offset(entry, name);
  if (offset === undefined) return undefined;
  if (unit.version >= 5) return inList(unit, unit.file.cursor('.debug_loclists', offset), address);
  return inPairs(unit, unit.file.cursor('.debug_loc', offset), address);
}

function indexedList(unit: Unit, index: number): Cursor {
  const size = unit.is64 ? 8 : 4;
  const base = unit.baseOf(Attribute.LOCLISTS_BASE, unit.is64 ? 20 : 12);
  const offset = unit.file.cursor('.debug_loclists', base + index * size).word(unit.is64);
  return unit.file.cursor('.debug_loclists', base + offset);
}

/** `.debug_loc` (DWARF 4, 2.6.2). */
function inPairs(unit: Unit, cursor: Cursor, address: bigint): Cursor | undefined {
  const { addressSize } = unit;
  const most = BigInt.asUintN(addressSize * 8, -1n);
  let { base } = unit;
  for (;;) {
    const [from, to] = [cursor.unsigned(addressSize), cursor.unsigned(addressSize)];
    if (from === 0n && to === 0n) return undefined;
    if (from === most) {
      base = to;
      continue;
    }
    const block = cursor.part(cursor.u16());
    if (address >= base + from && address < base + to) return block;
  }
}

/** `.debug_loclists` (DWARF 5, 7.7.3). */
function inList(unit: Unit, cursor: Cursor, address: bigint): Cursor | undefined {
  const plain = (): bigint => cursor.unsigned(unit.addressSize);
  const indexed = (): bigint => unit.indexedAddress(cursor.uleb());
  let { base } = unit;
  let fallback: Cursor | undefined;
  for (;;) {
    const at = cursor.offset;
    let [from, to] = [0n, 0n];
    const kind = cursor.u8();
    switch (kind) {
      case 0:
        return fallback;
      case 1:
        base = indexed();
        continue;
      case 6:
        base = plain();
        continue;
      case 2:
        [from, to] = [indexed(), indexed()];
        break;
      case 3:
        from = indexed();
        to = from + cursor.uleb64();
        break;
      case 4:
        [from, to] = [base + cursor.uleb64(), base + cursor.uleb64()];
        break;
      case 5:
        break;
      case 7:
        [from, to] = [plain(), plain()];
        break;
      case 8:
        from = plain();
        to = from + cursor.uleb64();
        break;
      case 9:
        // A number of the view, which nobody asks for.
        cursor.uleb();
        cursor.uleb();
        continue;
      default:
        cursor.fail(l10n.t('a list of locations is damaged'), at);
    }
    const block = cursor.part(cursor.uleb());
    if (kind === 5) fallback = block;
    else if (address >= from && address < to) return block;
  }
}
