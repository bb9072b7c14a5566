import { Rflags } from '../../isa/registers/flags';
import { State, wordOf } from './layout';

/** The six status flags between RFLAGS and the lazy encoding that semantics/flags.ts documents. */

const RESULT = wordOf(State.FLAG_RESULT);
const SIGN = wordOf(State.FLAG_SIGN);
const A = wordOf(State.CARRY_A);
const B = wordOf(State.CARRY_B);
const C = wordOf(State.CARRY_C);
const HIGH = 1;
const TOP = 0x80000000;

/** Of each number of 4 bits: whether an odd count of them is set. */
const ODD_NIBBLES = 0x6996;

/** The status flags at their places in RFLAGS. */
export function readStatusFlags(words: Int32Array): number {
  const low = (words[SIGN] ?? 0) & 0xff;
  const odd = (ODD_NIBBLES >> ((low ^ (low >> 4)) & 15)) & 1;
  const a = words[A + HIGH] ?? 0;
  const b = words[B + HIGH] ?? 0;
  const c = words[C + HIGH] ?? 0;
  const carry = (a & b) | ((a | b) & ~c);
  const overflow = (a ^ c) & (b ^ c);
  const adjust = (words[A] ?? 0) ^ (words[B] ?? 0) ^ (words[C] ?? 0);
  const zero = ((words[RESULT] ?? 0) | (words[RESULT + HIGH] ?? 0)) === 0;
  return (
    (carry < 0 ? Rflags.CF : 0) |
    (odd ? 0 : Rflags.PF) |
    (adjust & Rflags.AF) |
    (zero ? Rflags.ZF : 0) |
    ((words[SIGN + HIGH] ?? 0) < 0 ? Rflags.SF : 0) |
    (overflow < 0 ? Rflags.OF : 0)
  );
}

/** Sets them as they stand in a value of RFLAGS. */
export function writeStatusFlags(words: Int32Array, flags: number): void {
  const carry = flags & Rflags.CF ? TOP : 0;
  const overflow = flags & Rflags.OF ? TOP : 0;
  words[RESULT] = flags & Rflags.ZF ? 0 : 1;
  words[RESULT + HIGH] = 0;
  words[SIGN] = flags & Rflags.PF ? 0 : 1;
  words[SIGN + HIGH] = flags & Rflags.SF ? TOP : 0;
  words[A] = words[B] = 0;
  words[A + HIGH] = words[B + HIGH] = carry;
  words[C] = flags & Rflags.AF;
  words[C + HIGH] = carry ^ overflow;
}
