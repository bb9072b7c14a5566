import { Code, CodeExt, CpuidFeature, Instruction, MemorySize, Mnemonic } from 'iced-x86';
import {
  floatingNeighbour,
  floatingValue,
  type Random,
  randomBits,
  wholeValue,
} from '../../../test/vectors/floating-values';
import { random } from '../../../test/vectors/random';
import {
  IMAGE_SIZE,
  UNIT_MEMORY_SIZE,
  type UnitCase,
  type UnitResult,
} from '../../../test/vectors/units';
import { convert, Environment, EXTENDED } from '../floating-point';
import { floatingFormat } from './operation';

/** Cases of each x87 instruction for which a real processor's results are recorded. Inputs are made from a seed. */

export const CASES_PER_FORM = 1000;

/** Where FXSAVE has its fields (SDM 1 table 10-2). */
export const Image = { FCW: 0, FSW: 2, TAGS: 4, ST: 32 } as const;

export interface X87Form {
  readonly name: string;
  readonly mnemonic: string;
  readonly code: Code;
  /** With i as 0, where the last byte names ST(i). */
  readonly bytes: readonly number[];
  readonly hasIndex: boolean;
  readonly memorySize: MemorySize;
}

/** All encodings that iced-x86 knows for the unit, but for those that are a WAIT and another instruction. */
export function x87Forms(): X87Form[] {
  const forms: X87Form[] = [];
  const instruction = new Instruction();
  for (let code: Code = 1; Code[code] !== undefined; code++) {
    instruction.code = code;
    const features = [...instruction.cpuidFeatures()].map((each) => CpuidFeature[each]);
    const info = CodeExt.opCode(code);
    const opcode = info.opCodeString;
    const ordinary = info.decoderOption === 0 && !opcode.startsWith('9B');
    const isX87 = features.some((name) => name?.startsWith('FPU'));
    if (isX87 && ordinary && /^D[8-F]|^o/.test(opcode)) {
      forms.push({
        name: Code[code] ?? '',
        mnemonic: (Mnemonic[info.mnemonic] ?? '').toUpperCase(),
        code,
        bytes: encoded(opcode),
        hasIndex: opcode.endsWith('+i'),
        memorySize: info.memorySize,
      });
    }
    info.free();
  }
  instruction.free();
  return forms;
}

const RBX = 3;

/** The bytes of 'D8 /0' (with [RBX]), 'D8 C0+i', 'D9 D0' or 'o16 D9 /4'. */
function encoded(opcode: string): number[] {
  return opcode.split(' ').flatMap((word) => {
    if (word === 'o16') return [0x66];
    if (word === 'o32') return [];
    if (word.startsWith('/')) return [(Number(word.slice(1)) << 3) | RBX];
    return [parseInt(word, 16)];
  });
}

const ROUNDINGS = 0xc00;
const PRECISIONS = [0, 0x200, 0x300, 0x300] as const;
const MASKS = 0x3f;

function controlWord(next: Random): number {
  const masks = next() % 3 === 0 ? next() & MASKS : MASKS;
  return 0x40 | masks | (next() & ROUNDINGS) | (PRECISIONS[next() % 4] ?? 0);
}

/** Conditions, TOP, and flags that are masked, so that nothing is pending. */
function statusWord(next: Random, control: number): number {
  const flags = next() % 4 === 0 ? next() & control & MASKS : 0;
  const fault = flags & 1 ? next() & 0x40 : 0;
  return flags | fault | (next() & 0x7f00);
}

/** Mostly some registers from ST(0) on; R0 is bit 0. */
function tagByte(next: Random, top: number): number {
  if (next() % 12 === 0) return next() & 0xff;
  const depth = next() % 4 === 0 ? next() % 9 : 2 + (next() % 6);
  const filled = ((1 << depth) - 1) << top;
  return (filled | (filled >> 8)) & 0xff;
}

const DIGITS = 18;

function memoryOf(form: X87Form, first: bigint, next: Random): Uint8Array {
  const memory = Uint8Array.from({ length: UNIT_MEMORY_SIZE }, () => next() & 0xff);
  const put = (value: bigint): void => {
    for (let n = 0; n < 10; n++) memory[n] = Number((value >> BigInt(8 * n)) & 0xffn);
  };
  const format = floatingFormat(form.memorySize);
  if (format) {
    const near = convert(EXTENDED, format, first, new Environment());
    put(next() % 3 ? floatingValue(format, next) : floatingNeighbour(format, near, next));
  } else if (form.memorySize === MemorySize.Bcd) {
    let digits = BigInt(next() & 0xff);
    for (let n = 0; n < DIGITS; n++) digits = (digits << 4n) | BigInt(next() % 10);
    put(digits);
  } else if (next() % 4) {
    put(wholeValue(64, next));
  }
  if (/^(FLDENV|FRSTOR)$/.test(form.mnemonic)) quietImage(form, memory, next);
  return memory;
}

/** An environment in which nothing is pending: the processor of this machine would stop at the next instruction. */
function quietImage(form: X87Form, memory: Uint8Array, next: Random): void {
  const unit = form.bytes[0] === 0x66 ? 2 : 4;
  const view = new DataView(memory.buffer);
  const control = controlWord(next);
  view.setUint16(0, control | (next() & 0xf080), true);
  view.setUint16(unit, statusWord(next, control) | (next() & 0x8080), true);
}

/** Registers of which each is often close to the one before. */
function registers(next: Random): bigint[] {
  let last = floatingValue(EXTENDED, next);
  return Array.from({ length: 8 }, () => (last = floatingNeighbour(EXTENDED, last, next)));
}

/** F2XM1 takes |x| ≤ 1, FYL2XP1 |x| < 1 - √½: beyond that the result is undefined (SDM 2A, 2B). */
const LARGEST_EXPONENT: Readonly<Record<string, number>> = { F2XM1: 0x3ffe, FYL2XP1: 0x3ffc };

function withinRange(mnemonic: string, value: bigint): bigint {
  const largest = LARGEST_EXPONENT[mnemonic];
  const exponent = Number((value >> 64n) & 0x7fffn);
  if (largest === undefined || exponent <= largest || exponent === 0x7fff) return value;
  const lower = largest - (exponent % 80);
  return value - (BigInt(exponent - lower) << 64n);
}

/** @param seed other than 0 for other cases than the recorded ones */
export function casesOf(form: X87Form, count = CASES_PER_FORM, seed = 0): UnitCase[] {
  const next = random(
    [...form.name].reduce((sum, c) => (sum * 31 + c.charCodeAt(0)) | 0, 87 + seed),
  );
  return Array.from({ length: count }, () => {
    const control = controlWord(next);
    const status = statusWord(next, control);
    const values = registers(next);
    values[0] = withinRange(form.mnemonic, values[0] ?? 0n);
    const image = new Uint8Array(IMAGE_SIZE);
    const view = new DataView(image.buffer);
    view.setUint16(Image.FCW, control, true);
    view.setUint16(Image.FSW, status, true);
    image[Image.TAGS] = tagByte(next, (status >> 11) & 7);
    view.setUint32(24, 0x1f80, true);
    values.forEach((value, n) => {
      view.setBigUint64(Image.ST + 16 * n, BigInt.asUintN(64, value), true);
      view.setUint16(Image.ST + 16 * n + 8, Number(value >> 64n), true);
    });
    const code = Uint8Array.from(form.bytes);
    if (form.hasIndex) code[code.length - 1] = (code[code.length - 1] ?? 0) + (next() % 8);
    return {
      code,
      rax: randomBits(next, 64),
      rflags: 0x202n | (BigInt(next()) & 0x8d5n),
      image,
      memory: memoryOf(form, values[0] ?? 0n, next),
    };
  });
}

/** Bytes of an image in memory that tell of FIP, FDP and FOP: not every model keeps them without an error. */
function pointerBytes({ mnemonic, bytes }: X87Form): readonly [number, number] {
  if (!/^FN(STENV|SAVE)$/.test(mnemonic)) return [0, 0];
  return bytes[0] === 0x66 ? [6, 14] : [12, 28];
}

/** Functions of which each model of processor gives some results one unit off. */
export const isTranscendental = ({ mnemonic }: X87Form): boolean =>
  /^(FSIN|FCOS|FSINCOS|FPTAN|FPATAN|F2XM1|FYL2X|FYL2XP1)$/.test(mnemonic);

const COMPARISON = /^(F[IU]?COM|FTST)/;
const CONDITION_BITS = 0x4500;
const C1 = 0x200;

/** Bits of FSW, and of RFLAGS, that are not compared, and why. */
function ignored(
  form: X87Form,
  control: number,
  status: number,
): { status: number; flags: bigint } {
  const { mnemonic } = form;
  // C1 of a transcendental result: a result that is one unit off was rounded otherwise.
  if (isTranscendental(form)) return { status: C1, flags: 0n };
  if (!COMPARISON.test(mnemonic)) return { status: 0, flags: 0n };
  // An invalid comparison that is not masked tells nothing (SDM 2A table 3-22); AMD's processors tell.
  const tellsNothing = (control & 1) === 0 && (status & 0x41) === 1;
  // FCOMI clears C1 (SDM 2A); AMD's processors leave it.
  const c1 = /COMIP?$/.test(mnemonic) ? C1 : 0;
  if (!tellsNothing) return { status: c1, flags: 0n };
  return { status: c1 | CONDITION_BITS, flags: 0x8d5n };
}

/** What a case leaves, as it is kept. */
export function recorded(form: X87Form, left: UnitResult): string {
  if (left.signal !== 0) return `signal ${String(left.signal)}`;
  const view = new DataView(left.image.buffer);
  const word = (at: number): number => view.getUint16(at, true);
  const ignore = ignored(form, word(Image.FCW), word(Image.FSW));
  const values = Array.from({ length: 8 }, (_, n) => {
    const low = view.getBigUint64(Image.ST + 16 * n, true);
    return ((BigInt(word(Image.ST + 16 * n + 8)) << 64n) | low).toString(16);
  });
  const memory = left.memory.slice();
  memory.fill(0, ...pointerBytes(form));
  return [
    word(Image.FCW).toString(16),
    (word(Image.FSW) & ~ignore.status).toString(16),
    (left.image[Image.TAGS] ?? 0).toString(16),
    ...values,
    left.rax.toString(16),
    (left.rflags & 0x8d5n & ~ignore.flags).toString(16),
    Buffer.from(memory.subarray(0, 112)).toString('hex'),
  ].join(' ');
}

/** FCW, FSW and tags stand before the registers. */
const REGISTERS_AT = 3;

/** Whether two results of a transcendental function may both be right: one unit in the last place apart. */
export function nearly(a: string, b: string): boolean {
  const [one, other] = [a.split(' '), b.split(' ')];
  return one.every((word, n) => {
    const same = other[n];
    if (word === same) return true;
    if (same === undefined) return false;
    const [x, y] = [BigInt(`0x${word}`), BigInt(`0x${same}`)];
    const isRegister = n >= REGISTERS_AT && n < REGISTERS_AT + 8;
    return isRegister && (ordinal(x) - ordinal(y)) ** 2n <= 1n;
  });
}

/** Consecutive numbers for consecutive positive values. */
function ordinal(bits: bigint): bigint {
  const biased = bits >> 64n;
  return (biased << 63n) + (bits & 0x7fffffffffffffffn);
}
