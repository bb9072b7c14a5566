/**
 * IEEE 754 arithmetic as the processor does it, exact in every bit and flag.
 *
 * Values are encodings in a bigint (the low 16, 32, 64 or 80 bits), of a format: HALF, SINGLE, DOUBLE,
 * EXTENDED. An `Environment` says how to compute and gathers the exceptions:
 *
 *     const env = Environment.ofMxcsr(mxcsr);
 *     const results = elements.map(([a, b]) => add(SINGLE, a, b, env));
 *     env.settle();                    // an unmasked IE, DE, ZE: nothing else has happened
 *     // MXCSR |= env.flags (bits 5:0 of both); if (env.unmasked) #XM, and no result is written
 *
 * - add, subtract (a - b), multiply, divide (a ÷ b), root(format, a, env)
 * - fusedMultiplyAdd(format, a, b, c, env, { negateProduct, negateAddend }): of several NaNs the first
 *   of a, b, c (VFMADD132 passes operands 1, 3, 2; 213: 2, 1, 3; 231: 2, 3, 1)
 * - compare(format, a, b, env, signalling): 'less', 'equal', 'greater', 'unordered'
 * - minimum, maximum: the rules of MINSS and MAXSS
 * - convert(from, to, a, env, denormal = true): CVTSS2SD …; VCVTPH2PS passes false, and sets
 *   env.denormalsAreZeros = false; VCVTPS2PH sets env.flushToZero = false
 * - fromInteger(format, signedBigint, env), toInteger(format, a, width, signed, env, mode?)
 * - roundToIntegral(format, a, env, { mode?, inexact? }): ROUNDSS
 * - scale, extract, remainder: FSCALE, FXTRACT, FPREM, FPREM1
 *
 * `sum`, `product`, `quotient` and `relation` take values apart already (`unpack`, `widened`): operands of
 * the x87 unit that come from another format.
 *
 * In SSE the first operand is the destination's: of two NaNs the first is the result. With
 * `Environment.ofX87` the rules of the x87 unit hold for NaNs, and for results out of range.
 */
export { add, subtract, sum } from './add';
export { compare, maximum, minimum, relation, type Relation } from './compare';
export { convert, widened } from './convert';
export { Environment, Flag, PRE_COMPUTATION, Rounding, type RoundingMode } from './environment';
export { DOUBLE, EXTENDED, HALF, SINGLE, type Format } from './format';
export { fusedMultiplyAdd, type FmaSigns } from './fused-multiply-add';
export { fromInteger, roundToIntegral, toInteger, type IntegralOptions } from './integers';
export { divide, multiply, product, quotient, root } from './multiply';
export { remainder, type Remainder } from './remainder';
export { round } from './round';
export { extract, scale } from './scale';
export { isNan, operand, unpack, type Unpacked } from './unpack';
