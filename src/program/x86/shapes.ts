import { Mnemonic, OpCodeOperandKind, Register } from 'iced-x86';
import type { Span } from '../diagnostics';
import type { Prefixes, RegisterOperand } from '../statement';
import { isKnown, isScalar, scalar } from '../value';
import { formsOf } from './forms';
import type { Resolved } from './match';
import { findMnemonic, type MnemonicEntry } from './mnemonics';
import { bitsOf, classOf, numberOf } from './registers';

/** The ways in which NASM lets operands be written: swapped, left out, or spelt out although implied. */

/** An instruction as written, with its expressions computed. */
export interface Request {
  readonly mnemonic: string;
  readonly span: Span;
  readonly prefixes: Prefixes;
  readonly operands: readonly Resolved[];
}

/** Instructions whose two operands may be swapped. */
export const COMMUTATIVE = new Set<number>([Mnemonic.Test, Mnemonic.Xchg]);

/** Operands that are written for the reader only (SDM and APM list them as implied). */
export const IMPLIED = new Map<number, readonly number[]>([
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

/** Instructions whose third operand is XMM0, which may be written or not. */
const BLENDING = new Set<number>([
  Mnemonic.Pblendvb,
  Mnemonic.Blendvps,
  Mnemonic.Blendvpd,
  Mnemonic.Sha256rnds2,
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

function immediateOperand(n: bigint, span: Span): Resolved {
  const value = { kind: 'number', value: n, span } as const;
  return {
    operand: { kind: 'immediate', span, size: 0, strict: false, distance: undefined, value },
    value: scalar(n),
  };
}

const isStack = (r: Resolved | undefined): r is Resolved & { operand: RegisterOperand } =>
  r?.operand.kind === 'register' && classOf(r.operand.register) === 'st';

/** Operands as some form may take them. */
export interface Shape {
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
    // What needs one of the stack's registers takes ST(1).
    const takes = (count: number): boolean => formsOf(entry).some((f) => f.written === count);
    if (takes(0)) return undefined;
    const two = formsOf(entry).some((f) => f.written === 2 && f.kinds[0] === OpCodeOperandKind.st0);
    return { entry, operands: two ? [st(0), st(1)] : [st(1)] };
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
export function shapes(request: Request, entry: MnemonicEntry): Shape[] {
  const { operands, mnemonic } = request;
  const own: Resolved[] = [...operands];
  const name = entry.mnemonics[0] ?? 0;
  if (entry.immediate !== undefined)
    own.push(immediateOperand(BigInt(entry.immediate), request.span));
  if (own.length === 0 && (name === Mnemonic.Aam || name === Mnemonic.Aad))
    own.push(immediateOperand(10n, request.span));
  if (entry.registerNumber !== undefined)
    own.push(registerOperand(Register.RAX + entry.registerNumber, own[0], request.span));
  const result: Shape[] = [{ entry, operands: own }];
  const [first, second, ...rest] = own;
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
  const last = own[own.length - 1]?.operand;
  if (BLENDING.has(name) && last?.kind === 'register' && last.register === Register.XMM0)
    result.push({ entry, operands: own.slice(0, -1) });
  const filled = fillStack(mnemonic, own, request.span);
  if (filled) result.push(filled);
  return result;
}

/** NASM's `mov r64, imm` with a number that fits 32 bits unsigned is `mov r32, imm`, five bytes for ten. */
export function narrowed(shape: Shape): Shape | undefined {
  const [to, from, ...rest] = shape.operands;
  if (shape.entry.mnemonics[0] !== Mnemonic.Mov || rest.length > 0) return undefined;
  if (to?.operand.kind !== 'register' || classOf(to.operand.register) !== 'r64') return undefined;
  const immediate = from?.operand;
  if (immediate?.kind !== 'immediate' || !from?.value || immediate.strict) return undefined;
  const { n } = from.value;
  // What is not known yet is hoped to fit.
  if (isKnown(from.value) && (!isScalar(from.value) || n < 0n || n > 0xffffffffn)) return undefined;
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
