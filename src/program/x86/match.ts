import { Code, Mnemonic, OpCodeOperandKind, Register } from 'iced-x86';
import type { ImmediateOperand, MemoryOperand, Operand, RegisterOperand } from '../statement';
import { isKnown, isScalar, type Value } from '../value';
import type { Address } from './address';
import type { VectorChoice } from './cpu-levels';
import type { Form } from './forms';
import type { BranchInfo, ImmediateInfo, KindInfo } from './operand-kinds';
import { classOf, numberOf } from './registers';

/** An operand with its expressions computed. */
export interface Resolved {
  readonly operand: Operand;
  /** Of an immediate or a far pointer's offset. */
  readonly value?: Value;
  readonly selector?: Value;
  readonly address?: Address;
}

/** What goes into one operand of a form. */
export type Slot =
  | { readonly kind: 'register'; readonly register: number }
  | { readonly kind: 'memory'; readonly address: Address; readonly offset: boolean }
  | { readonly kind: 'immediate'; readonly info: ImmediateInfo; readonly value: Value }
  | { readonly kind: 'branch'; readonly info: BranchInfo; readonly value: Value }
  | {
      readonly kind: 'far';
      readonly bits: 16 | 32;
      readonly selector: Value;
      readonly offset: Value;
    }
  | { readonly kind: 'implicit' };

/** What the match needs to know about the place of the instruction. */
export interface Context {
  readonly bits: 16 | 32 | 64;
  /** The generation of processors that the program is for (cpu-levels.ts). */
  readonly cpu: number;
  readonly vectors: VectorChoice;
  /** May a branch to this value be short, given the whole instruction's length in bytes? */
  fitsShort(value: Value, length: number): boolean;
}

/** A form that takes the operands as written. */
export interface Match {
  readonly form: Form;
  readonly slots: readonly Slot[];
  /** The immediate is cut by this form; it is only taken where no other fits. */
  readonly loose: boolean;
}

/**
 * Instructions with a 16-bit operand (or RDPID), whatever the register's width: NASM writes no operand-size prefix
 * (`mov ds, ax` is 8E D8 in every mode, `ltr ax` 0F 00 D8). The number is the selector operand's index.
 */
const SELECTOR_SOURCES = new Map<number, number>([
  [Mnemonic.Mov, 1],
  [Mnemonic.Lldt, 0],
  [Mnemonic.Ltr, 0],
  [Mnemonic.Verr, 0],
  [Mnemonic.Verw, 0],
  [Mnemonic.Lmsw, 0],
  [Mnemonic.Lar, 1],
  [Mnemonic.Lsl, 1],
  [Mnemonic.Rdpid, 0],
  [Mnemonic.Pinsrw, 1],
  [Mnemonic.Vpinsrw, 2],
]);

function readsSelector(form: Form, index: number): boolean {
  if (form.mnemonic === Mnemonic.Arpl) return true;
  if (SELECTOR_SOURCES.get(form.mnemonic) !== index) return false;
  if (form.memory.bits !== 16 && form.mnemonic !== Mnemonic.Rdpid) return false;
  return form.mnemonic !== Mnemonic.Mov || form.kinds[0] === OpCodeOperandKind.seg_reg;
}

/** Instructions whose 64-bit register result NASM encodes as the 32-bit form, which also clears the upper half. */
const ZERO_EXTENDING = new Set<number>([
  Mnemonic.Pextrb,
  Mnemonic.Vpextrb,
  Mnemonic.Vpextrw,
  Mnemonic.Vpextrd,
  Mnemonic.Vextractps,
  Mnemonic.Vmovmskpd,
  Mnemonic.Vmovmskps,
  Mnemonic.Vpmovmskb,
]);

/** MOVQ through 66 REX.W 0F 6E and 7E, which NASM uses only with general registers. */
const MOVQ_GENERAL = new Set<number>([
  Code.Movq_xmm_rm64,
  Code.Movq_rm64_xmm,
  Code.VEX_Vmovq_xmm_rm64,
  Code.VEX_Vmovq_rm64_xmm,
]);

/** Registers NASM writes as their 32-bit part, which the processor zero-extends anyway: it saves REX.W. */
function storesSelector64(form: Form, index: number): boolean {
  if (index !== 0) return false;
  if (ZERO_EXTENDING.has(form.mnemonic)) return true;
  if (form.memory.bits !== 16 || form.operandSize !== 32) return false;
  return (
    form.mnemonic === Mnemonic.Sldt ||
    (form.mnemonic === Mnemonic.Mov && form.kinds[1] === OpCodeOperandKind.seg_reg)
  );
}

/** Instructions that take a byte from a register of any width. */
const BYTE_SOURCES = new Set<number>([Mnemonic.Pinsrb, Mnemonic.Vpinsrb, Mnemonic.Vpbroadcastb]);

/** Instructions that copy the lowest bits of a register of any width into all elements. */
const BROADCASTS = new Set<number>([Mnemonic.Vpbroadcastb, Mnemonic.Vpbroadcastw]);

/** The number of a byte register in ModRM; undefined for AH to BH. */
function byteNumber(register: number): number | undefined {
  const n = numberOf(register);
  return n < 4 ? n : n < 8 ? undefined : n - 4;
}

const FIRST_OF: Readonly<Record<string, number>> = {
  r16: Register.AX,
  r32: Register.EAX,
  r64: Register.RAX,
};

const isGeneral = (cls: string | undefined): boolean => cls !== undefined && cls in FIRST_OF;

function matchRegister(
  form: Form,
  index: number,
  info: KindInfo,
  op: RegisterOperand,
  bits: number,
): Slot | undefined {
  const { register } = op;
  // `fadd to st0` means the form that writes to ST(i).
  if (op.to && info.fixed !== undefined) return undefined;
  if (info.fixed !== undefined)
    return info.fixed === register ? { kind: 'register', register } : undefined;
  const cls = classOf(register);
  if (info.cls === undefined) return undefined;
  if (info.cls === cls) {
    // In 64-bit code `90` is NOP and would not clear the upper half as XCHG EAX, EAX does.
    if (form.code === Code.Xchg_r32_EAX && register === Register.EAX && bits === 64)
      return undefined;
    return { kind: 'register', register };
  }
  // A register of another width stands for the same-numbered one of the form's width.
  const wanted = FIRST_OF[info.cls];
  const byte = cls === 'r8' && BYTE_SOURCES.has(form.mnemonic) ? byteNumber(register) : undefined;
  if (wanted !== undefined && byte !== undefined)
    return { kind: 'register', register: wanted + byte };
  if (wanted === undefined || !isGeneral(cls)) return undefined;
  // PINSRW has a form of its own for 64 bits, which NASM takes.
  const ownForm = form.mnemonic === Mnemonic.Pinsrw && cls === 'r64';
  const anyWidth =
    (readsSelector(form, index) && !ownForm) ||
    (index === 1 && (form.mnemonic === Mnemonic.Reservednop || BROADCASTS.has(form.mnemonic)));
  if (anyWidth || (cls === 'r64' && storesSelector64(form, index)))
    return { kind: 'register', register: wanted + numberOf(register) };
  return undefined;
}

function matchMemory(
  form: Form,
  info: KindInfo,
  op: MemoryOperand,
  address: Address,
): Slot | undefined {
  if (info.offset) {
    const bare = address.base === Register.None && address.index === Register.None;
    if (!bare || address.relative || !address.offset) return undefined;
  } else {
    if (!info.memory || MOVQ_GENERAL.has(form.code)) return undefined;
    const vector = /^[xyz]mm$/.exec(classOf(address.index) ?? '')?.[0];
    if (vector !== info.vsib) return undefined;
  }
  const { memory } = form;
  const far = op.distance === 'far';
  if (memory.pointer === 'far' && isBranch(form) ? !far : far) return undefined;
  if (op.decoration?.broadcast !== undefined) {
    if (form.broadcast === 0) return undefined;
    if (op.size !== 0 && op.size !== form.broadcast) return undefined;
    if (form.memory.bits / form.broadcast !== op.decoration.broadcast) return undefined;
  } else if (op.size !== 0 && memory.bits !== 0 && !sizeFits(form, op.size) && !info.vsib) {
    return undefined;
  }
  if (memory.state && op.size !== 0) return undefined;
  return { kind: 'memory', address: sizedByForm(address, form), offset: info.offset === true };
}

/** Whether a size before the address is the form's; `mov ds, qword [x]` reads a word all the same. */
function sizeFits({ memory, operandSize }: Form, size: number): boolean {
  return size === memory.bits || (memory.bits === 16 && operandSize === 64 && size === 64);
}

/** A bare address takes the width that the form's register has (MOVDIR64B, ENQCMD). */
function sizedByForm(address: Address, { addressSize, operands }: Form): Address {
  const own = addressSize as 0 | 16 | 32 | 64;
  const bare = address.base === Register.None && address.index === Register.None;
  const told = operands.some((o) => o.cls !== undefined);
  if (own === 0 || !bare || !told || own === address.addressSize) return address;
  return { ...address, addressSize: own, displacementBits: own };
}

const isBranch = (form: Form): boolean =>
  form.mnemonic === Mnemonic.Jmp || form.mnemonic === Mnemonic.Call;

/** Whether `n` survives being cut to 8 bits and sign-extended to `width` (NASM's sbyte tests, which wrap at 32). */
function fitsByte(n: bigint, width: number): boolean {
  const value = BigInt.asIntN(Math.min(width, 32), n);
  return value >= -128n && value <= 127n;
}

type ImmediateFit = 'fits' | 'loose' | undefined;

function fitImmediate(
  form: Form,
  info: ImmediateInfo,
  op: ImmediateOperand,
  value: Value,
  toRegister: boolean,
): ImmediateFit {
  const { bits, width } = info;
  const plain = isScalar(value) && isKnown(value);
  // NASM hopes for the best while a value is not known yet: a later pass corrects it.
  const hoped = !isKnown(value) && !op.strict;
  if (info.only !== undefined) {
    const fits = hoped || (plain && value.n === info.only && !op.strict);
    return fits && op.size === 0 ? 'fits' : undefined;
  }
  if (bits === width) {
    if (op.size !== 0 && op.size !== bits) {
      // A size larger than an 8-bit count or port is a contradiction; NASM refuses it, too.
      return undefined;
    }
    return 'fits';
  }
  if (bits === 8) {
    if (op.size === 8) return 'fits';
    if (op.size !== 0 && op.size !== width && !(op.size === 32 && width === 64)) return undefined;
    return hoped || (plain && !op.strict && fitsByte(value.n, width)) ? 'fits' : undefined;
  }
  // A sign-extended 32-bit immediate of a 64-bit operation.
  if (op.size === 32) return 'fits';
  if (
    op.size !== 0 &&
    (op.size !== 64 || (op.strict && toRegister && form.mnemonic === Mnemonic.Mov))
  )
    return undefined;
  const fits = plain && value.n >= -0x80000000n && value.n <= 0x7fffffffn;
  return hoped || (fits && !op.strict) ? 'fits' : 'loose';
}

function matchBranch(
  form: Form,
  info: BranchInfo,
  op: ImmediateOperand,
  value: Value,
  context: Context,
): Slot | undefined {
  const slot: Slot = { kind: 'branch', info, value };
  if (op.size !== 0 && op.size !== info.width) return undefined;
  if (op.distance === 'far') return undefined;
  if (info.bits !== 8) return op.distance === 'short' ? undefined : slot;
  if (op.distance === 'short' || !hasNear(form)) return slot;
  if (op.distance === 'near' || op.strict || op.size !== 0) return undefined;
  const prefixed = form.operandSize === 16 ? context.bits !== 16 : context.bits === 16;
  return context.fitsShort(value, prefixed ? 3 : 2) ? slot : undefined;
}

/** LOOP and JCXZ have only short forms. */
const hasNear = (form: Form): boolean => form.addressSize === 0;

function matchOne(
  form: Form,
  index: number,
  info: KindInfo,
  r: Resolved,
  toRegister: boolean,
  context: Context,
): Slot | 'loose' | undefined {
  const op = r.operand;
  switch (op.kind) {
    case 'register':
      return matchRegister(form, index, info, op, context.bits);
    case 'memory':
      return r.address && matchMemory(form, info, op, r.address);
    case 'immediate':
      if (!r.value) return undefined;
      if (info.branch) return matchBranch(form, info.branch, op, r.value, context);
      if (!info.immediate) return undefined;
      switch (fitImmediate(form, info.immediate, op, r.value, toRegister)) {
        case 'fits':
          return { kind: 'immediate', info: info.immediate, value: r.value };
        case 'loose':
          return 'loose';
        default:
          return undefined;
      }
    case 'far': {
      if (info.far === undefined || !r.selector || !r.value) return undefined;
      const wanted = op.size === 0 ? context.bits : op.size;
      if (info.far !== wanted) return undefined;
      return { kind: 'far', bits: info.far, selector: r.selector, offset: r.value };
    }
  }
}

function decorationsFit(form: Form, operands: readonly Resolved[]): boolean {
  if (form.needsMask && !operands.some((r) => r.operand.decoration?.mask)) return false;
  for (const { operand } of operands) {
    const d = operand.decoration;
    if (!d) continue;
    if (d.mask !== undefined && !form.canMask) return false;
    if (d.zeroing && !form.canZero) return false;
    if (d.rounding !== undefined && !form.canRound) return false;
    if (d.suppressExceptions && !form.canSuppress) return false;
  }
  return true;
}

/** Whether `form` takes the operands, and how. */
export function match(
  form: Form,
  operands: readonly Resolved[],
  context: Context,
): Match | undefined {
  if (form.written !== operands.length || !form.modes[context.bits]) return undefined;
  if (!decorationsFit(form, operands)) return undefined;
  const slots: Slot[] = [];
  let loose = false;
  const toRegister = operands[0]?.operand.kind === 'register';
  let next = 0;
  for (let i = 0; i < form.operands.length; i++) {
    const info = form.operands[i];
    if (!info || info.implicit) {
      slots.push({ kind: 'implicit' });
      continue;
    }
    const resolved = operands[next++];
    if (!resolved) return undefined;
    const slot = matchOne(form, i, info, resolved, toRegister, context);
    if (slot === undefined) return undefined;
    if (slot !== 'loose') {
      slots.push(slot);
    } else if (info.immediate && resolved.value) {
      loose = true;
      slots.push({ kind: 'immediate', info: info.immediate, value: resolved.value });
    }
  }
  return { form, slots, loose };
}
