import { withNote } from '../../isa/phrases';
import type { BitTable } from '../../isa/bits';
import { laneOf, LANE_TYPES, type LaneType } from '../../isa/registers/lanes';
import { CLASS_GLOSSES } from '../../isa/registers/roles';
import type { UnitGroup, UnitRegister } from '../../isa/registers/units';
import { EXTENDED } from '../../processor/floating-point';
import { laneText, lanesText } from '../numbers/lanes';
import { realText } from '../numbers/reals';
import { modeOf, type Registers } from '../registers/registers';
import type { UnitRegisters } from '../registers/unit-registers';
import { stackRegisterKind } from '../words/x87';
import { formatNumber, hex, type NumberFormat } from './row';

/**
 * The registers of the x87 and vector units as a tree: registers, their lanes by type, each lane. The
 * Registers view and the scopes of the protocol show the same one.
 */

/** A node of the tree. */
export interface UnitItem {
  /** Its name among its siblings. */
  readonly id: string;
  /** What it holds, in one line. */
  readonly text: string;
  /** What may stand beside that, of which editing knows nothing. */
  readonly note?: string | undefined;
  /** Where it stands, for people: the physical register that ST(i) is. */
  readonly place?: string | undefined;
  readonly gloss?: string | undefined;
  /** The expression that means the same; it can be assigned to unless the item is read-only. */
  readonly expression: string;
  readonly readOnly?: boolean;
  /** Its bits among those of the register; without it they are all of them. */
  readonly part?: ((register: bigint) => bigint) | undefined;
  /** What its bits are called. */
  readonly bits?: { readonly table: BitTable; readonly value: bigint };
  readonly children?: (() => UnitItem[]) | undefined;
}

export interface UnitItemGroup {
  readonly id: UnitGroup;
  readonly label: string;
}

/** The units by their names in the manual. */
const GROUPS: readonly UnitItemGroup[] = [
  { id: 'x87', label: 'x87' },
  { id: 'mmx', label: 'MMX' },
  { id: 'vector', label: 'SSE/AVX' },
];

/** The groups that have registers at present. */
export function unitGroups(registers: Registers): UnitItemGroup[] {
  const present = presentRegisters(registers);
  return GROUPS.filter(({ id }) => present.some(({ group }) => group === id));
}

/** The registers of a group that code in the present mode can reach. */
export function unitItems(
  registers: Registers,
  group: UnitGroup,
  format: NumberFormat = 'hexadecimal',
): UnitItem[] {
  return presentRegisters(registers)
    .filter((register) => register.group === group)
    .map((register) => unitItem(registers.units, register, format));
}

const presentRegisters = (registers: Registers): UnitRegister[] =>
  registers.units.present(modeOf(registers).bits, registers.controlRegister(4));

/** One register, with what it unfolds into. */
export function unitItem(
  units: UnitRegisters,
  register: UnitRegister,
  format: NumberFormat = 'hexadecimal',
): UnitItem {
  const { name, class: kind, bits: table } = register;
  const value = units.read(register);
  if (kind === 'st') return stackItem(units, register, value, format);
  const text = formatNumber(value, format);
  if (kind === 'word') {
    const named = table && { bits: { table, value } };
    return { id: name, text, expression: name, ...named };
  }
  return {
    id: name,
    text,
    gloss: CLASS_GLOSSES[kind],
    expression: name,
    children: () =>
      LANE_TYPES.filter((lanes) => kind !== 'mm' || lanes.kind !== 'float').map((lanes) =>
        lanesItem(register, value, lanes, format),
      ),
  };
}

/** ST(i): the number, what its tag says, and below it the bits. */
function stackItem(
  units: UnitRegisters,
  { name, index }: UnitRegister,
  value: bigint,
  format: NumberFormat,
): UnitItem {
  return {
    id: name,
    text: realText(EXTENDED, value),
    note: stackRegisterKind(units, index),
    place: `R${units.physical(index)}`,
    gloss: CLASS_GLOSSES['st'],
    expression: name,
    children: () => [
      { id: 'bits', text: formatNumber(value, format), expression: `${name}.bits` },
      partOf(name, value, 'sign', (bits) => (bits >> 79n) & 1n),
      partOf(name, value, 'exponent', (bits) => (bits >> 64n) & 0x7fffn),
      partOf(name, value, 'significand', (bits) => BigInt.asUintN(64, bits)),
    ],
  };
}

/** A part of the bits of a number, which is changed with them. */
function partOf(
  name: string,
  value: bigint,
  id: string,
  part: (register: bigint) => bigint,
): UnitItem {
  return { id, text: hex(part(value)), expression: `${name}.bits`, readOnly: true, part };
}

/** All lanes of one type, and below them each lane. */
function lanesItem(
  { name, width }: UnitRegister,
  value: bigint,
  lanes: LaneType,
  format: NumberFormat,
): UnitItem {
  const expression = `${name}.${lanes.name}`;
  const count = width / lanes.bits;
  // Unsigned ones are written as the whole register is.
  const text = (bits: bigint): string =>
    lanes.kind === 'unsigned' ? formatNumber(bits, format) : laneText(lanes, bits);
  const lane = (index: number): UnitItem => ({
    id: `[${index}]`,
    text: text(laneOf(value, lanes, index)),
    expression: `${expression}[${index}]`,
    part: (register) => laneOf(register, lanes, index),
  });
  return {
    id: lanes.name,
    text: lanesText(value, width, lanes, text),
    expression,
    readOnly: true,
    children: () => Array.from({ length: count }, (_, index) => lane(index)),
  };
}

/** The item at the end of a path of names below a group; undefined where there is none. */
export function unitItemAt(
  registers: Registers,
  group: UnitGroup,
  path: readonly string[],
  format?: NumberFormat,
): UnitItem | undefined {
  let items = unitItems(registers, group, format);
  let found: UnitItem | undefined;
  for (const id of path) {
    found = items.find((item) => item.id === id);
    items = found?.children?.() ?? [];
  }
  return found;
}

/** `1.5 (valid)` */
export const noted = ({ text, note }: UnitItem): string =>
  note === undefined ? text : withNote(text, note);
