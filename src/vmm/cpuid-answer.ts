import type { CpuidResult, Place } from '../processor/system/cpuid';

export type { CpuidResult, Place };
export { hypervisorLeaf, withPlace } from '../processor/system/cpuid';

/**
 * What CPUID answers, as the one value that an operation gives: EAX, EBX, ECX, EDX from the lowest 32
 * bits up. (By an array that is seen both ways: shifts of a BigInt for each register would cost more
 * than CPUID itself.)
 */
const words = new Uint32Array(4);
const halves = new BigUint64Array(words.buffer);

export function packAnswer({ eax, ebx, ecx, edx }: CpuidResult): bigint {
  words[0] = eax;
  words[1] = ebx;
  words[2] = ecx;
  words[3] = edx;
  return ((halves[1] ?? 0n) << 64n) | (halves[0] ?? 0n);
}

export function unpackAnswer(answer: bigint): CpuidResult {
  halves[0] = answer; // its low 64 bits
  halves[1] = answer >> 64n;
  return { eax: words[0] ?? 0, ebx: words[1] ?? 0, ecx: words[2] ?? 0, edx: words[3] ?? 0 };
}
