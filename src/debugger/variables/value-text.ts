import { bare, sizeOf, typeText, Unavailable, type Member } from '../../debug-info';
import { DOUBLE, EXTENDED, SINGLE } from '../../processor/floating-point';
import { realText } from '../numbers/reals';
import { symbolAt } from '../places/program-place';
import type { CompiledValue } from './compiled-value';

/** So much of structs and arrays stands in one line. */
const MOST_PARTS = 8;
const DEEPEST = 2;
/** Unnamed structs in unnamed structs. */
const NESTED = 8;
const LONGEST_STRING = 64;
/** Arrays are unfolded so far. */
const MOST_ELEMENTS = 10_000;
const REALS: Readonly<Record<number, typeof SINGLE>> = {
  4: SINGLE,
  8: DOUBLE,
  12: EXTENDED,
  16: EXTENDED,
};

/** A value as C would write it. */
export function valueText(value: CompiledValue, hex = false, depth = 0): string {
  try {
    return text(value, hex, depth);
  } catch (error) {
    if (error instanceof Unavailable) return error.message;
    throw error;
  }
}

function text(value: CompiledValue, hex: boolean, depth: number): string {
  const type = bare(value.type);
  switch (type.kind) {
    case 'base':
      return baseText(value, type.encoding, hex);
    case 'enum': {
      const number = BigInt.asIntN(value.width, value.number);
      const name = type.values.get(number) ?? type.values.get(value.number);
      return name === undefined ? String(number) : `${name} (${String(number)})`;
    }
    case 'pointer':
      return pointerText(value);
    case 'array': {
      if (isCharacter(value)) return quoted(value.bytes);
      if (depth >= DEEPEST) return '{…}';
      const count = Math.min(type.count, MOST_PARTS);
      const parts = Array.from({ length: count }, (_, n) =>
        valueText(value.element(n, type.element), hex, depth + 1),
      );
      return listText(parts, type.count > count);
    }
    case 'struct': {
      if (depth >= DEEPEST) return '{…}';
      const parts = type.members.slice(0, MOST_PARTS).map((member) => {
        const inner = valueText(value.member(member), hex, depth + 1);
        return member.name === '' ? inner : `${member.name} = ${inner}`;
      });
      return listText(parts, type.members.length > MOST_PARTS);
    }
    default:
      return typeText(value.type);
  }
}

const listText = (parts: readonly string[], more: boolean): string =>
  `{${[...parts, ...(more ? ['…'] : [])].join(', ')}}`;

function baseText(value: CompiledValue, encoding: string, hex: boolean): string {
  const { number, width } = value;
  const plain = hex ? `0x${number.toString(16)}` : String(number);
  switch (encoding) {
    case 'truth':
      return number === 0n ? 'false' : number === 1n ? 'true' : plain;
    case 'real': {
      const format = REALS[sizeOf(value.type)];
      return format ? realText(format, BigInt.asUintN(format.width, number)) : plain;
    }
    case 'signed':
      return hex ? plain : String(BigInt.asIntN(width, number));
    case 'character':
      return number >= 32n && number < 127n
        ? `${plain} '${String.fromCharCode(Number(number))}'`
        : plain;
    default:
      return plain;
  }
}

function pointerText(value: CompiledValue): string {
  const { number, context } = value;
  const name = number === 0n ? undefined : symbolAt(context.target, number, context.memory);
  const where = `0x${number.toString(16)}${name === undefined ? '' : ` <${name}>`}`;
  const target = number === 0n ? undefined : value.target();
  const type = target && bare(target.type);
  if (type?.kind !== 'base' || type.encoding !== 'character') return where;
  const { data } = context.memory.read('gva', number, LONGEST_STRING);
  return data.length === 0 ? where : `${where} ${quoted(data)}`;
}

function isCharacter({ type }: CompiledValue): boolean {
  const array = bare(type);
  const element = array.kind === 'array' ? bare(array.element) : array;
  return element.kind === 'base' && element.encoding === 'character' && element.size === 1;
}

/** Characters up to a zero. */
function quoted(bytes: Uint8Array): string {
  const end = bytes.indexOf(0);
  const shown = bytes.subarray(0, Math.min(end < 0 ? bytes.length : end, LONGEST_STRING));
  const more = end < 0 || end > LONGEST_STRING ? '…' : '';
  return `${JSON.stringify(String.fromCharCode(...shown))}${more}`;
}

/** A part of a value, with what it is called there. */
export interface Part {
  readonly name: string;
  readonly value: CompiledValue;
}

/** What a value unfolds into: members, elements, what it points to. @throws Unavailable */
export function partsOf(value: CompiledValue, depth = 0): Part[] {
  const type = bare(value.type);
  switch (type.kind) {
    case 'struct':
      return type.members.flatMap((member) => memberParts(value, member, depth));
    case 'array':
      return Array.from({ length: Math.min(type.count, MOST_ELEMENTS) }, (_, n) => ({
        name: `[${String(n)}]`,
        value: value.element(n, type.element),
      }));
    case 'pointer': {
      const target = value.number === 0n ? undefined : value.target();
      if (!target || sizeOf(target.type) === 0) return [];
      const isStruct = bare(target.type).kind === 'struct';
      return isStruct ? partsOf(target) : [{ name: '*', value: target }];
    }
    default:
      return [];
  }
}

/** Members of an unnamed struct are its owner's. */
function memberParts(value: CompiledValue, member: Member, depth: number): Part[] {
  const inner = value.member(member);
  // Damage may make a struct part of itself.
  if (member.name === '' && depth < NESTED) return partsOf(inner, depth + 1);
  return [{ name: member.name, value: inner }];
}

/** Whether there is anything to unfold. */
export function hasParts(value: CompiledValue): boolean {
  try {
    const type = bare(value.type);
    if (type.kind === 'pointer') return value.number !== 0n && sizeOf(type.target) > 0;
    return type.kind === 'struct' || type.kind === 'array';
  } catch (error) {
    if (error instanceof Unavailable) return false;
    throw error;
  }
}
