import * as l10n from '@vscode/l10n';
import { setBits } from '../../isa/bits';
import { clauses } from '../../isa/phrases';
import type { UnitGroup, UnitRegister } from '../../isa/registers/units';
import type { ExpressionContext } from '../../debugger/expressions';
import { unitItem, unitItems, type UnitItem } from '../../debugger/views/unit-items';
import { bitRows } from './register-rows';
import type { Display, Row, VariableSource } from './variable-source';

/** The registers of the x87 and vector units for the Variables view, watches and hovers. */

const formatOf = ({ hex }: Display) => (hex ? 'hexadecimal' : 'decimal');

/** The registers of a group. */
export const unitGroupRows =
  ({ registers }: ExpressionContext, group: UnitGroup): VariableSource =>
  (display) =>
    unitItems(registers, group, formatOf(display)).map(unitRow);

/** What one register unfolds into. */
export const unitParts =
  ({ registers }: ExpressionContext, register: UnitRegister): VariableSource =>
  (display) =>
    unitRow(unitItem(registers.units, register, formatOf(display))).children?.(display) ?? [];

/** Whether there is anything in a register to unfold. */
export const hasParts = ({ class: kind, bits }: UnitRegister): boolean =>
  kind !== 'word' || bits !== undefined;

function unitRow(item: UnitItem): Row {
  const { id, text, gloss, expression, readOnly, bits, children } = item;
  const note = bits ? setBits(bits.table, bits.value).join(' ') : noteOf(item);
  return {
    name: id,
    value: note === '' ? text : `${text} [${note}]`,
    ...(gloss !== undefined && { type: l10n.t(gloss) }),
    expression,
    ...(readOnly && { readOnly }),
    ...(bits && { children: () => bitRows(bits.table, bits.value) }),
    ...(children && { children: () => children().map(unitRow) }),
  };
}

/** What a register of the stack holds, and which one it is. */
const noteOf = ({ note = '', place = '' }: UnitItem): string => clauses(note, place);
