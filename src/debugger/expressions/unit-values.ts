import * as l10n from '@vscode/l10n';
import { setBits } from '../../isa/bits';
import { laneOf, LANE_TYPES, laneType, withLane, type LaneType } from '../../isa/registers/lanes';
import { unitRegister, type UnitRegister } from '../../isa/registers/units';
import { EXTENDED } from '../../processor/floating-point';
import { laneFormat, lanesText } from '../numbers/lanes';
import type { UnitRegisters } from '../registers/unit-registers';
import { stackRegisterKind } from '../words/x87';
import { ExpressionError } from './error';
import { realValue } from './reals';
import { refusable } from './refusable';
import type { Value, Width } from './value';

/** The registers of the x87 and vector units, and their lanes: `st0`, `mxcsr`, `xmm0`, `xmm0.f32[1]`. */

/** Members of a register that are the whole of it: its bits; what gdb calls them. */
const WHOLE = /^(?:bits|uint128)$/;
/** The lanes that tell most of a register at a glance. */
const atAGlance = ({ class: kind }: UnitRegister): LaneType[] =>
  LANE_TYPES.filter((lanes) => (kind === 'mm' ? lanes.name === 'i16' : lanes.kind === 'float'));

/** A register, its bits (`st0.bits`), or all of its lanes (`xmm0.f32`); undefined for other names. */
export function unitValue(name: string, units: UnitRegisters): Value | undefined {
  const [first = '', member, ...more] = name.split('.');
  const register = unitRegister(first);
  if (!register || more.length > 0) return undefined;
  const whole = wholeValue(register, units);
  if (member === undefined) {
    return register.class === 'st' ? stackValue(whole, register, units) : whole;
  }
  if (WHOLE.test(member)) return whole;
  const lanes = isVector(register) ? laneType(member, register.width) : undefined;
  return lanes && allLanes(whole, register, lanes);
}

/** Whether a register has lanes. */
export const isVector = ({ class: kind }: UnitRegister): boolean =>
  kind === 'mm' || kind === 'xmm' || kind === 'ymm';

function wholeValue(register: UnitRegister, units: UnitRegisters): Value {
  const { name, width } = register;
  const value = units.read(register);
  return {
    value,
    width,
    type: 'register',
    ...(register.class !== 'st' && { unit: register }),
    meaning: () => meaningOf(register, value),
    assign: (wanted) => {
      refusable(name, () => {
        units.write(register, wanted);
      });
    },
  };
}

function meaningOf(register: UnitRegister, value: bigint): string | undefined {
  if (register.bits) return setBits(register.bits, value).reverse().join(' ');
  if (!isVector(register) || value === 0n) return undefined;
  return atAGlance(register)
    .map((lanes) => `${lanes.name} ${lanesText(value, register.width, lanes)}`)
    .join('  ');
}

/** A number, also where the register is empty: but then it is none to compute with. */
function stackValue(whole: Value, register: UnitRegister, units: UnitRegisters): Value {
  const { name, index } = register;
  const empty = units.isEmpty(index);
  return {
    ...realValue(EXTENDED, whole.value),
    type: 'register',
    unit: register,
    meaning: () => stackRegisterKind(units, index),
    assign: whole.assign,
    ...(empty && { missing: () => l10n.t('{0} is empty', name) }),
  };
}

function allLanes(whole: Value, { name, width }: UnitRegister, lanes: LaneType): Value {
  const { value } = whole;
  const last = String(width / lanes.bits - 1);
  return {
    value,
    width,
    type: lanes.name,
    lanes,
    missing: () => l10n.t('choose a lane: {0}[0] to [{1}]', `${name}.${lanes.name}`, last),
  };
}

/**
 * One lane of a vector register.
 *
 * @throws ExpressionError when the register has none of this name or number
 */
export function elementValue(
  register: Value,
  member: string,
  index: bigint,
  column: number,
): Value {
  const { unit, value: whole, assign } = register;
  const lanes = unit && isVector(unit) ? laneType(member, unit.width) : undefined;
  if (!unit || !lanes) {
    throw new ExpressionError(l10n.t('{0} has no lanes {1}', unit?.name ?? '', member), column);
  }
  const count = BigInt(unit.width / lanes.bits);
  if (index < 0n || index >= count) {
    const last = String(count - 1n);
    throw new ExpressionError(
      l10n.t('{0} has lanes 0 to {1}', `${unit.name}.${lanes.name}`, last),
      column,
    );
  }
  const at = Number(index);
  return {
    ...laneValue(lanes, laneOf(whole, lanes, at)),
    assign: (bits) => assign?.(withLane(whole, lanes, at, bits)),
  };
}

/** The bits of a lane as the number that they are; signed ones have no width, so that they are below 0. */
function laneValue(lanes: LaneType, bits: bigint): Value {
  const format = laneFormat(lanes);
  if (format) return realValue(format, bits);
  const { name, bits: width } = lanes;
  if (lanes.kind === 'unsigned') return { value: bits, width: width as Width, type: name };
  return { value: BigInt.asIntN(width, bits), width: undefined, signed: width, type: name };
}
