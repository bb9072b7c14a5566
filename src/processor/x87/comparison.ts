import { X87Status } from '../../isa/registers/floating-point';
import { Rflags } from '../../isa/registers/flags';
import { EXTENDED, type Relation, relation, unpack, type Unpacked } from '../floating-point';
import type { SlowPath } from '../semantics/slow-path';
import { memoryOperand } from './arithmetic';
import { operation, type Operation } from './operation';

/** Comparisons (SDM 1 8.3.6), and FXAM. */

const { C0, C2, C3 } = X87Status;
const ZERO = unpack(EXTENDED, 0n);

/** SDM 2A table 3-22 (FCOM), and the flags that FCOMI sets instead. */
const CONDITION_CODES: Readonly<Record<Relation, number>> = {
  greater: 0,
  less: C0,
  equal: C3,
  unordered: C0 | C2 | C3,
};
const STATUS_FLAGS: Readonly<Record<Relation, number>> = {
  greater: 0,
  less: Rflags.CF,
  equal: Rflags.ZF,
  unordered: Rflags.ZF | Rflags.PF | Rflags.CF,
};

type Tell = (x: Operation, relation: Relation) => void;

const byConditions: Tell = (x, found) => {
  if (x.tellsRelation) x.setConditions(CONDITION_CODES[found]);
};
const byFlags: Tell = (x, found) => {
  if (x.tellsRelation) x.cpu.state.setStatusFlags(STATUS_FLAGS[found]);
};

/** Compares ST(0) with a register or a memory operand; what is unordered may be invalid, too. */
function comparison(signalling: boolean, pops: 0 | 1 | 2, tell: Tell = byConditions): SlowPath {
  return operation((x) => {
    const memory = x.hasMemory ? memoryOperand(x) : undefined;
    // FCOMPP and FUCOMPP name no operand: they compare with ST(1).
    const other = pops === 2 ? 1 : x.register(1);
    const empty = memory ? x.underflows(0) : x.underflows(0, other);
    tell(
      x,
      empty
        ? 'unordered'
        : relationOf(x, memory ?? unpack(EXTENDED, x.stack.get(other)), signalling),
    );
    if (!x.delivers) return;
    for (let n = 0; n < pops; n++) x.stack.pop();
  });
}

function relationOf(x: Operation, other: Unpacked, signalling: boolean): Relation {
  return relation(EXTENDED, unpack(EXTENDED, x.stack.get(0)), other, x.env, signalling);
}

const test = operation((x) => {
  byConditions(x, x.underflows(0) ? 'unordered' : relationOf(x, ZERO, true));
});

/** SDM 2A table 3-39. */
const CLASSES = {
  unsupported: 0,
  quiet: C0,
  signalling: C0,
  finite: C2,
  infinity: C2 | C0,
  zero: C3,
} as const;
const EMPTY_CLASS = C3 | C0;
const DENORMAL_CLASS = C3 | C2;

const examine = operation((x) => {
  const value = unpack(EXTENDED, x.stack.get(0));
  const found = value.denormal ? DENORMAL_CLASS : CLASSES[value.kind];
  x.setConditions(x.stack.isEmpty(0) ? EMPTY_CLASS : found);
  x.setC1(value.negative);
});

export const COMPARISONS: Readonly<Record<string, SlowPath>> = {
  FCOM: comparison(true, 0),
  FCOMP: comparison(true, 1),
  FCOMPP: comparison(true, 2),
  FICOM: comparison(true, 0),
  FICOMP: comparison(true, 1),
  FUCOM: comparison(false, 0),
  FUCOMP: comparison(false, 1),
  FUCOMPP: comparison(false, 2),
  FCOMI: comparison(true, 0, byFlags),
  FCOMIP: comparison(true, 1, byFlags),
  FUCOMI: comparison(false, 0, byFlags),
  FUCOMIP: comparison(false, 1, byFlags),
  FTST: test,
  FXAM: examine,
};
