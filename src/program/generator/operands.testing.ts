import type { Bits } from '../x86/bits';
import type { Random } from './random.testing';

/** What random programs are made of: the names in scope, and the mode that the next line stands in. */
export interface Surroundings {
  readonly random: Random;
  readonly bits: Bits;
  /** Labels that the program defines somewhere. */
  readonly labels: readonly string[];
  /** Names of constants defined so far. */
  readonly constants: readonly string[];
}

const WORDS = ['ax', 'cx', 'dx', 'bx', 'sp', 'bp', 'si', 'di'];
const HIGH = ['8', '9', '10', '11', '12', '13', '14', '15'];

export const BYTES = ['al', 'cl', 'dl', 'bl', 'ah', 'ch', 'dh', 'bh'];

const GENERAL: Readonly<
  Record<number, readonly [low: readonly string[], high: readonly string[]]>
> = {
  8: [BYTES, ['spl', 'bpl', 'sil', 'dil', ...HIGH.map((n) => `r${n}b`)]],
  16: [WORDS, HIGH.map((n) => `r${n}w`)],
  32: [WORDS.map((r) => 'e' + r), HIGH.map((n) => `r${n}d`)],
  64: [WORDS.map((r) => 'r' + r), HIGH.map((n) => `r${n}`)],
};

/** A general register of a width in bits that the mode has. */
export function general({ random, bits }: Surroundings, width: number): string {
  const [low, high] = GENERAL[width] ?? GENERAL[32] ?? [[], []];
  return random.pick(bits === 64 && random.chance(3) ? high : low);
}

/** The widths of general registers in the mode. */
export const widths = (bits: Bits): readonly number[] =>
  bits === 64 ? [8, 16, 32, 64] : [8, 16, 32];

export const SIZES: Readonly<Record<number, string>> = {
  8: 'byte',
  16: 'word',
  32: 'dword',
  64: 'qword',
};

const EDGES = [0, 1, 2, 3, 5, 8, 16, 100, 127, 128, 129, 255, 256, 0x1234, 0x7fff, 0x8000, 0xffff];
const LARGE = ['0x7fffffff', '0x80000000', '0xffffffff', '-0x80000000', '0x123456789abcdef0'];

/** A number in one of NASM's notations. */
export function number(s: Surroundings): string {
  const { random } = s;
  if (random.chance(12)) return random.pick(LARGE);
  const n = random.pick(EDGES);
  const hex = n.toString(16);
  return random.pick([
    ...[String(n), `0x${hex}`, `0${hex}h`, `0h${hex}`, `$0${hex}`, `${n.toString(2)}b`],
    ...[`0b${n.toString(2)}`, `0o${n.toString(8)}`, `${n.toString(8)}q`, `0d${n}`, `${n}d`],
    ...[`-${n}`, `~${n}`, `+${n}`, `!${n}`, `1_000`, "'a'", "'ab'", '`\\n`'],
  ]);
}

const OPERATORS = ['+', '-', '*', '|', '&', '^', '<<', '>>', '/', '%', '//', '%%'];
const RELATIONS = ['=', '==', '<>', '!=', '<', '<=', '>', '>=', '&&', '||', '^^', '<<<'];

/** A constant expression. */
export function expression(s: Surroundings, depth = 0): string {
  const { random, constants } = s;
  if (depth > 2 || random.chance(3))
    return constants.length > 0 && random.chance(3) ? random.pick(constants) : number(s);
  if (random.chance(12))
    return `(${expression(s, depth + 1)} ? ${number(s)} : ${expression(s, depth + 1)})`;
  const operator = random.chance(6) ? random.pick(RELATIONS) : random.pick(OPERATORS);
  const right = /[/%]|<<|>>/.test(operator)
    ? String(1 + random.below(7))
    : expression(s, depth + 1);
  const left = expression(s, depth + 1);
  return random.chance(2) ? `(${left} ${operator} ${right})` : `(${left}) ${operator} (${right})`;
}

/** A distance between two labels, or a constant. */
export function distance(s: Surroundings): string {
  const { random, labels } = s;
  return random.pick([number(s), `${random.pick(labels)} - ${random.pick(labels)}`, '$ - $$']);
}

function displacement(s: Surroundings): string {
  const { random } = s;
  return random.pick([
    ...['', '', ' + 4', ' - 8', ' + 127', ' + 128', ' - 128', ' - 129', ' + 0x200', ' + 0x12345'],
    ` + ${random.pick(s.labels)}`,
    ` + ${random.pick(s.labels)} - ${random.pick(s.labels)}`,
  ]);
}

const BASES_16 = ['bx', 'bp', 'si', 'di', 'bx+si', 'bx+di', 'bp+si', 'bp+di', 'si+bx', 'di+bp'];

/** Base, index and scale in 32 or 64 bits, in all orders that NASM takes. */
function baseAndIndex(s: Surroundings, width: 32 | 64): string {
  const { random } = s;
  const base = general(s, width);
  let index = general(s, width);
  if (/sp$/.test(index)) index = index.replace('sp', 'ax');
  const scale = random.pick([1, 2, 4, 8]);
  return random.pick([
    ...[base, base, `${base} + ${index}*${scale}`, `${index}*${scale} + ${base}`],
    ...[`${base} + ${index}`, `${index}*${scale}`, `${scale}*${index}`, `${index}*2`],
    ...[`${index}*3`, `${index}*5`, `${index}*9`, `nosplit ${index}*2`, `nosplit ${index}`],
    ...[`${index} + ${index}`, `${index} + ${index}*4`, `${base}*1 + ${index}`],
  ]);
}

/** A memory operand without a size before it. */
export function memory(s: Surroundings): string {
  const { random, bits } = s;
  const segment = random.chance(8)
    ? random.pick(bits === 64 ? ['fs:', 'gs:'] : ['fs:', 'es:', 'cs:', 'ss:', 'ds:'])
    : '';
  const choice = random.below(8);
  if (choice < 2) {
    const word = bits === 64 ? random.pick(['', '', 'rel ', 'abs ']) : '';
    const target = random.pick([random.pick(s.labels), `${random.pick(s.labels)} + 4`, '0x1234']);
    return word === '' ? `[${segment}${target}]` : `[${word}${target}]`;
  }
  if (bits === 16 && choice < 6) {
    const size = random.maybe(10, 'word ');
    return `[${size}${segment}${random.pick(BASES_16)}${displacement(s)}]`;
  }
  const width = bits === 64 && !random.chance(6) ? 64 : 32;
  const size = random.chance(12) ? random.pick(['byte ', 'dword ']) : '';
  // A byte must hold the displacement.
  const offset = size === 'byte ' ? random.pick(['', ' + 5', ' - 3']) : displacement(s);
  return `[${size}${segment}${baseAndIndex(s, width)}${offset}]`;
}
