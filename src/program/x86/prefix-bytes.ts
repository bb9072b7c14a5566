import { Register } from 'iced-x86';
import type { Operand, Prefixes } from '../statement';
import type { Context, Match } from './match';

/** The prefix bytes for the words before the mnemonic, in NASM's order: WAIT, REP, LOCK, segment. */
function wordBytes(prefixes: Prefixes, operands: readonly Operand[], words: WordBytes): number[] {
  const bytes: number[] = [];
  let segment = prefixes.segment;
  for (const operand of operands)
    if (operand.kind === 'memory' && operand.segment) segment = operand.segment;
  const has = (...names: string[]): boolean => prefixes.words.some((word) => names.includes(word));
  if (has('wait')) bytes.push(words.wait);
  if (has('xacquire', 'repne', 'repnz', 'bnd')) bytes.push(words.repne);
  if (has('xrelease', 'rep', 'repe', 'repz')) bytes.push(words.rep);
  if (has('lock')) bytes.push(words.lock);
  if (has('notrack')) bytes.push(0x3e);
  const override = SEGMENT_BYTES[segment];
  if (override !== undefined) bytes.push(override);
  return bytes;
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

/** The prefix bytes that stand before what iced-x86 encodes. */
export function prefixesFor(
  prefixes: Prefixes,
  m: Match,
  operands: readonly Operand[],
  context: Context,
): number[] {
  const bytes = wordBytes(prefixes, operands, WORD_BYTES);
  // An explicit size that no form takes up is written as a bare prefix.
  const o = prefixes.operandSize;
  if (o !== 0 && m.form.operandSize !== o && (o === 16) !== (context.bits === 16) && o !== 64)
    bytes.push(0x66);
  const a = prefixes.addressSize;
  const used =
    m.form.addressSize !== 0 || m.slots.some((s) => s.kind === 'memory' || s.kind === 'implicit');
  if (a !== 0 && a !== context.bits && !used) bytes.push(0x67);
  return bytes;
}

/** Prefixes on a line of their own. */
export function lonePrefixes(prefixes: Prefixes, bits: number): number[] {
  const bytes = wordBytes(prefixes, [], WORD_BYTES);
  const { operandSize: o, addressSize: a } = prefixes;
  if (o !== 0 && o !== 64 && (o === 16) !== (bits === 16)) bytes.push(0x66);
  if (o === 64) bytes.push(0x48);
  if (a !== 0 && a !== bits) bytes.push(0x67);
  return bytes;
}
