import * as l10n from '@vscode/l10n';
import { entryName } from '../../isa/paging';
import type { PagingMode } from '../../processor/paging/walk';
import { hex } from '../views/row';
import type { AddressPart } from './picture';

/** The width of linear addresses, and of each level's index from the top down (SDM 3A 4.2). */
const SHAPES: Record<Exclude<PagingMode, 'none'>, readonly [bits: number, indexes: number[]]> = {
  '32-bit': [32, [10, 10]],
  PAE: [32, [2, 9, 9]],
  '4-level': [64, [9, 9, 9, 9]],
  '5-level': [64, [9, 9, 9, 9, 9]],
};

/** How many levels of tables a paging mode has. */
export const levelsOf = (mode: PagingMode): number =>
  mode === 'none' ? 0 : SHAPES[mode][1].length;

/** 'PML4', of an entry that is a PML4E: the table that such entries lie in. */
const tableName = (level: number): string => entryName(level).slice(0, -1);

/**
 * The pieces of a linear address. What a large page leaves of the lower indexes belongs to its offset.
 *
 * @param lowest the level of the entry that maps the page
 */
export function addressParts(mode: PagingMode, linear: bigint, lowest = 1): AddressPart[] {
  if (mode === 'none') return [];
  const [bits, indexes] = SHAPES[mode];
  const parts: AddressPart[] = [];
  let high = 11 + indexes.reduce((sum, width) => sum + width, 0);
  if (bits - 1 > high) parts.push(part(linear, 'sign', l10n.t('sign'), bits - 1, high + 1));
  for (const [n, width] of indexes.entries()) {
    const level = indexes.length - n;
    if (level < lowest) break;
    parts.push(part(linear, level, tableName(level), high, high - width + 1));
    high -= width;
  }
  return [...parts, part(linear, 0, l10n.t('offset'), high, 0)];
}

function part(
  linear: bigint,
  level: AddressPart['level'],
  name: string,
  high: number,
  low: number,
): AddressPart {
  const found = (linear >> BigInt(low)) & ((1n << BigInt(high - low + 1)) - 1n);
  const isIndex = level !== 'sign' && level > 0;
  return { level, name, high, low, value: isIndex ? found.toString() : hex(found) };
}
