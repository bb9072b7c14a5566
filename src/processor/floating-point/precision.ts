import type { Environment } from './environment';
import type { Format } from './format';

/**
 * Bits of the significand of a result. Precision control acts on sums, products, quotients and square
 * roots in the registers of the x87 unit, and on nothing else (SDM 1 8.1.5.2).
 */
export function precisionOf(format: Format, env: Environment): number {
  return format.explicit ? env.precision : format.precision;
}
