import * as l10n from '@vscode/l10n';
import { Mnemonic } from 'iced-x86';
import { SourceError } from '../diagnostics';
import type { EncodingPrefix } from '../statement';

import { ANY_CPU, levelOf, type VectorChoice } from './cpu-levels';
import { encode, opcodePlace } from './encode';
import { explainMismatch } from './explain';
import { missingRegister } from './explain-roles';
import { formsOf, type Form } from './forms';
import { match, type Context, type Match, type Resolved } from './match';
import { findMnemonic } from './mnemonics';
import { prefixesFor } from './prefix-bytes';
import { needs64, registerName } from './registers';
import { COMMUTATIVE, narrowed, shapes, type Request, type Shape } from './shapes';

/** The form chosen and the prefix bytes that stand before what iced-x86 encodes. */
export interface Choice {
  /** With the operands that it was chosen for. */
  readonly match: Match;
  readonly prefixBytes: readonly number[];
  readonly addressSize: 16 | 32 | 64;
  /** Total length in bytes. */
  readonly length: number;
  /** The form takes the operands as they are written: none was added, left out or exchanged. */
  readonly asWritten: boolean;
}

/** Whether no operand tells the forms of different address size apart (LOOP, MONITOR, VMRUN). */
const isSilent = (form: Form): boolean =>
  form.addressSize !== 0 && form.operands.every((o) => o.implicit === true || o.branch);

/** Of forms that nothing but their address size tells apart, those of the wanted one where there are such. */
function ofAddressSize(forms: readonly Form[], wanted: number): readonly Form[] {
  if (!forms.some((form) => isSilent(form) && form.addressSize === wanted)) return forms;
  return forms.filter((form) => !isSilent(form) || form.addressSize === wanted);
}

/** Whether a form is of the kind that `{vex}` or `{evex}` asks for. */
function encodingFits(
  form: Form,
  encoding: EncodingPrefix | undefined,
  vectors: VectorChoice,
): boolean {
  switch (encoding) {
    case undefined:
      return (vectors.vex || !form.vex) && (vectors.evex || !form.evex);
    case 'evex':
      return form.evex;
    case 'rex':
      return !form.vex && !form.evex;
    default:
      return form.vex;
  }
}

/** The operand size a form has in this mode without a prefix. */
function defaultSize(form: Form, bits: number): number {
  if (bits !== 64) return bits;
  return form.defaultSize64 ? 64 : 32;
}

/** The size to assume for an unsized far pointer: NASM takes the mode's. */
function pointerDefault(form: Form, bits: number): boolean {
  return form.memory.pointer === undefined || form.memory.bits === bits;
}

function rejectAmbiguous(matches: readonly Match[], request: Request): readonly Match[] {
  const unsized = request.operands.find(
    ({ operand }) => operand.kind === 'memory' && operand.size === 0,
  );
  if (!unsized || matches.length < 2) return matches;
  const sizes = new Set<number>();
  for (const { form, slots } of matches) {
    if (slots.some((s) => s.kind === 'memory') && !form.memory.state && form.memory.bits !== 0)
      sizes.add(form.memory.bits);
  }
  if (sizes.size < 2) return matches;
  // CVTSI2SD and its kin, and MOVD, take a doubleword when nothing is said, as in NASM.
  if (/^(v?cvtsi2s|movd$)/.test(request.mnemonic))
    return matches.filter(({ form }) => form.memory.bits === 32);
  throw new SourceError(
    l10n.t(
      'how many bytes? Write a size before the address, such as `{0}`',
      [...sizes]
        .map((bits) => SIZE_NAMES[bits])
        .filter((name) => name !== undefined)
        .join('`, `'),
    ),
    unsized.operand.span,
  );
}

const SIZE_NAMES: Readonly<Record<number, string>> = {
  8: 'byte',
  16: 'word',
  32: 'dword',
  64: 'qword',
  80: 'tword',
  128: 'oword',
  256: 'yword',
  512: 'zword',
};

/** An immediate's size stands for the memory operand's when that has none: `mov [rax], dword 5`. */
export function sizedByImmediate(operands: readonly Resolved[]): readonly Resolved[] {
  const [to, from] = operands;
  if (operands.length !== 2 || to?.operand.kind !== 'memory' || to.operand.size !== 0)
    return operands;
  if (from?.operand.kind !== 'immediate' || from.operand.size === 0) return operands;
  return [{ ...to, operand: { ...to.operand, size: from.operand.size } }, from];
}

function candidates(shape: Shape, request: Request, context: Context): Match[] {
  const { prefixes } = request;
  const wantedAddress = shape.addressSize ?? (prefixes.addressSize || context.bits);
  const operands = sizedByImmediate(shape.operands);
  const { cpu } = context;
  // The lock can be elided by MOV with ModRM only (SDM vol. 1, 16.3.1).
  const elides = prefixes.words.some((word) => word === 'xacquire' || word === 'xrelease');
  const forms = formsOf(shape.entry).filter(
    (form) =>
      encodingFits(form, prefixes.encoding, context.vectors) &&
      (cpu === ANY_CPU || levelOf(form.code) <= cpu) &&
      !(elides && form.operands.some((o) => o.offset)),
  );
  const found: Match[] = [];
  for (const form of ofAddressSize(forms, wantedAddress)) {
    const m = match(form, operands, context);
    if (m) found.push(m);
  }
  return found;
}

/** AVX instructions that came after their EVEX forms: NASM takes the EVEX form unless told `{vex}`. */
const EVEX_FIRST = new Set<number>([
  Mnemonic.Vpdpbusd,
  Mnemonic.Vpdpbusds,
  Mnemonic.Vpdpwssd,
  Mnemonic.Vpdpwssds,
  Mnemonic.Vpmadd52huq,
  Mnemonic.Vpmadd52luq,
  Mnemonic.Vcvtneps2bf16,
]);

/** Of two encodings, as of VPPERM on four registers and FADD ST0, ST0, NASM takes the one that iced-x86 lists last. */
const LAST_OF_EQUALS = new Set<number>([
  Mnemonic.Vpperm,
  ...[Mnemonic.Fadd, Mnemonic.Fmul, Mnemonic.Fsub, Mnemonic.Fsubr, Mnemonic.Fdiv, Mnemonic.Fdivr],
]);

const VEX3 = 0xc4;

/** `o64` and `a64` need 64-bit code, which in turn has no 16-bit addresses. */
function rejectSizes({ prefixes, span }: Request, bits: number): void {
  const { operandSize: o, addressSize: a } = prefixes;
  if (bits !== 64 && (o === 64 || a === 64))
    throw new SourceError(
      l10n.t('`{0}` exists only in 64-bit code (bits 64)', o === 64 ? 'o64' : 'a64'),
      span,
    );
  if (bits === 64 && a === 16)
    throw new SourceError(l10n.t('64-bit code has no 16-bit addresses'), span);
}

function rejectWide(request: Request): void {
  for (const { operand } of request.operands) {
    if (operand.kind !== 'register' || !needs64(operand.register)) continue;
    throw new SourceError(
      missingRegister(operand.register) ??
        l10n.t('`{0}` exists only in 64-bit code (bits 64)', registerName(operand.register)),
      operand.span,
    );
  }
}

/** The lower, the better: forms of the usual operand size first, then short ones, then sign-extended immediates. */
function rank(m: Match, bytes: Uint8Array, { bits, vectors }: Context): number {
  const { form } = m;
  const sex = m.slots.some((s) => s.kind === 'immediate' && s.info.bits < s.info.width);
  const unusual = form.operandSize !== 0 && form.operandSize !== defaultSize(form, bits);
  // Which of two VEX forms allows the two-byte prefix does not count: NASM takes the first.
  const length = bytes.length - (form.vex && bytes[opcodePlace(bytes)] === VEX3 ? 1 : 0);
  // NASM takes what comes first in its list, not what is shorter: VEX before EVEX, with few exceptions.
  const evexFirst = EVEX_FIRST.has(form.mnemonic) && !vectors.latevex;
  const late = evexFirst ? form.vex : form.evex;
  return (
    (unusual ? 8192 : 0) + (m.loose ? 4096 : 0) + (late ? 1024 : 0) + length * 2 + (sex ? 0 : 1)
  );
}

const isAsWritten = ({ operands }: Shape, request: Request): boolean =>
  operands.length === request.operands.length &&
  operands.every((operand, i) => operand === request.operands[i]);

/**
 * Chooses the form of an instruction: of those that take the operands, the one of the mode's operand size, then the
 * shortest, then the first in iced-x86's list. Throws SourceError with an explanation when there is none.
 */
export function select(request: Request, context: Context): Choice {
  const { bits } = context;
  const { prefixes } = request;
  rejectSizes(request, bits);
  const entry = findMnemonic(request.mnemonic);
  if (!entry)
    throw new SourceError(l10n.t('`{0}`: no such instruction', request.mnemonic), request.span);
  if (bits !== 64) rejectWide(request);
  let best: Choice | undefined;
  let bestRank = Infinity;
  let failure: unknown;
  const consider = (m: Match, addressSize: 16 | 32 | 64 | undefined, asWritten: boolean): void => {
    const operands = request.operands.map(({ operand }) => operand);
    const size = addressSize ?? (prefixes.addressSize || bits);
    try {
      const target = { bits, ip: 0n, length: 0, addressSize: size, prefixes, final: false };
      const bytes = encode(m, operands, target);
      const prefixBytes = prefixesFor(prefixes, m, operands, context, bytes);
      const length = bytes.length + prefixBytes.length;
      const r = rank(m, bytes, context);
      const last = operands.length > 1 && LAST_OF_EQUALS.has(m.form.mnemonic);
      if (last ? r > bestRank : r >= bestRank) return;
      bestRank = r;
      best = { match: m, prefixBytes, addressSize: size, length, asWritten };
    } catch (error) {
      failure = error;
    }
  };
  for (const shape of shapes(request, entry)) {
    let found = candidates(shape, request, context);
    const wide = found.filter((m) => m.slots.some((s) => s.kind === 'memory' && s.offset));
    if (wide.some((m) => m.slots.some((s) => s.kind === 'memory' && s.address.wide))) found = wide;
    const far = found.filter(({ form }) => pointerDefault(form, bits));
    if (far.length > 0 && request.operands.every(({ operand }) => operand.size === 0)) found = far;
    const asWritten = isAsWritten(shape, request);
    for (const m of rejectAmbiguous(found, request)) consider(m, shape.addressSize, asWritten);
    const narrow = narrowed(shape);
    if (narrow) for (const m of candidates(narrow, request, context)) consider(m, undefined, false);
    if (best && !COMMUTATIVE.has(entry.mnemonics[0] ?? 0)) return best;
  }
  if (best) return best;
  throw explainMismatch(request, formsOf(entry), context, failure);
}
