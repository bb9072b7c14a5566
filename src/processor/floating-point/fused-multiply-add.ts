import { roundSum, signOfZero } from './add';
import type { Environment } from './environment';
import { Flag } from './environment';
import type { Format } from './format';
import { invalid } from './nan';
import { infinity, isNan, operand, type Unpacked, zero } from './unpack';

/** The four variants of FMA: ±(a × b) ± c. */
export interface FmaSigns {
  readonly negateProduct: boolean;
  readonly negateAddend: boolean;
}

/**
 * a × b + c with one rounding (SDM 1 14.5.2). Of several NaNs the first is the result. A NaN as
 * addend hides that zero times infinity is invalid.
 */
export function fusedMultiplyAdd(
  format: Format,
  a: bigint,
  b: bigint,
  c: bigint,
  env: Environment,
  { negateProduct, negateAddend }: FmaSigns = { negateProduct: false, negateAddend: false },
): bigint {
  const x = operand(format, a, env);
  const y = operand(format, b, env);
  const z = operand(format, c, env);
  const nan = [x, y, z].find(isNan);
  if (nan) return firstNan(format, nan, [x, y, z], env);
  const sign = (x.negative !== y.negative) !== negateProduct;
  const signZ = z.negative !== negateAddend;
  const infinite = x.kind === 'infinity' || y.kind === 'infinity';
  const productZero = x.kind === 'zero' || y.kind === 'zero';
  if (infinite && (productZero || (z.kind === 'infinity' && sign !== signZ))) {
    return invalid(format, env);
  }
  if (x.denormal || y.denormal || z.denormal) env.raise(Flag.DENORMAL);
  if (infinite) return infinity(format, sign);
  if (z.kind === 'infinity') return infinity(format, signZ);
  if (productZero && z.kind === 'zero') return zero(format, signOfZero(sign, signZ, env));
  const product = productZero ? 0n : x.significand * y.significand;
  const addend = z.kind === 'zero' ? 0n : z.significand;
  return roundSum(
    format,
    { negative: sign, significand: product, exponent: x.exponent + y.exponent },
    { negative: signZ, significand: addend, exponent: z.exponent },
    env,
  );
}

function firstNan(
  format: Format,
  nan: Unpacked,
  operands: readonly Unpacked[],
  env: Environment,
): bigint {
  if (operands.some(({ kind }) => kind === 'signalling')) env.raise(Flag.INVALID);
  return nan.bits | format.quietBit;
}
