import { Mxcsr } from '../../../../isa/registers/floating-point';
import { Units } from '../../../state/layout';
import type { AbstractMachine } from '../../abstract-machine';
import { instruction } from '../../instruction';
import type { SlowPath } from '../../slow-path';
import type { Value } from '../../value';
import { Vector } from '../../vector';
import { readHalf, readHalves, readVector, writeHalves } from '../../vector-operands';
import { inUnit, sources } from './packed';

/**
 * ADD, SUB, MUL and DIV on floating-point lanes. The host's arithmetic rounds to nearest and tells nothing,
 * so it serves where nothing but PE could be told and PE has been told before: MXCSR as it usually is, no
 * operand and no result but ordinary numbers. All else goes the exact way.
 */

type Kind = 'ADD' | 'SUB' | 'MUL' | 'DIV';
const OPERATORS = { ADD: 'addF', SUB: 'subF', MUL: 'mulF', DIV: 'divF' } as const;

const FLAGS = Mxcsr.IE | Mxcsr.DE | Mxcsr.ZE | Mxcsr.OE | Mxcsr.UE;
const MASKS = Mxcsr.IM | Mxcsr.DM | Mxcsr.ZM | Mxcsr.OM | Mxcsr.UM | Mxcsr.PM;
const USUAL = MASKS | Mxcsr.PE;

const usualMode = (m: AbstractMachine): Value =>
  m
    .readState(Units.MXCSR, 32)
    .and(0xffff & ~FLAGS)
    .eq(USUAL);

const LEAST_NORMAL = { 32: 0x0080_0000n, 64: 0x0010_0000_0000_0000n } as const;
/** From the least normal number to the first that is none: infinity. */
const NORMAL_SPAN = { 32: 0x7f00_0000n, 64: 0x7fe0_0000_0000_0000n } as const;

const same = (lane: 32 | 64, value: bigint): Vector =>
  Vector.lanes(lane, ...Array<bigint>(128 / lane).fill(value));

/** All ones in the lanes that hold a normal number. */
function normal(lane: 32 | 64, a: Vector): Vector {
  const magnitude = a.andNot(same(lane, 1n << BigInt(lane - 1)));
  const above = magnitude.sub(lane, same(lane, LEAST_NORMAL[lane]));
  return same(lane, NORMAL_SPAN[lane])
    .gtS(lane, above)
    .andNot(above.shrS(lane, lane - 1));
}

/** A zero is ordinary as an operand of a sum; elsewhere it may be a number that was too small. */
function ordinary(kind: Kind, lane: 32 | 64, a: Vector): Vector {
  if (kind === 'MUL' || kind === 'DIV') return normal(lane, a);
  const zero = a.andNot(same(lane, 1n << BigInt(lane - 1))).eq(lane, Vector.ZERO);
  return normal(lane, a).or(zero);
}

interface Attempt {
  readonly result: Vector;
  /** One bit for each lane in which it holds. */
  readonly holds: Value;
}

function attempt(m: AbstractMachine, kind: Kind, lane: 32 | 64, a: Vector, b: Vector): Attempt {
  const result = m.letVector(a[OPERATORS[kind]](lane, b));
  const all = [a, b, result].map((v) => ordinary(kind, lane, v));
  const holds = all.reduce((both, each) => both.and(each)).bitmask(lane);
  return { result, holds: m.let(holds) };
}

function definePacked(mnemonic: string, kind: Kind, lane: 32 | 64, exact: SlowPath): void {
  instruction([mnemonic, `V${mnemonic}`], (m) => {
    inUnit(m, () => {
      const [first, second] = sources(m);
      const b = readHalves(m, second);
      const a = readHalves(m, first);
      const attempts = a.map((v, n) => attempt(m, kind, lane, v, b[n] ?? v));
      const every = attempts.map(({ holds }) => holds.eq(2 ** (128 / lane) - 1));
      const quick = every.reduce((all, each) => all.and(each), usualMode(m));
      return () => {
        m.if(
          quick,
          () => {
            writeHalves(
              m,
              0,
              attempts.map(({ result }) => result),
            );
          },
          () => {
            m.slow(exact);
          },
        );
      };
    });
  });
}

/** Only the lowest lane counts; the first source gives the others. */
function defineScalar(mnemonic: string, kind: Kind, lane: 32 | 64, exact: SlowPath): void {
  instruction([mnemonic, `V${mnemonic}`], (m) => {
    inUnit(m, () => {
      const [first, second] = sources(m);
      const b = readVector(m, second);
      const a = readHalf(m, first, 0);
      const { result, holds } = attempt(m, kind, lane, a, b);
      const quick = holds.bit(0).and(usualMode(m));
      return () => {
        m.if(
          quick,
          () => {
            writeHalves(m, 0, [a.replace(0, result.extract(lane, 0))]);
          },
          () => {
            m.slow(exact);
          },
        );
      };
    });
  });
}

/** @param exact the slow paths by mnemonic */
export function defineQuickArithmetic(exact: Readonly<Record<string, SlowPath>>): void {
  for (const kind of ['ADD', 'SUB', 'MUL', 'DIV'] as const) {
    for (const [letter, lane] of [
      ['S', 32],
      ['D', 64],
    ] as const) {
      const [packed, scalar] = [`${kind}P${letter}`, `${kind}S${letter}`];
      const [exactPacked, exactScalar] = [exact[packed], exact[scalar]];
      if (exactPacked) definePacked(packed, kind, lane, exactPacked);
      if (exactScalar) defineScalar(scalar, kind, lane, exactScalar);
    }
  }
}

/** Those that are defined here. */
export const isQuick = (mnemonic: string): boolean => /^(ADD|SUB|MUL|DIV)[PS][SD]$/.test(mnemonic);
