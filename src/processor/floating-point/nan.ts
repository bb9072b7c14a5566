import { type Environment, Flag } from './environment';
import type { Format } from './format';
import { isNan, type Unpacked } from './unpack';

/** Results that are NaNs (SDM 1 4.8.3.4 to 4.8.3.7, table 4-7). */

/** The masked response to an invalid operation. */
export function invalid(format: Format, env: Environment): bigint {
  env.raise(Flag.INVALID);
  return format.indefinite;
}

/** The result of an operation on one NaN. */
export function quieted(format: Format, value: Unpacked, env: Environment): bigint {
  if (value.kind === 'unsupported') return invalid(format, env);
  if (value.kind === 'signalling') env.raise(Flag.INVALID);
  return value.bits | format.quietBit;
}

/** The result of an operation of which at least one operand is a NaN. */
export function propagated(format: Format, a: Unpacked, b: Unpacked, env: Environment): bigint {
  if (a.kind === 'unsupported' || b.kind === 'unsupported') return invalid(format, env);
  if (a.kind === 'signalling' || b.kind === 'signalling') env.raise(Flag.INVALID);
  const chosen = env.x87 ? x87Choice(a, b) : isNan(a) ? a : b;
  return chosen.bits | format.quietBit;
}

/** A quiet NaN goes before a signalling one, then the larger significand, then the positive one. */
function x87Choice(a: Unpacked, b: Unpacked): Unpacked {
  if (!isNan(b)) return a;
  if (!isNan(a)) return b;
  if (a.kind !== b.kind) return a.kind === 'quiet' ? a : b;
  if (a.significand !== b.significand) return a.significand > b.significand ? a : b;
  return a.negative ? b : a;
}
