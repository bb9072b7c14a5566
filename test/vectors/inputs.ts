/** The inputs of the recorded vectors: made from a number, so that only results need to be kept. */

export const DATA_ADDRESS = 0x20008000n;
export const MEMORY_SIZE = 64;

/** A small generator of pseudo-random 32-bit numbers (mulberry32). */
export function random(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let t = state;
    t = Math.imul(t ^ (t >>> 15), t | 1);
    t ^= t + Math.imul(t ^ (t >>> 7), t | 61);
    return (t ^ (t >>> 14)) >>> 0;
  };
}

export interface VectorInput {
  readonly registers: bigint[];
  readonly flags: bigint;
  readonly memory: Uint8Array;
}

const EDGES = [
  0n,
  1n,
  0x7fn,
  0x80n,
  0xffn,
  0x7fffn,
  0x8000n,
  0xffffn,
  0x7fffffffn,
  0x80000000n,
  0xffffffffn,
  0x7fffffffffffffffn,
  0x8000000000000000n,
  0xffffffffffffffffn,
];

/** Registers: edge values and random ones; RBX, RSI, RDI, RBP and RSP point into the memory. */
export function vectorInput(number: number): VectorInput {
  const next = random(number * 7919 + 1);
  const wide = (): bigint => (BigInt(next()) << 32n) | BigInt(next());
  const registers = Array.from({ length: 16 }, () => {
    const choice = next() % 4;
    if (choice === 0) return EDGES[next() % EDGES.length] ?? 0n;
    return choice === 1 ? BigInt(next() % 256) : wide();
  });
  for (const pointer of [3, 4, 5, 6, 7])
    registers[pointer] = DATA_ADDRESS + BigInt(16 + (next() % 24));
  const flags = 0x202n | (BigInt(next()) & 0x8d5n);
  const memory = Uint8Array.from({ length: MEMORY_SIZE }, () => next() & 0xff);
  return { registers, flags, memory };
}
