import * as l10n from '@vscode/l10n';
import { UNIT_REGISTERS, unitRegister, type UnitGroup } from '../../isa/registers/units';
import { withNote } from '../../isa/phrases';
import {
  assignExpression,
  describeError,
  ExpressionError,
  guestContext,
  worldContext,
} from '../expressions';
import type { Registers } from '../registers/registers';
import type { Target } from '../target';
import { bitRows, bitTooltip, summary } from './bit-rows';
import { group, type Row, type ViewRequest } from './row';
import { noted, unitGroups, unitItemAt, unitItems, type UnitItem } from './unit-items';

/** The registers of the x87 and vector units in the Registers view. Both worlds have the same ones. */

type Before = (key: string) => bigint | undefined;

/** A register that is empty differs from one that holds the same bits. */
const EMPTY = 1n << 80n;
const keyOf = (name: string): string => `units/${name}`;

/** The values that are compared from stop to stop. */
export function captureUnits({ guest: { units } }: Target): Map<string, bigint> {
  return new Map(
    UNIT_REGISTERS.map((register) => {
      const empty = register.class === 'st' && units.isEmpty(register.index);
      return [keyOf(register.name), units.read(register) | (empty ? EMPTY : 0n)];
    }),
  );
}

export function unitGroupRows({ guest }: Target): Row[] {
  const tooltip = l10n.t(
    'No VM exit and no VM entry saves or loads the x87 and vector registers: guest and host have the same ones.',
  );
  return unitGroups(guest).map(({ id, label }) => group(id, label, false, { tooltip }));
}

/** Whether a node lies in one of these groups. */
export const isUnitNode = (node: string): boolean => /^(x87|mmx|vector)(\/|$)/.test(node);

interface Place {
  readonly group: UnitGroup;
  readonly path: readonly string[];
}

function placeOf(node: string): Place {
  const [group = '', ...path] = node.split('/');
  return { group: group as UnitGroup, path };
}

const focused = (target: Target, { focus }: ViewRequest): Registers =>
  (focus === 'host' ? target.host : undefined) ?? target.guest;

/** The rows below a group, a register or its lanes. */
export function unitRows(target: Target, request: ViewRequest, before: Before): Row[] {
  const { node = '', format } = request;
  const { group, path } = placeOf(node);
  const registers = focused(target, request);
  const [name] = path;
  if (name === undefined) {
    return unitItems(registers, group, format).map((item) =>
      unitRow(item, node, item.id, registers, request, before),
    );
  }
  const item = unitItemAt(registers, group, path, format);
  if (item?.bits) return bitRows(node, item.bits.table, item.bits.value, before(keyOf(name)));
  return (item?.children?.() ?? []).map((child) =>
    unitRow(child, node, name, registers, request, before),
  );
}

function unitRow(
  item: UnitItem,
  parent: string,
  registerName: string,
  registers: Registers,
  { focus }: ViewRequest,
  before: Before,
): Row {
  const { id, text, place, bits, readOnly } = item;
  const unfolds = item.bits ?? item.children;
  const names = bits && summary(bits.table, bits.value);
  return {
    id: `${parent}/${id}`,
    label: place === undefined ? id : withNote(id, place),
    description: names ? withNote(names, text) : noted(item),
    ...tooltipOf(item),
    ...(hasChanged(item, registerName, registers, before) && { changed: true }),
    children: unfolds ? 'collapsed' : 'none',
    value: text,
    expression: `${focus}.${item.expression}`,
    editable: readOnly !== true,
  };
}

function tooltipOf({ bits, gloss }: UnitItem): Partial<Row> {
  if (bits) return { tooltip: bitTooltip(bits.table, bits.value) };
  return gloss === undefined ? {} : { tooltip: l10n.t(gloss) };
}

function hasChanged(
  { part }: UnitItem,
  registerName: string,
  { units }: Registers,
  before: Before,
): boolean {
  const register = unitRegister(registerName);
  const old = before(keyOf(registerName));
  if (!register || old === undefined) return false;
  const now = units.read(register);
  if (part) return part(old) !== part(now);
  const empty = register.class === 'st' && units.isEmpty(register.index);
  return old !== (now | (empty ? EMPTY : 0n));
}

/** Writes what a row shows. @throws RangeError that says why it cannot be done */
export function editUnit(target: Target, request: ViewRequest, text: string): void {
  const { group, path } = placeOf(request.node ?? '');
  const item = unitItemAt(focused(target, request), group, path);
  if (!item || item.readOnly) throw new RangeError(l10n.t('this row cannot be edited'));
  const { hostWorld } = target;
  const context =
    request.focus === 'host' && hostWorld ? worldContext(target, hostWorld) : guestContext(target);
  try {
    assignExpression(item.expression, text, context);
  } catch (error) {
    if (error instanceof ExpressionError) throw new RangeError(describeError(error));
    throw error;
  }
}
