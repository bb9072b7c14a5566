import {
  floatingNeighbour,
  floatingValue,
  type Random,
  wholeValue,
} from '../../../test/vectors/floating-values';
import { random } from '../../../test/vectors/random';
import {
  IMAGE_SIZE,
  UNIT_MEMORY_SIZE,
  type UnitCase,
  type UnitResult,
} from '../../../test/vectors/units';
import * as fp from '.';
import { type Environment, type Format, DOUBLE, HALF, Rounding, SINGLE } from '.';

/**
 * Groups of cases for which a real processor's results are recorded: an instruction, and what the library
 * does for it. Inputs are made from a seed.
 */

export const CASES_PER_GROUP = 1500;

interface Operands {
  readonly a: bigint;
  readonly b: bigint;
  readonly c: bigint;
}

export interface Group {
  readonly name: string;
  readonly code: string;
  /** The operands lie in XMM0, XMM1, XMM2 and at [RBX]. */
  readonly operands: (next: Random) => Operands;
  /** The result as it is kept: of XMM0, RAX, or the relation in RFLAGS. */
  readonly result: 'xmm0' | 'rax' | 'relation';
  readonly width: number;
  readonly compute: (operands: Operands, env: Environment) => bigint | fp.Relation;
}

export interface Case extends Operands {
  readonly mxcsr: number;
}

const MASKED = 0x1f80;

/** A third of the cases with everything masked and the usual modes, a third with random modes, a third with random masks. */
function mxcsr(next: Random): number {
  const modes = (next() & 3) * 0x2000 + (next() % 2) * 0x40 + (next() % 2) * 0x8000;
  switch (next() % 3) {
    case 0:
      return MASKED | (next() & 0x6000);
    case 1:
      return MASKED | modes;
    default:
      return (next() & MASKED) | modes;
  }
}

/** @param seed other than 0 for other cases than the recorded ones */
export function casesOf(group: Group, count = CASES_PER_GROUP, seed = 0): Case[] {
  const next = random(
    [...group.name].reduce((sum, c) => (sum * 31 + c.charCodeAt(0)) | 0, 7 + seed),
  );
  return Array.from({ length: count }, () => ({
    ...group.operands(next),
    mxcsr: mxcsr(next),
  }));
}

const IMAGE_FCW = 0;
const IMAGE_MXCSR = 24;
const IMAGE_XMM = 160;

/** The case as the processor of this machine is given it. */
export function unitCase({ code }: Group, { a, b, c, mxcsr: control }: Case): UnitCase {
  const image = new Uint8Array(IMAGE_SIZE);
  const view = new DataView(image.buffer);
  view.setUint16(IMAGE_FCW, 0x37f, true);
  view.setUint32(IMAGE_MXCSR, control, true);
  [a, b, c].forEach((value, n) => {
    view.setBigUint64(IMAGE_XMM + 16 * n, value, true);
  });
  const memory = new Uint8Array(UNIT_MEMORY_SIZE);
  new DataView(memory.buffer).setBigUint64(0, a, true);
  return {
    code: Uint8Array.from(Buffer.from(code, 'hex')),
    rax: 0n,
    rflags: 0x202n,
    image,
    memory,
  };
}

/** What is kept of a case: the result, or that there was none, and the flags. */
export function recorded({ result, width }: Group, left: UnitResult): string {
  const view = new DataView(left.image.buffer);
  const flags = view.getUint32(IMAGE_MXCSR, true) & 0x3f;
  const value =
    left.signal !== 0
      ? `signal ${String(left.signal)}`
      : result === 'relation'
        ? relation(left.rflags)
        : BigInt.asUintN(
            width,
            result === 'rax' ? left.rax : view.getBigUint64(IMAGE_XMM, true),
          ).toString(16);
  return `${value}/${flags.toString(16)}`;
}

function relation(rflags: bigint): fp.Relation {
  if (rflags & 4n) return 'unordered';
  if (rflags & 64n) return 'equal';
  return rflags & 1n ? 'less' : 'greater';
}

const FLOATING_POINT_SIGNAL = 8;

/** The same by the library. */
export function computed(group: Group, { mxcsr: control, ...operands }: Case): string {
  const env = fp.Environment.ofMxcsr(control);
  const result = group.compute(operands, env);
  env.settle();
  const value = env.unmasked !== 0 ? `signal ${String(FLOATING_POINT_SIGNAL)}` : result;
  return `${typeof value === 'bigint' ? value.toString(16) : value}/${env.flags.toString(16)}`;
}

const two =
  (format: Format) =>
  (next: Random): Operands => {
    const a = floatingValue(format, next);
    const b = floatingNeighbour(format, a, next);
    return next() % 2 ? { a, b, c: 0n } : { a: b, b: a, c: 0n };
  };

/** The addend often cancels the product, or lies near to it. */
const three =
  (format: Format) =>
  (next: Random): Operands => {
    const { a, b } = two(format)(next);
    if (next() % 2) return { a, b, c: floatingValue(format, next) };
    const env = new fp.Environment();
    const product = fp.multiply(format, a, b, env) ^ format.sign;
    return { a, b, c: next() % 2 ? product : floatingNeighbour(format, product, next) };
  };

const whole =
  (width: number) =>
  (next: Random): Operands => ({ a: wholeValue(width, next), b: 0n, c: 0n });

const PAIRS = { s: SINGLE, d: DOUBLE } as const;
type Letter = keyof typeof PAIRS;
const LETTERS: readonly Letter[] = ['s', 'd'];
const PREFIX = { s: 'f3', d: 'f2' } as const;

type Binary = (format: Format, a: bigint, b: bigint, env: Environment) => bigint;
const BINARY: readonly (readonly [string, string, Binary])[] = [
  ['add', '58', fp.add],
  ['sub', '5c', fp.subtract],
  ['mul', '59', fp.multiply],
  ['div', '5e', fp.divide],
  ['min', '5d', fp.minimum],
  ['max', '5f', fp.maximum],
  ['sqrt', '51', (format, _a, b, env) => fp.root(format, b, env)],
];

const arithmetic = LETTERS.flatMap((letter) =>
  BINARY.map(([name, opcode, operation]): Group => {
    const format = PAIRS[letter];
    return {
      name: `${name}s${letter}`,
      code: `${PREFIX[letter]}0f${opcode}c1`,
      operands: two(format),
      result: 'xmm0',
      width: format.width,
      compute: ({ a, b }, env) => operation(format, a, b, env),
    };
  }),
);

const comparisons = LETTERS.flatMap((letter) =>
  [false, true].map((signalling): Group => {
    const format = PAIRS[letter];
    return {
      name: `${signalling ? 'comis' : 'ucomis'}${letter}`,
      code: `${letter === 'd' ? '66' : ''}0f${signalling ? '2f' : '2e'}c1`,
      operands: two(format),
      result: 'relation',
      width: 0,
      compute: ({ a, b }, env) => fp.compare(format, a, b, env, signalling),
    };
  }),
);

/** By imm8: a mode of its own or that of MXCSR, with and without the precision exception. */
const integral = LETTERS.flatMap((letter) =>
  [0, 1, 2, 3, 4, 8, 12].map((choice): Group => {
    const format = PAIRS[letter];
    const own = choice & 4 ? {} : { mode: (choice & 3) as fp.RoundingMode };
    return {
      name: `rounds${letter} ${String(choice)}`,
      code: `660f3a${letter === 's' ? '0a' : '0b'}c1${choice.toString(16).padStart(2, '0')}`,
      operands: two(format),
      result: 'xmm0',
      width: format.width,
      compute: ({ b }, env) =>
        fp.roundToIntegral(format, b, env, { ...own, inexact: (choice & 8) === 0 }),
    };
  }),
);

const fusedForms: readonly (readonly [string, number, boolean, boolean])[] = [
  ['fmadd', 0, false, false],
  ['fmsub', 2, false, true],
  ['fnmadd', 4, true, false],
  ['fnmsub', 6, true, true],
];
/** Which of XMM0, XMM1, XMM2 are the factors and the addend. */
const FUSED_ORDER = [
  ['132', 0x99, ({ a, b, c }: Operands) => [a, c, b]],
  ['213', 0xa9, ({ a, b, c }: Operands) => [b, a, c]],
  ['231', 0xb9, ({ a, b, c }: Operands) => [b, c, a]],
] as const;

const fused = LETTERS.flatMap((letter) =>
  fusedForms.flatMap(([name, offset, negateProduct, negateAddend]) =>
    FUSED_ORDER.map(([order, opcode, arrange]): Group => {
      const format = PAIRS[letter];
      return {
        name: `v${name}${order}s${letter}`,
        code: `c4e2${letter === 's' ? '71' : 'f1'}${(opcode + offset).toString(16)}c2`,
        operands: three(format),
        result: 'xmm0',
        width: format.width,
        compute: (operands, env) => {
          const [x = 0n, y = 0n, z = 0n] = arrange(operands);
          return fp.fusedMultiplyAdd(format, x, y, z, env, { negateProduct, negateAddend });
        },
      };
    }),
  ),
);

const wide = (width: number): string => (width === 64 ? '48' : '');

const toWhole = LETTERS.flatMap((letter) =>
  [32, 64].flatMap((width) =>
    [false, true].flatMap((truncates): Group[] => {
      const format = PAIRS[letter];
      const opcode = truncates ? '2c' : '2d';
      const payload = `${width === 64 ? (letter === 's' ? 'fe' : 'ff') : letter === 's' ? '7e' : '7f'}`;
      const compute =
        (signed: boolean): Group['compute'] =>
        ({ b }, env) =>
          fp.toInteger(format, b, width, signed, env, truncates ? Rounding.ZERO : env.rounding);
      const common = { operands: two(format), result: 'rax', width } as const;
      const name = `cvt${truncates ? 't' : ''}s${letter}2`;
      return [
        {
          ...common,
          name: `${name}si ${String(width)}`,
          code: `${PREFIX[letter]}${wide(width)}0f${opcode}c1`,
          compute: compute(true),
        },
        {
          ...common,
          name: `v${name}usi ${String(width)}`,
          code: `62f1${payload}08${truncates ? '78' : '79'}c1`,
          compute: compute(false),
        },
      ];
    }),
  ),
);

const fromWhole = LETTERS.flatMap((letter) =>
  [32, 64].map((width): Group => {
    const format = PAIRS[letter];
    return {
      name: `cvtsi2s${letter} ${String(width)}`,
      code: `${PREFIX[letter]}${wide(width)}0f2a03`,
      operands: whole(width),
      result: 'xmm0',
      width: format.width,
      compute: ({ a }, env) => fp.fromInteger(format, BigInt.asIntN(width, a), env),
    };
  }),
);

const half: readonly Group[] = [0, 1, 2, 3, 4].map((choice) => ({
  name: `vcvtps2ph ${String(choice)}`,
  code: `c4e3791dc8${choice.toString(16).padStart(2, '0')}`,
  operands: two(SINGLE),
  result: 'xmm0',
  width: 16,
  compute: ({ b }, env) => {
    env.flushToZero = false;
    if ((choice & 4) === 0) env.rounding = choice as fp.RoundingMode;
    return fp.convert(SINGLE, HALF, b, env);
  },
}));

const conversions: readonly Group[] = [
  {
    name: 'cvtss2sd',
    code: 'f30f5ac1',
    operands: two(SINGLE),
    result: 'xmm0',
    width: 64,
    compute: ({ b }, env) => fp.convert(SINGLE, DOUBLE, b, env),
  },
  {
    name: 'cvtsd2ss',
    code: 'f20f5ac1',
    operands: two(DOUBLE),
    result: 'xmm0',
    width: 32,
    compute: ({ b }, env) => fp.convert(DOUBLE, SINGLE, b, env),
  },
  {
    name: 'vcvtph2ps',
    code: 'c4e27913c1',
    operands: two(HALF),
    result: 'xmm0',
    width: 32,
    compute: ({ b }, env) => {
      env.denormalsAreZeros = false;
      return fp.convert(HALF, SINGLE, b, env, false);
    },
  },
];

export const GROUPS: readonly Group[] = [
  ...arithmetic,
  ...comparisons,
  ...integral,
  ...fused,
  ...toWhole,
  ...fromWhole,
  ...half,
  ...conversions,
];
