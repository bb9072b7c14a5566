import { Decoder, DecoderOptions, RflagsBits } from 'iced-x86';
import { Image, STATES } from './states';

/** What an instruction did to the user-mode state, as one number for many states. */

/** States in which each encoding is executed: with six encodings of an instruction, a thousand cases. */
export const CASES = 170;
/** Of these, so many have a digest of their own, for a quick look. */
export const FEW = 6;

/** The number of the state of an encoding's case. */
export const stateOf = (encoding: number, index: number): number =>
  (encoding * 131 + index * 7) % STATES;

export interface Outcome {
  /** How it ended: done, or by an exception. */
  readonly end: 'done' | 'divide' | 'undefined' | 'protection';
  readonly registers: BigUint64Array;
  readonly flags: bigint;
  readonly memory: Uint8Array;
  readonly image: Uint8Array;
}

const STATUS = 0xcd5n;

/** Flags that the instruction leaves undefined, as bits of RFLAGS (SDM 1 appendix A). */
export function undefinedFlags(code: Uint8Array): bigint {
  const decoder = new Decoder(64, code, DecoderOptions.None);
  const instruction = decoder.decode();
  const bits = instruction.rflagsUndefined;
  instruction.free();
  decoder.free();
  const names = [
    [RflagsBits.CF, 1n],
    [RflagsBits.PF, 4n],
    [RflagsBits.AF, 16n],
    [RflagsBits.ZF, 64n],
    [RflagsBits.SF, 128n],
    [RflagsBits.OF, 2048n],
  ] as const;
  return names.reduce((mask, [bit, flag]) => (bits & bit ? mask | flag : mask), 0n);
}

/** The parts of an image that are compared: no pointers to the last x87 instruction, no reserved bytes. */
export const COMPARED: readonly (readonly [string, start: number, length: number])[] = [
  ['FCW', Image.FCW, 2],
  ['FSW', Image.FSW, 2],
  ['FTW', Image.FTW, 1],
  ['MXCSR', Image.MXCSR, 4],
  ...Array.from({ length: 8 }, (_, n) => [`ST${String(n)}`, Image.ST + 16 * n, 10] as const),
  ['XMM', Image.XMM, 256],
  ['YMM_HIGH', Image.YMM_HIGH, 256],
];

/** A running hash of 32 bits (FNV-1a). */
export class Digest {
  private hash = 0x811c9dc5;

  byte(value: number): void {
    this.hash = Math.imul(this.hash ^ (value & 0xff), 0x01000193) >>> 0;
  }

  bytes(values: Uint8Array): void {
    for (const value of values) this.byte(value);
  }

  /** @param ignored flags that are not compared */
  outcome(outcome: Outcome, ignored: bigint): void {
    this.byte(outcome.end.charCodeAt(0));
    if (outcome.end !== 'done') return;
    const { registers } = outcome;
    this.bytes(new Uint8Array(registers.buffer, registers.byteOffset, registers.byteLength));
    const flags = Number(outcome.flags & STATUS & ~ignored);
    this.byte(flags);
    this.byte(flags >> 8);
    this.bytes(outcome.memory);
    for (const [, start, length] of COMPARED) {
      this.bytes(outcome.image.subarray(start, start + length));
    }
  }

  toString(): string {
    return this.hash.toString(16).padStart(8, '0');
  }
}

/** How two outcomes differ, for people; undefined where they do not. */
export function difference(found: Outcome, expected: Outcome, ignored: bigint): string | undefined {
  if (found.end !== expected.end) return `${found.end} instead of ${expected.end}`;
  if (found.end !== 'done') return undefined;
  const parts: string[] = [];
  found.registers.forEach((value, n) => {
    const right = expected.registers[n] ?? 0n;
    if (value !== right) {
      parts.push(`register ${String(n)} ${value.toString(16)} instead of ${right.toString(16)}`);
    }
  });
  const flags = (found.flags ^ expected.flags) & STATUS & ~ignored;
  if (flags) parts.push(`flags ${found.flags.toString(16)}, ${flags.toString(16)} are wrong`);
  const hex = (bytes: Uint8Array): string => Buffer.from(bytes).reverse().toString('hex');
  if (hex(found.memory) !== hex(expected.memory)) {
    parts.push(`memory ${hex(found.memory)}\n      instead of ${hex(expected.memory)}`);
  }
  for (const [name, start, length] of COMPARED) {
    for (let at = start; at < start + length; at += 16) {
      const size = Math.min(16, start + length - at);
      const [a, b] = [found, expected].map((o) => hex(o.image.subarray(at, at + size)));
      if (a === b) continue;
      const which = length > 16 ? String((at - start) / 16) : '';
      parts.push(`${name}${which} ${a ?? ''} instead of ${b ?? ''}`);
    }
  }
  return parts.length > 0 ? parts.join('\n    ') : undefined;
}
