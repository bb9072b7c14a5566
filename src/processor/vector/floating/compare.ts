import { Rflags } from '../../../isa/registers/flags';
import { compare, DOUBLE, SINGLE, type Format, type Relation } from '../../floating-point';
import type { SlowPath } from '../../semantics/slow-path';
import { isVex, readVector } from '../operands';
import { ENDINGS } from './arithmetic';
import { binary } from './elements';
import { computing } from './environment';

/** SDM 2A: CMPPS and its kin, COMISS, UCOMISS and those of double precision. */

interface Predicate {
  readonly holds: ReadonlySet<Relation>;
  /** Invalid with every NaN, also a quiet one. */
  readonly signalling: boolean;
}

const RELATIONS: readonly Relation[] = ['less', 'equal', 'greater', 'unordered'];
const set = (...relations: Relation[]): ReadonlySet<Relation> => new Set(relations);
const not = (relations: ReadonlySet<Relation>): ReadonlySet<Relation> =>
  new Set(RELATIONS.filter((relation) => !relations.has(relation)));

const EQ = set('equal');
const LT = set('less');
const LE = set('less', 'equal');
const UNORD = set('unordered');
const EQ_OR_UNORD = set('equal', 'unordered');
const NGE = set('less', 'unordered');
const NGT = set('less', 'equal', 'unordered');
const FALSE = set();

/** The first sixteen predicates (SDM 2A CMPPD, table 3-1); the next sixteen differ in what is signalled. */
const HOLDS = [
  EQ,
  LT,
  LE,
  UNORD,
  not(EQ),
  not(LT),
  not(LE),
  not(UNORD),
  EQ_OR_UNORD,
  NGE,
  NGT,
  FALSE,
  not(EQ_OR_UNORD),
  not(NGE),
  not(NGT),
  not(FALSE),
];

const PREDICATES: readonly Predicate[] = Array.from({ length: 32 }, (_, n) => {
  const quietAtFirst = ![1, 2, 5, 6, 9, 10, 13, 14].includes(n % 16);
  return { holds: HOLDS[n % 16] ?? FALSE, signalling: quietAtFirst === n >= 16 };
});

/** Elements of ones where the predicate of the immediate holds; without a VEX prefix there are eight. */
const comparison = ([format, shape]: (typeof ENDINGS)[string]): SlowPath => {
  const ones = (1n << BigInt(format.width)) - 1n;
  return (cpu) => {
    const vex = isVex(cpu);
    const imm = Number(cpu.readOperand(vex ? 3 : 2, 1)) & (vex ? 31 : 7);
    const { holds, signalling } = PREDICATES[imm] ?? { holds: FALSE, signalling: false };
    return binary(format, shape, (_, a, b, env) =>
      holds.has(compare(format, a, b, env, signalling)) ? ones : 0n,
    )(cpu);
  };
};

const FLAGS: Readonly<Record<Relation, number>> = {
  unordered: Rflags.ZF | Rflags.PF | Rflags.CF,
  greater: 0,
  less: Rflags.CF,
  equal: Rflags.ZF,
};

/** COMISS and UCOMISS: the relation in ZF, PF and CF. */
const ordered =
  (format: Format, signalling: boolean): SlowPath =>
  (cpu) => {
    const bytes = format.width / 8;
    const b = readVector(cpu, 1, bytes);
    const a = readVector(cpu, 0, bytes);
    const relation = computing(cpu, (env) => compare(format, a, b, env, signalling));
    cpu.state.setStatusFlags(FLAGS[relation]);
    return 'continue';
  };

export const COMPARISONS: Readonly<Record<string, SlowPath>> = {
  ...Object.fromEntries(
    Object.entries(ENDINGS).map(([ending, row]) => [`CMP${ending}`, comparison(row)]),
  ),
  COMISS: ordered(SINGLE, true),
  COMISD: ordered(DOUBLE, true),
  UCOMISS: ordered(SINGLE, false),
  UCOMISD: ordered(DOUBLE, false),
};
