import { Decoder, DecoderOptions, Formatter, FormatterSyntax } from 'iced-x86';

/**
 * What a fetch gives, as the one value that an operation gives: up to 15 bytes from the lowest 8 bits up, how many there
 * are in bits 127:120, and above them for how many bits they are to be decoded.
 */
export interface Fetched {
  readonly bytes: Uint8Array;
  readonly bits: 16 | 32 | 64;
}

const words = new BigUint64Array(2);
const octets = new Uint8Array(words.buffer);
const COUNT = 15;
/** Where the count of bits begins, already moved to its place. */
const BITS = { 16: 16n << 128n, 32: 32n << 128n, 64: 64n << 128n } as const;

export function packFetched(bytes: Uint8Array, bits: 16 | 32 | 64): bigint {
  octets.fill(0);
  octets.set(bytes);
  octets[COUNT] = bytes.length;
  return BITS[bits] | ((words[1] ?? 0n) << 64n) | (words[0] ?? 0n);
}

export function unpackFetched(fetched: bigint): Fetched {
  words[0] = fetched; // its low 64 bits
  words[1] = fetched >> 64n;
  const bytes = octets.slice(0, octets[COUNT]);
  return { bytes, bits: Number(fetched >> 128n) as 16 | 32 | 64 };
}

/** How many bytes have been fetched. */
export const fetchedCount = (fetched: bigint): bigint => (fetched >> 120n) & 0xffn;

/** The instruction as people write it, with its bytes: '0f a2 cpuid'. Made when somebody looks. */
export function fetchedText(fetched: bigint): string {
  const { bytes, bits } = unpackFetched(fetched);
  const decoder = new Decoder(bits, bytes, DecoderOptions.None);
  const instruction = decoder.decode();
  const formatter = new Formatter(FormatterSyntax.Nasm);
  const text = instruction.length > 0 ? formatter.format(instruction) : '(bad)';
  const own = bytes.subarray(0, Math.max(1, instruction.length));
  instruction.free();
  formatter.free();
  decoder.free();
  return `${Array.from(own, (byte) => byte.toString(16).padStart(2, '0')).join(' ')}  ${text}`;
}
