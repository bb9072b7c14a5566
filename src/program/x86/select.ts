import * as l10n from '@vscode/l10n';
import { Mnemonic, Register } from 'iced-x86';
import { SourceError, type Span } from '../diagnostics';
import type { Operand, Prefixes, RegisterOperand } from '../statement';
import { scalar } from '../value';
import { encode } from './encode';
import { explainMismatch } from './explain';
import { formsOf, type Form } from './forms';
import { match, type Context, type Match, type Resolved } from './match';
import { findMnemonic, type MnemonicEntry } from './mnemonics';
import { bitsOf, classOf, needs64, numberOf, registerName } from './registers';

/** An instruction as written, with its expressions computed. */
export interface Request {
  readonly mnemonic: string;
  readonly span: Span;
  readonly prefixes: Prefixes;
  readonly operands: readonly Resolved[];
}

/** The form chosen and the prefix bytes that stand before what iced-x86 encodes. */
export interface Choice {
  readonly match: Match;
  readonly operands: readonly Operand[];
  readonly prefixBytes: readonly number[];
  readonly addressSize: 16 | 32 | 64;
  /** Total length in bytes. */
  readonly length: number;
}

/** Instructions whose two operands may be swapped. */
const COMMUTATIVE = new Set<number>([Mnemonic.Test, Mnemonic.Xchg]);

/** Operands that are written for the reader only (SDM and APM list them as implied). */
const IMPLIED = new Map<number, readonly number[]>([
  [Mnemonic.Monitor, [0, 1, 2]],
  [Mnemonic.Monitorx, [0, 1, 2]],
  [Mnemonic.Mwait, [0, 1]],
  [Mnemonic.Mwaitx, [0, 1, 3]],
  [Mnemonic.Vmrun, [0]],
  [Mnemonic.Vmload, [0]],
  [Mnemonic.Vmsave, [0]],
  [Mnemonic.Skinit, [0]],
  [Mnemonic.Clzero, [0]],
  [Mnemonic.Invlpga, [0, 1]],
]);

/** x87 instructions that, written with fewer operands, mean these registers (NASM manual B; SDM vol. 2A). */
const POPPING: Readonly<Record<string, string>> = {
  fadd: 'faddp',
  fmul: 'fmulp',
  fsub: 'fsubp',
  fsubr: 'fsubrp',
  fdiv: 'fdivp',
  fdivr: 'fdivrp',
};

const registerOperand = (register: number, like: Resolved | undefined, span: Span): Resolved => ({
  operand: {
    kind: 'register',
    register,
    span: like?.operand.span ?? span,
    size: 0,
    strict: false,
    to: false,
  },
});

const isStack = (r: Resolved | undefined): r is Resolved & { operand: RegisterOperand } =>
  r?.operand.kind === 'register' && classOf(r.operand.register) === 'st';

interface Shape {
  readonly entry: MnemonicEntry;
  readonly operands: readonly Resolved[];
  /** Address size that an implied operand asks for. */
  readonly addressSize?: 16 | 32 | 64;
}

/** Fills in x87 operands that were left out. */
function fillStack(mnemonic: string, operands: readonly Resolved[], span: Span): Shape | undefined {
  const st = (n: number): Resolved => registerOperand(Register.ST0 + n, operands[0], span);
  const entry = findMnemonic(mnemonic);
  if (!entry || !mnemonic.startsWith('f')) return undefined;
  const [only] = operands;
  if (operands.length === 0) {
    const popping = findMnemonic(POPPING[mnemonic] ?? (mnemonic in POPPED ? mnemonic : ''));
    if (popping) return { entry: popping, operands: [st(1), st(0)] };
    if (/^f(xch|u?comi?p?)$/.test(mnemonic)) return { entry, operands: [st(0), st(1)] };
    return undefined;
  }
  if (operands.length !== 1 || !isStack(only)) return undefined;
  const toward = only.operand.to || mnemonic in POPPED;
  return { entry, operands: toward ? [only, st(0)] : [st(0), only] };
}

const POPPED: Readonly<Record<string, true>> = {
  faddp: true,
  fmulp: true,
  fsubp: true,
  fsubrp: true,
  fdivp: true,
  fdivrp: true,
};

/** The ways in which the operands may be read, the plain one first. */
function shapes(request: Request, entry: MnemonicEntry): Shape[] {
  const { operands, mnemonic } = request;
  const own: Resolved[] = [...operands];
  if (entry.immediate !== undefined) {
    const span = request.span;
    const value = { kind: 'number', value: BigInt(entry.immediate), span } as const;
    own.push({
      operand: { kind: 'immediate', span, size: 0, strict: false, distance: undefined, value },
      value: scalar(BigInt(entry.immediate)),
    });
  }
  const result: Shape[] = [{ entry, operands: own }];
  const [first, second, ...rest] = own;
  const name = entry.mnemonics[0] ?? 0;
  if (first && second && rest.length === 0 && COMMUTATIVE.has(name)) {
    const swapped: Shape = { entry, operands: [second, first] };
    // NASM writes the first register of XCHG into ModRM.reg.
    const registers = first.operand.kind === 'register' && second.operand.kind === 'register';
    if (name === Mnemonic.Xchg && registers) result.unshift(swapped);
    else result.push(swapped);
  }
  if (first && name === Mnemonic.Imul && own.length === 2 && second?.operand.kind === 'immediate')
    result.push({ entry, operands: [first, first, second] });
  if (first && mnemonic.startsWith('v'))
    result.push({ entry, operands: [first, first, ...own.slice(1)] });
  const implied = IMPLIED.get(name);
  if (implied && first?.operand.kind === 'register' && own.length <= implied.length) {
    const ok = own.every(
      ({ operand }, i) => operand.kind === 'register' && numberOf(operand.register) === implied[i],
    );
    const size = bitsOf(first.operand.register) as 16 | 32 | 64;
    if (ok) result.push({ entry, operands: [], addressSize: size });
  }
  if (/^(loop|j[er]?cxz)/.test(mnemonic) && second?.operand.kind === 'register' && first) {
    const size = bitsOf(second.operand.register) as 16 | 32 | 64;
    if (numberOf(second.operand.register) === 1)
      result.push({ entry, operands: [first], addressSize: size });
  }
  const filled = fillStack(mnemonic, own, request.span);
  if (filled) result.push(filled);
  return result;
}

const LOOPS = new Set<number>([Mnemonic.Loop, Mnemonic.Loope, Mnemonic.Loopne]);

/** Only forms of the wanted address size, where nothing else tells forms apart (LOOP, MONITOR, VMRUN). */
function addressSizeFits(form: Form, wanted: number): boolean {
  const told = !LOOPS.has(form.mnemonic) && !IMPLIED.has(form.mnemonic);
  return form.addressSize === 0 || told || form.addressSize === wanted;
}

/** NASM's `mov r64, imm` with a number that fits 32 bits unsigned is `mov r32, imm`, five bytes for ten. */
function narrowed(shape: Shape): Shape | undefined {
  const [to, from, ...rest] = shape.operands;
  if (shape.entry.mnemonics[0] !== Mnemonic.Mov || rest.length > 0) return undefined;
  if (to?.operand.kind !== 'register' || classOf(to.operand.register) !== 'r64') return undefined;
  const immediate = from?.operand;
  if (immediate?.kind !== 'immediate' || !from?.value || immediate.strict) return undefined;
  const { n, terms, unknown } = from.value;
  if (terms.length > 0 || unknown || n < 0n || n > 0xffffffffn) return undefined;
  if (immediate.size !== 0 && immediate.size !== 64) return undefined;
  const register = Register.EAX + numberOf(to.operand.register);
  return {
    entry: shape.entry,
    operands: [
      { operand: { ...to.operand, register } },
      { ...from, operand: { ...immediate, size: 0 } },
    ],
  };
}

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
  // CVTSI2SD and its kin take a doubleword when nothing is said, as in NASM.
  if (/^v?cvtsi2s/.test(request.mnemonic))
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
function sizedByImmediate(operands: readonly Resolved[]): readonly Resolved[] {
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
  let forms = formsOf(shape.entry).filter((form) => addressSizeFits(form, wantedAddress));
  if (prefixes.operandSize !== 0) {
    const sized = forms.filter((form) => form.operandSize === prefixes.operandSize);
    if (sized.length > 0) forms = sized;
  }
  const found: Match[] = [];
  for (const form of forms) {
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

const VEX3 = 0xc4;

function rejectWide(request: Request): void {
  for (const { operand } of request.operands) {
    if (operand.kind !== 'register' || !needs64(operand.register)) continue;
    throw new SourceError(
      l10n.t('`{0}` exists only in 64-bit code (bits 64)', registerName(operand.register)),
      operand.span,
    );
  }
}

/** The lower, the better: forms of the usual operand size first, then short ones, then sign-extended immediates. */
function rank(m: Match, bytes: Uint8Array, bits: number): number {
  const { form } = m;
  const sex = m.slots.some((s) => s.kind === 'immediate' && s.info.bits < s.info.width);
  const unusual = form.operandSize !== 0 && form.operandSize !== defaultSize(form, bits);
  // Which of two VEX forms allows the two-byte prefix does not count: NASM takes the first.
  const length =
    bytes.length - (form.vex && bytes.includes(VEX3) && bytes.indexOf(VEX3) < 4 ? 1 : 0);
  const late = form.vex && EVEX_FIRST.has(form.mnemonic);
  return (
    (unusual ? 8192 : 0) + (m.loose ? 4096 : 0) + (late ? 1024 : 0) + length * 2 + (sex ? 0 : 1)
  );
}

/**
 * Chooses the form of an instruction: of those that take the operands, the one of the mode's operand size, then the
 * shortest, then the first in iced-x86's list. Throws SourceError with an explanation when there is none.
 */
export function select(request: Request, context: Context): Choice {
  const { bits } = context;
  const entry = findMnemonic(request.mnemonic);
  if (!entry)
    throw new SourceError(l10n.t('`{0}`: no such instruction', request.mnemonic), request.span);
  if (bits !== 64) rejectWide(request);
  let best: Choice | undefined;
  let bestRank = Infinity;
  let failure: unknown;
  const consider = (m: Match, addressSize: 16 | 32 | 64 | undefined): void => {
    const operands = request.operands.map(({ operand }) => operand);
    const size = addressSize ?? (request.prefixes.addressSize || bits);
    try {
      const target = { bits, ip: 0n, length: 0, addressSize: size, final: false };
      const prefixBytes = prefixesFor(request, m, operands, context);
      const bytes = encode(m, operands, target);
      const length = bytes.length + prefixBytes.length;
      const r = rank(m, bytes, bits);
      if (r >= bestRank) return;
      bestRank = r;
      best = { match: m, operands, prefixBytes, addressSize: size, length };
    } catch (error) {
      failure = error;
    }
  };
  for (const shape of shapes(request, entry)) {
    let found = candidates(shape, request, context);
    const far = found.filter(({ form }) => pointerDefault(form, bits));
    if (far.length > 0 && request.operands.every(({ operand }) => operand.size === 0)) found = far;
    for (const m of rejectAmbiguous(found, request)) consider(m, shape.addressSize);
    const narrow = narrowed(shape);
    if (narrow) for (const m of candidates(narrow, request, context)) consider(m, undefined);
    if (best && !COMMUTATIVE.has(entry.mnemonics[0] ?? 0)) return best;
  }
  if (best) return best;
  throw explainMismatch(request, formsOf(entry), context, failure);
}

function prefixesFor(
  request: Request,
  m: Match,
  operands: readonly Operand[],
  context: Context,
): number[] {
  const { prefixes } = request;
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
