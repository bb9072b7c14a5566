import type { SlowPath } from '../semantics/slow-path';
import { byHalves, bytesOf, fromBytes, isVex, readVector, toBytes, writeVector } from './operands';

/** AESENC, AESENCLAST, AESDEC, AESDECLAST, AESIMC, AESKEYGENASSIST (SDM 2A; FIPS 197). */

/** Multiplication in GF(2^8) by x, modulo x^8 + x^4 + x^3 + x + 1. */
const timesX = (a: number): number => ((a << 1) ^ (a & 0x80 ? 0x11b : 0)) & 0xff;

function product(a: number, b: number): number {
  let result = 0;
  for (let power = a, rest = b; rest !== 0; power = timesX(power), rest >>= 1) {
    if (rest & 1) result ^= power;
  }
  return result;
}

/** The inverse in the field, rotated copies of it added, and a constant (FIPS 197 5.1.1). */
const SUBSTITUTION = Uint8Array.from({ length: 256 }, (_, a) => {
  let inverse = 0;
  for (let b = 1; b < 256 && inverse === 0; b++) if (product(a, b) === 1) inverse = b;
  let sum = inverse ^ 0x63;
  for (let turn = 1; turn <= 4; turn++) sum ^= ((inverse << turn) | (inverse >> (8 - turn))) & 0xff;
  return sum;
});

const INVERSE_SUBSTITUTION = Uint8Array.from({ length: 256 }, (_, a) => SUBSTITUTION.indexOf(a));

/** Row r of the state turns by r places: to the left, or back. */
function shiftRows(state: Uint8Array, direction: 1 | -1): Uint8Array {
  return state.map((_, n) => state[(n + 16 + direction * 4 * (n % 4)) % 16] ?? 0);
}

/** Each column of four bytes by a polynomial, the factors of its first row given. */
function mixColumns(state: Uint8Array, factors: readonly number[]): Uint8Array {
  return state.map((_, n) => {
    const column = n - (n % 4);
    let sum = 0;
    for (let r = 0; r < 4; r++) {
      sum ^= product(state[column + r] ?? 0, factors[(r - (n % 4) + 4) % 4] ?? 0);
    }
    return sum;
  });
}

const FORWARD = [2, 3, 1, 1];
const BACKWARD = [14, 11, 13, 9];

const substitute = (state: Uint8Array, box: Uint8Array): Uint8Array =>
  state.map((byte) => box[byte] ?? 0);

type Round = (state: Uint8Array) => Uint8Array;
const encryptLast: Round = (state) => substitute(shiftRows(state, 1), SUBSTITUTION);
const decryptLast: Round = (state) => substitute(shiftRows(state, -1), INVERSE_SUBSTITUTION);
const encrypt: Round = (state) => mixColumns(encryptLast(state), FORWARD);
const decrypt: Round = (state) => mixColumns(decryptLast(state), BACKWARD);

/** One round on each 128 bits of the first source, then the round key added. */
const round =
  (transform: Round): SlowPath =>
  (cpu) => {
    const first = isVex(cpu) ? 1 : 0;
    const bytes = bytesOf(cpu, 0);
    const key = readVector(cpu, first + 1, bytes);
    const state = readVector(cpu, first, bytes);
    const result = byHalves(bytes, state, key, (s, k) => fromBytes(transform(toBytes(s, 16))) ^ k);
    writeVector(cpu, 0, bytes, result);
    return 'continue';
  };

export const aesEncrypt = round(encrypt);
export const aesEncryptLast = round(encryptLast);
export const aesDecrypt = round(decrypt);
export const aesDecryptLast = round(decryptLast);

export const aesInverseMixColumns: SlowPath = (cpu) => {
  const key = toBytes(readVector(cpu, 1, 16), 16);
  writeVector(cpu, 0, 16, fromBytes(mixColumns(key, BACKWARD)));
  return 'continue';
};

/** From the words 1 and 3 of the source: substituted, and turned by a byte with the round constant. */
export const aesKeyGenerationAssist: SlowPath = (cpu) => {
  const source = readVector(cpu, 1, 16);
  const constant = cpu.readOperand(2, 1);
  const words = [1, 3].flatMap((n) => {
    const bytes = toBytes(source >> BigInt(32 * n), 4);
    const word = fromBytes(substitute(bytes, SUBSTITUTION));
    const turned = ((word >> 8n) | (word << 24n)) & 0xffffffffn;
    return [word, turned ^ constant];
  });
  const result = words.reduce((all, word, n) => all | (word << BigInt(32 * n)), 0n);
  writeVector(cpu, 0, 16, result);
  return 'continue';
};
