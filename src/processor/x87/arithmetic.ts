import {
  Environment,
  EXTENDED,
  extract,
  fromInteger,
  product,
  quotient,
  remainder,
  root,
  roundToIntegral,
  scale,
  sum,
  unpack,
  type Unpacked,
  widened,
} from '../floating-point';
import { X87Status } from '../../isa/registers/floating-point';
import type { SlowPath } from '../semantics/slow-path';
import { floatingFormat, INDEFINITE, integerWidth, operation, type Operation } from './operation';

/** Basic arithmetic (SDM 1 8.3.5), and the instructions that take a number apart. */

type Combine = (a: Unpacked, b: Unpacked, env: Environment) => bigint;

const plus: Combine = (a, b, env) => sum(EXTENDED, a, b, false, env);
const minus: Combine = (a, b, env) => sum(EXTENDED, a, b, true, env);
const times: Combine = (a, b, env) => product(EXTENDED, a, b, env);
const over: Combine = (a, b, env) => quotient(EXTENDED, a, b, env);
const reversed =
  (combine: Combine): Combine =>
  (a, b, env) =>
    combine(b, a, env);

/** The memory operand, as the unit takes it. */
export function memoryOperand({ cpu }: Operation): Unpacked {
  const { memorySize } = cpu.instruction;
  const format = floatingFormat(memorySize);
  if (format) return widened(format, EXTENDED, cpu.readOperand(0, format.width / 8));
  const width = integerWidth(memorySize);
  return wholeOperand(BigInt.asIntN(width, cpu.readOperand(0, width / 8)));
}

function wholeOperand(value: bigint): Unpacked {
  return unpack(EXTENDED, exactly(value));
}

/** Whole numbers of up to 64 bits have an exact encoding. */
export function exactly(value: bigint): bigint {
  return fromInteger(EXTENDED, value, new Environment());
}

/** FADD and its kin: the first operand becomes what it is combined with the second. */
function arithmetic(combine: Combine, pops = false): SlowPath {
  return operation((x) => {
    const { stack, env } = x;
    const memory = x.hasMemory ? memoryOperand(x) : undefined;
    const destination = memory ? 0 : x.register(0);
    const source = x.register(1);
    const empty = memory ? x.underflows(0) : x.underflows(destination, source);
    const result = empty
      ? INDEFINITE
      : combine(
          unpack(EXTENDED, stack.get(destination)),
          memory ?? unpack(EXTENDED, stack.get(source)),
          env,
        );
    if (!x.delivers) return;
    stack.set(destination, result);
    if (pops) stack.pop();
  });
}

/** An operation on ST(0). */
function unary(compute: (value: bigint, x: Operation) => bigint): SlowPath {
  return operation((x) => {
    const result = x.underflows(0) ? INDEFINITE : compute(x.stack.get(0), x);
    if (x.delivers) x.stack.set(0, result);
  });
}

/** An operation on ST(0) by ST(1). */
function byNext(compute: (a: bigint, b: bigint, x: Operation) => bigint): SlowPath {
  return operation((x) => {
    const { stack } = x;
    const result = x.underflows(0, 1) ? INDEFINITE : compute(stack.get(0), stack.get(1), x);
    if (x.delivers) stack.set(0, result);
  });
}

/**
 * FPREM and FPREM1: C0, C3 and C1 are bits 2 to 0 of the quotient, C2 tells that it goes on. Without a
 * quotient C0 and C3 stay.
 */
function partialRemainder(nearest: boolean): SlowPath {
  return operation((x) => {
    const { stack, env } = x;
    x.setConditions(stack.status & ~C2);
    let result = INDEFINITE;
    if (!x.underflows(0, 1)) {
      const found = remainder(EXTENDED, stack.get(0), stack.get(1), env, nearest);
      ({ result } = found);
      if (found.quotient !== undefined && x.delivers) {
        x.setConditions(quotientBits(found.quotient) | (found.partial ? C2 : 0));
        x.setC1((found.quotient & 1) !== 0);
      }
    }
    if (x.delivers) stack.set(0, result);
  });
}

const { C0, C2, C3 } = X87Status;
const quotientBits = (quotient: number): number =>
  (quotient & 4 ? C0 : 0) | (quotient & 2 ? C3 : 0);

/** FXTRACT: the exponent replaces the number, and the significand is pushed. */
const takeApart = operation((x) => {
  const { stack, env } = x;
  const wrong = x.underflows(0) || x.overflows();
  const { exponent, significand } = wrong
    ? { exponent: INDEFINITE, significand: INDEFINITE }
    : extract(EXTENDED, stack.get(0), env);
  if (!x.delivers) return;
  stack.set(0, exponent);
  stack.push(significand);
});

export const ARITHMETIC: Readonly<Record<string, SlowPath>> = {
  FADD: arithmetic(plus),
  FADDP: arithmetic(plus, true),
  FIADD: arithmetic(plus),
  FSUB: arithmetic(minus),
  FSUBP: arithmetic(minus, true),
  FISUB: arithmetic(minus),
  FSUBR: arithmetic(reversed(minus)),
  FSUBRP: arithmetic(reversed(minus), true),
  FISUBR: arithmetic(reversed(minus)),
  FMUL: arithmetic(times),
  FMULP: arithmetic(times, true),
  FIMUL: arithmetic(times),
  FDIV: arithmetic(over),
  FDIVP: arithmetic(over, true),
  FIDIV: arithmetic(over),
  FDIVR: arithmetic(reversed(over)),
  FDIVRP: arithmetic(reversed(over), true),
  FIDIVR: arithmetic(reversed(over)),
  FSQRT: unary((value, { env }) => root(EXTENDED, value, env)),
  FABS: unary((value) => value & ~EXTENDED.sign),
  FCHS: unary((value) => value ^ EXTENDED.sign),
  FRNDINT: unary((value, { env }) => roundToIntegral(EXTENDED, value, env, { denormal: true })),
  FSCALE: byNext((a, b, { env }) => scale(EXTENDED, a, b, env)),
  FPREM: partialRemainder(false),
  FPREM1: partialRemainder(true),
  FXTRACT: takeApart,
};
