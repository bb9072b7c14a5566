import { Mnemonic, Register } from 'iced-x86';
import type { Operand, Prefixes } from '../statement';
import { changesSize } from './encode';
import type { Form } from './forms';
import type { Context, Match } from './match';

/** The prefix bytes for the words before the mnemonic, in NASM's order: WAIT, REP, LOCK, segment. */
function wordBytes(prefixes: Prefixes, operands: readonly Operand[], words: WordBytes): number[] {
  const bytes: number[] = [];
  let segment = prefixes.segment;
  for (const operand of operands)
    if (operand.kind === 'memory' && operand.segment) segment = operand.segment;
  const has = (...names: string[]): boolean => prefixes.words.some((word) => names.includes(word));
  if (prefixes.words.length > 0) addWords(bytes, has, words);
  const override = SEGMENT_BYTES[segment];
  if (override !== undefined) bytes.push(override);
  return bytes;
}

function addWords(bytes: number[], has: (...names: string[]) => boolean, words: WordBytes): void {
  if (has('wait')) bytes.push(words.wait);
  if (has('xacquire', 'repne', 'repnz', 'bnd')) bytes.push(words.repne);
  if (has('xrelease', 'rep', 'repe', 'repz')) bytes.push(words.rep);
  if (has('lock')) bytes.push(words.lock);
  if (has('notrack')) bytes.push(0x3e);
}

interface WordBytes {
  readonly wait: number;
  readonly repne: number;
  readonly rep: number;
  readonly lock: number;
}

const WORD_BYTES: WordBytes = { wait: 0x9b, repne: 0xf2, rep: 0xf3, lock: 0xf0 };

const SEGMENT_BYTES: Readonly<Record<number, number>> = {
  [Register.ES]: 0x26,
  [Register.CS]: 0x2e,
  [Register.SS]: 0x36,
  [Register.DS]: 0x3e,
  [Register.FS]: 0x64,
  [Register.GS]: 0x65,
};

/** The legacy prefixes of an encoded instruction, without the one that belongs to its opcode. */
function ownPrefixes(form: Form, encoded: Uint8Array): number[] {
  const end = encoded.findIndex((byte) => !LEGACY_PREFIXES.has(byte));
  const leading = [...encoded.subarray(0, Math.max(end, 0))];
  const mandatory = leading.lastIndexOf(form.mandatoryPrefix);
  if (mandatory >= 0) leading.splice(mandatory, 1);
  return leading;
}

const LEGACY_PREFIXES = new Set([0x66, 0x67, 0xf2, 0xf3, 0x9b]);

/** A JMP with a byte of distance, which has no use for BND: NASM leaves it out. */
const isShortJump = ({ form, slots }: Match): boolean =>
  form.mnemonic === Mnemonic.Jmp && slots.some((s) => s.kind === 'branch' && s.info.bits === 8);

/** The prefix bytes that stand before what iced-x86 encodes. */
export function prefixesFor(
  prefixes: Prefixes,
  m: Match,
  operands: readonly Operand[],
  context: Context,
  encoded: Uint8Array,
): number[] {
  const { form } = m;
  let bytes = wordBytes(prefixes, operands, WORD_BYTES);
  if (form.repeats) bytes = bytes.filter((byte) => byte !== WORD_BYTES.rep);
  if (isShortJump(m) && prefixes.words.includes('bnd'))
    bytes = bytes.filter((byte) => byte !== WORD_BYTES.repne);
  // An explicit size is no more than its prefix in NASM, which stands there once.
  const { operandSize: o, addressSize: a } = prefixes;
  if (o === 0 && a === 0) return bytes;
  const own = ownPrefixes(form, encoded);
  if (changesSize(o, context.bits) && !own.includes(0x66)) bytes.push(0x66);
  if (a !== 0 && a !== context.bits && !own.includes(0x67)) bytes.push(0x67);
  return bytes;
}

/** Prefixes with `osp` and `asp`, which mean the size that is not the mode's, spelt out. */
export function sizedPrefixes(prefixes: Prefixes, bits: number): Prefixes {
  const { words } = prefixes;
  if (words.length === 0) return prefixes;
  let sized = prefixes;
  if (words.includes('osp')) sized = { ...sized, operandSize: bits === 16 ? 32 : 16 };
  if (words.includes('asp')) sized = { ...sized, addressSize: bits === 32 ? 16 : 32 };
  return sized;
}

/** Prefixes as `default bnd` completes them: unless `nobnd` says no, BND comes before them, in place of REP. */
export function withBounds(prefixes: Prefixes): Prefixes {
  const { words } = prefixes;
  if (words.includes('nobnd')) return prefixes;
  return { ...prefixes, words: [...words.filter((word) => !word.startsWith('rep')), 'bnd'] };
}

/** Prefixes on a line of their own. */
export function lonePrefixes(prefixes: Prefixes, bits: number): number[] {
  const bytes = wordBytes(prefixes, [], WORD_BYTES);
  const { operandSize: o, addressSize: a } = prefixes;
  if (changesSize(o, bits)) bytes.push(0x66);
  if (o === 64) bytes.push(0x48);
  if (a !== 0 && a !== bits) bytes.push(0x67);
  return bytes;
}
