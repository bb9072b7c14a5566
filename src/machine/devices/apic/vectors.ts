/** 256 bits, one for each vector, as the local APIC keeps them: IRR, ISR and TMR (SDM 3A 11.8.4). */

export type VectorSet = number[];

export const noVectors = (): VectorSet => new Array<number>(8).fill(0);

const bit = (vector: number): number => 1 << (vector & 31);

export const has = (set: VectorSet, vector: number): boolean =>
  ((set[vector >> 5] ?? 0) & bit(vector)) !== 0;

export function add(set: VectorSet, vector: number): void {
  set[vector >> 5] = ((set[vector >> 5] ?? 0) | bit(vector)) >>> 0;
}

export function remove(set: VectorSet, vector: number): void {
  set[vector >> 5] = ((set[vector >> 5] ?? 0) & ~bit(vector)) >>> 0;
}

/** The vector of the highest priority: the largest number. */
export function highest(set: VectorSet): number | undefined {
  for (let word = 7; word >= 0; word--) {
    const bits = set[word] ?? 0;
    if (bits !== 0) return word * 32 + 31 - Math.clz32(bits);
  }
  return undefined;
}
