import * as l10n from '@vscode/l10n';
import { decodeBits, type BitTable } from '../../isa/bits';
import { entryName, entryTable } from '../../isa/paging';
import type { WalkStep } from '../../processor/paging/walk';
import { isAway } from '../memory';
import type { SecondLevelStep } from '../techniques';
import { meaning } from '../views/bit-rows';
import { entryFlags } from '../views/entry-flags';
import { hex } from '../views/row';
import type { SecondWalk } from '../views/translation-trace';
import type { BitText, WalkCell } from './picture';

/** The number of a memory reference; undefined where the processor makes none. */
export type Order = number | undefined;

const indexed = (name: string, index: number): string => `${name}[${String(index)}]`;

const numbered = (order: Order): Pick<WalkCell, 'order'> => (order === undefined ? {} : { order });

/** An entry of the guest's own tables. @param physical how its addresses are called */
export function entryCell(
  id: string,
  step: WalkStep,
  physical: 'GPA' | 'HPA',
  order: Order,
): WalkCell {
  return {
    id,
    level: step.level,
    name: indexed(entryName(step.level), step.index),
    ...numbered(order),
    value: hex(step.entry),
    flags: entryFlags(step),
    place: placeOf(step, physical),
    bits: bitTexts(entryTable(step), step.entry),
  };
}

function placeOf(
  { isRegister, entryAddress, entryHostAddress }: WalkStep,
  physical: string,
): string {
  if (isRegister) return l10n.t('a register, loaded with CR3');
  const host = isAway(entryHostAddress) ? l10n.t('swapped out') : `HPA ${hex(entryHostAddress)}`;
  return physical === 'HPA' ? host : `GPA ${hex(entryAddress)} = ${host}`;
}

/** An entry of the second level. */
export function secondCell(
  id: string,
  { entryName: named }: SecondWalk,
  step: SecondLevelStep,
  order: Order,
): WalkCell {
  return {
    id,
    level: step.level,
    name: indexed(named(step.level), step.index),
    ...numbered(order),
    value: hex(step.entry),
    flags: step.flags,
    place: `HPA ${hex(step.entryAddress)}`,
    bits: bitTexts(step.table, step.entry),
  };
}

const bitTexts = (table: BitTable, entry: bigint): BitText[] =>
  decodeBits(table, entry).map((decoded) => ({
    name: decoded.field.name,
    value: meaning(decoded),
    gloss: l10n.t(decoded.field.gloss),
  }));
