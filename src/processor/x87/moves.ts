import { Rflags } from '../../isa/registers/flags';
import {
  convert,
  EXTENDED,
  Flag,
  type Format,
  Rounding,
  type RoundingMode,
  toInteger,
} from '../floating-point';
import type { SlowPath } from '../semantics/slow-path';
import { exactly } from './arithmetic';
import { constants } from './constants';
import { loadWide, storeWide } from './memory';
import { floatingFormat, INDEFINITE, integerWidth, operation, type Operation } from './operation';

/** Numbers between registers and memory (SDM 1 8.3.3, 8.3.4). */

const EXTENDED_BYTES = 10;

/** Pushes, where there is room and no exception forbids it. */
export function pushResult(x: Operation, value: bigint): void {
  if (x.delivers) x.stack.push(value);
}

const load = operation((x) => {
  const { cpu, stack, env } = x;
  const format = floatingFormat(cpu.instruction.memorySize);
  if (!format) {
    const source = x.register(0);
    const wrong = x.underflows(source) || x.overflows();
    pushResult(x, wrong ? INDEFINITE : stack.get(source));
    return;
  }
  const wide = format === EXTENDED;
  const bits = wide ? loadWide(cpu, EXTENDED_BYTES) : cpu.readOperand(0, format.width / 8);
  const overflow = x.overflows();
  const value = overflow ? INDEFINITE : wide ? bits : convert(format, EXTENDED, bits, env);
  // A denormal number is loaded even where that is an exception: as a number it is normal now.
  if (!env.isUnmasked(Flag.INVALID)) x.stack.push(value);
});

const loadInteger = operation((x) => {
  const { cpu } = x;
  const width = integerWidth(cpu.instruction.memorySize);
  const value = BigInt.asIntN(width, cpu.readOperand(0, width / 8));
  pushResult(x, x.overflows() ? INDEFINITE : exactly(value));
});

const loadConstant = (value: (mode: RoundingMode) => bigint): SlowPath =>
  operation((x) => {
    pushResult(x, x.overflows() ? INDEFINITE : value(x.env.rounding));
  });

/** FST and FSTP. What overflows or underflows and is not masked is not stored (SDM 1 8.5.4, 8.5.5). */
function store(pops: boolean): SlowPath {
  return operation((x) => {
    const { cpu, stack } = x;
    const format = floatingFormat(cpu.instruction.memorySize);
    if (!format) {
      const value = x.underflows(0) ? INDEFINITE : stack.get(0);
      if (!x.delivers) return;
      stack.set(x.register(0), value);
    } else {
      const value = stored(x, format);
      if (!x.delivers || x.withholds()) return;
      if (format === EXTENDED) storeWide(cpu, EXTENDED_BYTES, value);
      else cpu.writeOperand(0, format.width / 8, value);
    }
    if (pops) stack.pop();
  });
}

/** FSTPNCE, an undocumented FSTP ST(i): an empty ST(0) is popped, and that is all. */
const storeUnchecked = operation((x) => {
  const { stack } = x;
  if (!stack.isEmpty(0)) stack.set(x.register(0), stack.get(0));
  stack.pop();
});

function stored(x: Operation, format: Format): bigint {
  if (x.underflows(0)) return format.indefinite;
  const value = x.stack.get(0);
  return format === EXTENDED ? value : convert(EXTENDED, format, value, x.env, false);
}

/** FIST, FISTP, and FISTTP, which truncates. */
function storeInteger(pops: boolean, mode?: RoundingMode): SlowPath {
  return operation((x) => {
    const { cpu, stack, env } = x;
    const width = integerWidth(cpu.instruction.memorySize);
    const value = x.underflows(0)
      ? 1n << BigInt(width - 1)
      : toInteger(EXTENDED, stack.get(0), width, true, env, mode ?? env.rounding);
    if (!x.delivers) return;
    cpu.writeOperand(0, width / 8, value);
    if (pops) stack.pop();
  });
}

/** FXCH: where a register is empty it holds the indefinite before the exchange. */
const exchange = operation((x) => {
  const { stack } = x;
  const other = x.register(1);
  x.underflows(0, other);
  if (!x.delivers) return;
  const valueOf = (index: number): bigint => (stack.isEmpty(index) ? INDEFINITE : stack.get(index));
  const [first, second] = [valueOf(0), valueOf(other)];
  stack.set(0, second);
  stack.set(other, first);
});

/** FCMOVcc; an empty register is found whether the condition holds or not. */
function conditionalMove(flags: number, holds: boolean): SlowPath {
  return operation((x) => {
    const { cpu, stack } = x;
    const source = x.register(1);
    x.keepC1();
    const empty = x.underflows(0, source);
    if (!x.delivers) return;
    if (empty) stack.set(0, INDEFINITE);
    else if (((Number(cpu.state.rflags) & flags) !== 0) === holds) stack.set(0, stack.get(source));
  });
}

export const MOVES: Readonly<Record<string, SlowPath>> = {
  FLD: load,
  FILD: loadInteger,
  FST: store(false),
  FSTP: store(true),
  FSTPNCE: storeUnchecked,
  FIST: storeInteger(false),
  FISTP: storeInteger(true),
  FISTTP: storeInteger(true, Rounding.ZERO),
  FXCH: exchange,
  FCMOVB: conditionalMove(Rflags.CF, true),
  FCMOVE: conditionalMove(Rflags.ZF, true),
  FCMOVBE: conditionalMove(Rflags.CF | Rflags.ZF, true),
  FCMOVU: conditionalMove(Rflags.PF, true),
  FCMOVNB: conditionalMove(Rflags.CF, false),
  FCMOVNE: conditionalMove(Rflags.ZF, false),
  FCMOVNBE: conditionalMove(Rflags.CF | Rflags.ZF, false),
  FCMOVNU: conditionalMove(Rflags.PF, false),
  ...Object.fromEntries(
    Object.entries(constants).map(([name, value]) => [name, loadConstant(value)]),
  ),
};
