import { Decoder, DecoderOptions, Formatter, FormatterSyntax } from 'iced-x86';

/**
 * What a fetch gives, as the one value that an operation gives: up to 15 bytes from the lowest 8 bits up, how many there
 * are in bits 127:120, RIP in bits 191:128, and above it for how many bits they are to be decoded.
 */
export interface Fetched {
  readonly bytes: Uint8Array;
  readonly rip: bigint;
  readonly bits: 16 | 32 | 64;
}

const words = new BigUint64Array(2);
const octets = new Uint8Array(words.buffer);
const COUNT = 15;
/** Where the count of bits begins, already moved to its place. */
const BITS = { 16: 16n << 192n, 32: 32n << 192n, 64: 64n << 192n } as const;

export function packFetched({ bytes, rip, bits }: Fetched): bigint {
  octets.fill(0);
  octets.set(bytes);
  octets[COUNT] = bytes.length;
  return BITS[bits] | (rip << 128n) | ((words[1] ?? 0n) << 64n) | (words[0] ?? 0n);
}

export function unpackFetched(fetched: bigint): Fetched {
  words[0] = fetched; // its low 64 bits
  words[1] = fetched >> 64n;
  const bytes = octets.slice(0, octets[COUNT]);
  const rip = BigInt.asUintN(64, fetched >> 128n);
  return { bytes, rip, bits: Number(fetched >> 192n) as 16 | 32 | 64 };
}

/** The instruction as people write it, with its bytes: '0f a2 cpuid'. Made when somebody looks. */
export function fetchedText(fetched: bigint): string {
  const { bytes, rip, bits } = unpackFetched(fetched);
  const decoder = new Decoder(bits, bytes, DecoderOptions.None);
  decoder.ip = rip;
  const instruction = decoder.decode();
  const formatter = new Formatter(FormatterSyntax.Nasm);
  formatter.hexPrefix = '0x';
  formatter.hexSuffix = '';
  formatter.uppercaseHex = false;
  formatter.spaceAfterOperandSeparator = true;
  const text = instruction.length > 0 ? formatter.format(instruction) : '(bad)';
  const own = bytes.subarray(0, Math.max(1, instruction.length));
  instruction.free();
  formatter.free();
  decoder.free();
  return `${Array.from(own, (byte) => byte.toString(16).padStart(2, '0')).join(' ')}  ${text}`;
}
