import * as l10n from '@vscode/l10n';
import { Register } from 'iced-x86';
import { SourceError, type Span } from '../diagnostics';
import type { MemoryOperand } from '../statement';
import { isKnown, isRelocatable, singleBase, type Term, type Value } from '../value';
import { bitsOf, classOf, numberOf, registerName } from './registers';

/** An effective address, ready to be encoded (SDM vol. 2A, 2.1.5). */
export interface Address {
  readonly base: number;
  readonly index: number;
  readonly scale: 1 | 2 | 4 | 8;
  readonly displacement: Value;
  /** Bits of the displacement field: 0, 8, or the full width. */
  readonly displacementBits: 0 | 8 | 16 | 32 | 64;
  /** The displacement is a plain number that EVEX may write as a scaled byte (SDM vol. 2A, 2.7.5). */
  readonly compressible: boolean;
  readonly addressSize: 16 | 32 | 64;
  /** As a bare address it may be an offset in the opcode (MOV's A0 to A3). */
  readonly offset: boolean;
  /** `[qword n]` in 64-bit code: such an offset of 64 bits. */
  readonly wide: boolean;
  /** RIP-relative: `displacement` is the target. */
  readonly relative: boolean;
}

interface Part {
  reg: number;
  scale: number;
}

const isStackPointer = (reg: number): boolean => reg === Register.ESP || reg === Register.RSP;

const isVector = (reg: number): boolean => /^[xyz]mm$/.test(classOf(reg) ?? '');

const fail = (message: string, span: Span): never => {
  throw new SourceError(message, span);
};

/** Cuts register terms out of an address' value. */
function parts(value: Value, span: Span): Part[] {
  const found: Part[] = [];
  for (const { of, count } of value.terms) {
    if (typeof of !== 'number') continue;
    const cls = classOf(of);
    if (cls !== 'r16' && cls !== 'r32' && cls !== 'r64' && !isVector(of)) {
      fail(l10n.t('`{0}` cannot be part of an address', registerName(of)), span);
    }
    if (count < 0n) fail(l10n.t('the register `{0}` cannot be subtracted', registerName(of)), span);
    found.push({ reg: of, scale: Number(count) });
  }
  return found;
}

const byName = (a: number, b: number): number => (registerName(a) < registerName(b) ? -1 : 1);

/** Orders two-register and scaled addresses as NASM does (its process_ea). */
function baseAndIndex(
  found: Part[],
  operand: MemoryOperand,
): { base: number; index: number; scale: number } {
  const { span } = operand;
  const summed = operand.hint === 'summed';
  const hint = operand.hint === 'summed' ? undefined : operand.hint;
  const nosplit = operand.nosplit && !summed;
  if (found.length > 2)
    fail(l10n.t('an address can hold at most a base and an index register'), span);
  // Written order: the first register alone is the base, unless it is scaled or a vector.
  let base: number = Register.None;
  let index: number = Register.None;
  let scale = 1;
  const ordered = summed ? [...found].sort((a, b) => byName(a.reg, b.reg)) : found;
  for (const { reg, scale: times } of ordered) {
    if (times === 1 && base === Register.None && !isVector(reg)) base = reg;
    else if (index === Register.None) [index, scale] = [reg, times];
    else fail(l10n.t('an address cannot scale two registers'), span);
  }
  if (scale === 1 && index !== Register.None && !isVector(index)) {
    const swap = hint && (hint.base ? hint.register === index : hint.register === base);
    if (swap) [base, index] = [index, base];
  }
  if (base === Register.None && !isVector(index)) {
    // Of `[2*reg]`, `[3*reg]`, `[5*reg]`, `[9*reg]` the register itself becomes the base, which saves a displacement.
    const free = !nosplit || scale !== 2;
    if (
      (scale === 2 && free && !isStackPointer(index)) ||
      scale === 3 ||
      scale === 5 ||
      scale === 9
    )
      [base, scale] = [index, scale - 1];
  }
  if (
    nosplit &&
    index === Register.None &&
    hint &&
    !hint.base &&
    hint.register === base &&
    !isStackPointer(base)
  )
    [base, index, scale] = [Register.None, base, 1];
  if (scale === 1 && isStackPointer(index)) [base, index] = [index, base];
  if (isStackPointer(index))
    fail(l10n.t('`{0}` cannot be an index register', registerName(index)), span);
  if (![1, 2, 4, 8].includes(scale))
    fail(l10n.t('an index register can be multiplied by 1, 2, 4 or 8, not by {0}', scale), span);
  return { base, index, scale };
}

const BASES_16: readonly number[] = [Register.BX, Register.BP];
const INDEXES_16: readonly number[] = [Register.SI, Register.DI];

function check16(base: number, index: number, scale: number, span: Span): [number, number] {
  let [b, i] = [base, index];
  if (scale !== 1) fail(l10n.t('16-bit addresses have no scaled registers'), span);
  if (BASES_16.includes(i) || (INDEXES_16.includes(b) && i !== Register.None)) [b, i] = [i, b];
  const alone = i === Register.None && (BASES_16.includes(b) || INDEXES_16.includes(b));
  if (!alone && !(BASES_16.includes(b) && INDEXES_16.includes(i))) {
    fail(l10n.t('16-bit addresses can hold only bx or bp, and si or di (as in `[bx+si+4]`)'), span);
  }
  return [b, i];
}

function registerWidth(found: readonly Part[], bits: number, span: Span): 16 | 32 | 64 | 0 {
  let width = 0;
  for (const { reg } of found) {
    if (isVector(reg)) continue;
    const own = bitsOf(reg);
    if (width !== 0 && own !== width)
      fail(l10n.t('the registers of an address must be of one width'), span);
    width = own;
  }
  if (width === 64 && bits !== 64)
    fail(l10n.t('64-bit registers exist only in 64-bit code (bits 64)'), span);
  if (width === 16 && bits === 64)
    fail(
      l10n.t(
        '64-bit code cannot use 16-bit addresses: write `{0}` or larger registers',
        'e' + registerName(found[0]?.reg ?? 0),
      ),
      span,
    );
  return width as 16 | 32 | 64 | 0;
}

function addressSizeOf(
  operand: MemoryOperand,
  width: 0 | 16 | 32 | 64,
  bits: 16 | 32 | 64,
  prefix: 0 | 16 | 32 | 64,
): 16 | 32 | 64 {
  if (width !== 0) return width;
  if (operand.addressSize !== 0) return operand.addressSize;
  if (prefix !== 0) return prefix;
  const { displacementSize } = operand;
  // In 64-bit code a 32-bit displacement is the usual one and changes nothing.
  if (bits !== 64 && (displacementSize === 16 || displacementSize === 32)) return displacementSize;
  return bits;
}

/** Whether the operand is to count from RIP: by `rel`, or by `default rel` (NASM manual 7.2.1). */
export function asksRelative(
  { relative, segment }: MemoryOperand,
  defaultRelative: boolean,
): boolean {
  if (relative !== undefined) return relative === 'rel';
  return defaultRelative && segment !== Register.FS && segment !== Register.GS;
}

/** Whether the operand counts from RIP: it is to, and it can. */
function isRelative(
  operand: MemoryOperand,
  value: Value,
  defaultRelative: boolean,
  bits: number,
): boolean {
  if (bits !== 64 || !asksRelative(operand, defaultRelative)) return false;
  if (value.terms.some(({ of }: Term) => typeof of === 'number')) return false;
  // NASM takes a label that it does not know yet for a plain number, one byte longer; sizes settle in later passes.
  return isRelocatable(value) && singleBase(value) !== undefined;
}

/** Whether a bare address may stand in the opcode (MOV's A0 to A3), as far as 64-bit code goes. */
function fitsOffset(operand: MemoryOperand, size: number, defaultRelative: boolean): boolean {
  if (asksRelative(operand, defaultRelative)) return false;
  return size === (operand.displacementSize === 64 ? 64 : 32);
}

const withoutRegisters = ({ n, terms, unknown }: Value): Value => ({
  n,
  terms: terms.filter(({ of }) => typeof of !== 'number'),
  unknown,
});

/** The mode of the code, and whether bare addresses count from RIP (`default rel`). */
export interface Setting {
  readonly bits: 16 | 32 | 64;
  readonly defaultRelative: boolean;
}

/**
 * Chooses base, index, scale and displacement width for a memory operand whose address has the given value.
 * @param prefix an `a16`/`a32`/`a64` prefix, 0 when none
 */
export function addressOf(
  operand: MemoryOperand,
  value: Value,
  { bits, defaultRelative }: Setting,
  prefix: 0 | 16 | 32 | 64,
): Address {
  const { span } = operand;
  const found = parts(value, span);
  const displacement = found.length === 0 ? value : withoutRegisters(value);
  const width = registerWidth(found, bits, span);
  const addressSize = addressSizeOf(operand, width, bits, prefix);
  const relative = isRelative(operand, value, defaultRelative, bits);
  const offset = bits !== 64 || fitsOffset(operand, addressSize, defaultRelative);
  const wide = offset && addressSize === 64;
  if (relative) {
    const base = addressSize === 32 ? Register.EIP : Register.RIP;
    return {
      base,
      index: Register.None,
      scale: 1,
      displacement,
      displacementBits: 32,
      compressible: false,
      addressSize,
      offset,
      wide,
      relative,
    };
  }
  const ordered = baseAndIndex(found, operand);
  const { scale } = ordered;
  let { base, index } = ordered;
  if (addressSize === 16 && found.length > 0) [base, index] = check16(base, index, scale, span);
  const full = addressSize === 16 ? 16 : addressSize;
  let displacementBits: Address['displacementBits'] = full;
  let compressible = false;
  if (base !== Register.None) {
    // The displacement has 32 bits in 64-bit addresses, too.
    const n = BigInt.asIntN(Math.min(addressSize, 32), displacement.n);
    const fixed = displacement.terms.length === 0 && isKnown(displacement);
    const noBase = numberOf(base) % 8 === 5 || base === Register.BP;
    compressible = fixed && n !== 0n && operand.displacementSize === 0;
    if (operand.displacementSize === 8) displacementBits = 8;
    else if (operand.displacementSize !== 0 || !fixed) displacementBits = full;
    else if (n === 0n && !(noBase && (addressSize !== 16 || index === Register.None)))
      displacementBits = 0;
    else if (n >= -128n && n <= 127n) displacementBits = 8;
  }
  return {
    base,
    index,
    scale: scale as 1 | 2 | 4 | 8,
    displacement,
    displacementBits,
    compressible,
    addressSize,
    offset,
    wide,
    relative,
  };
}
