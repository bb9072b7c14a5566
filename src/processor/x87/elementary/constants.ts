import { artanh } from './series';

/** π and ln 2, to as many places as any function here asks for. */

const PLACES = 640;
const GUARD = 32;

function computed(compute: (places: number) => bigint): (places: number) => bigint {
  let value: bigint | undefined;
  return (places) => {
    value ??= compute(PLACES + GUARD);
    return value >> BigInt(PLACES + GUARD - places);
  };
}

/** arctan 1/n. */
function arctanOfInverse(n: bigint, places: number): bigint {
  let power = (1n << BigInt(places)) / n;
  let sum = power;
  for (let k = 3n, sign = -1n; power !== 0n; k += 2n, sign = -sign) {
    power /= n * n;
    sum += (sign * power) / k;
  }
  return sum;
}

/** Machin's formula. */
export const pi = computed(
  (places) => 16n * arctanOfInverse(5n, places) - 4n * arctanOfInverse(239n, places),
);

export const logarithmOf2 = computed((places) => 2n * artanh((1n << BigInt(places)) / 3n, places));
