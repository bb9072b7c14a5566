import { EXTENDED, toInteger, unpack } from '../floating-point';
import { Flag } from '../floating-point';
import type { SlowPath } from '../semantics/slow-path';
import { exactly } from './arithmetic';
import { loadWide, storeWide } from './memory';
import { pushResult } from './moves';
import { INDEFINITE, operation } from './operation';

/** FBLD and FBSTP: 18 decimal digits, two in each byte, and a sign (SDM 1 4.7). */

const BYTES = 10;
const DIGITS = 18;
const SIGN = 1n << 79n;
const TOO_LARGE = 10n ** BigInt(DIGITS);
/** What an invalid operation stores (SDM 1 table 4-11). */
const DECIMAL_INDEFINITE = 0xffffc000000000000000n;

/** Digits above 9 are not defined: each counts as what its four bits are. */
export function fromDecimal(digits: bigint): bigint {
  let value = 0n;
  for (let n = DIGITS - 1; n >= 0; n--) value = value * 10n + ((digits >> BigInt(4 * n)) & 15n);
  return exactly(value) | (digits & SIGN);
}

export function toDecimal(magnitude: bigint): bigint {
  return BigInt(`0x${magnitude.toString(10)}`);
}

const load = operation((x) => {
  const digits = loadWide(x.cpu, BYTES);
  pushResult(x, x.overflows() ? INDEFINITE : fromDecimal(digits));
});

const store = operation((x) => {
  const { stack, env } = x;
  let digits = DECIMAL_INDEFINITE;
  if (!x.underflows(0)) {
    const value = stack.get(0);
    const whole = BigInt.asIntN(64, toInteger(EXTENDED, value, 64, true, env));
    const magnitude = whole < 0n ? -whole : whole;
    if (magnitude >= TOO_LARGE) env.flags = Flag.INVALID;
    if ((env.flags & Flag.INVALID) === 0)
      digits = toDecimal(magnitude) | (unpack(EXTENDED, value).negative ? SIGN : 0n);
    else env.roundedUp = false;
  }
  if (!x.delivers) return;
  storeWide(x.cpu, BYTES, digits);
  stack.pop();
});

export const DECIMAL: Readonly<Record<string, SlowPath>> = { FBLD: load, FBSTP: store };
