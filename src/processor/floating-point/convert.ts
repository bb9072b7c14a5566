import { Environment } from './environment';
import type { Format } from './format';
import { invalid, quieted } from './nan';
import { round } from './round';
import { infinity, isNan, noteDenormals, operand, unpack, type Unpacked, zero } from './unpack';

/**
 * A number of one format as one of another. NaNs keep the upper bits of their significand.
 *
 * @param denormal whether a denormal operand is an exception: it is none for FST, VCVTPH2PS
 */
export function convert(
  from: Format,
  to: Format,
  a: bigint,
  env: Environment,
  denormal = true,
): bigint {
  const value = operand(from, a, env);
  if (value.kind === 'unsupported') return invalid(to, env);
  if (isNan(value)) return convertNan(from, to, quieted(from, value, env));
  if (value.kind === 'zero') return zero(to, value.negative);
  if (value.kind === 'infinity') return infinity(to, value.negative);
  if (denormal) noteDenormals(env, value);
  return round(to, value.negative, value.significand, value.exponent, env);
}

/**
 * A number in memory as the x87 unit takes it for an operand: exact, and still denormal or signalling if
 * it is so in its own format.
 */
export function widened(from: Format, to: Format, a: bigint): Unpacked {
  const value = unpack(from, a);
  if (isNan(value)) {
    const bits = convertNan(from, to, a);
    return { ...value, bits, significand: bits & to.fraction };
  }
  return { ...value, bits: convert(from, to, a, new Environment(), false) };
}

function convertNan(from: Format, to: Format, bits: bigint): bigint {
  const payload = bits & (from.integerBit - 1n);
  const wider = to.precision - from.precision;
  const moved = wider >= 0 ? payload << BigInt(wider) : payload >> BigInt(-wider);
  return infinity(to, (bits & from.sign) !== 0n) | moved;
}
