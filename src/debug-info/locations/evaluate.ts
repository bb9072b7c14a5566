import * as l10n from '@vscode/l10n';
import type { Cursor } from '../reading/cursor';
import type { Location, Piece } from './location';
import { optimisedOut, readNumber, readRegister, type Machine } from './machine';

/** The stack machine of DWARF expressions (DWARF 5, 2.5 and 7.7.1). */

export interface Surroundings extends Machine {
  /** What `DW_OP_fbreg` counts from. */
  frameBase?(): bigint;
  /** What the caller's stack pointer was, before the call. */
  frameAddress?(): bigint;
  indexedAddress?(index: number): bigint;
}

/** More operations than any compiler writes: loops end. */
const MOST_OPERATIONS = 10_000;
const DEEPEST = 1_000;

export const Op = {
  ADDR: 0x03,
  DEREF: 0x06,
  CONST1U: 0x08,
  CONST1S: 0x09,
  CONST2U: 0x0a,
  CONST2S: 0x0b,
  CONST4U: 0x0c,
  CONST4S: 0x0d,
  CONST8U: 0x0e,
  CONST8S: 0x0f,
  CONSTU: 0x10,
  CONSTS: 0x11,
  DUP: 0x12,
  DROP: 0x13,
  OVER: 0x14,
  PICK: 0x15,
  SWAP: 0x16,
  ROT: 0x17,
  ABS: 0x19,
  AND: 0x1a,
  DIV: 0x1b,
  MINUS: 0x1c,
  MOD: 0x1d,
  MUL: 0x1e,
  NEG: 0x1f,
  NOT: 0x20,
  OR: 0x21,
  PLUS: 0x22,
  PLUS_UCONST: 0x23,
  SHL: 0x24,
  SHR: 0x25,
  SHRA: 0x26,
  XOR: 0x27,
  BRA: 0x28,
  EQ: 0x29,
  GE: 0x2a,
  GT: 0x2b,
  LE: 0x2c,
  LT: 0x2d,
  NE: 0x2e,
  SKIP: 0x2f,
  LIT0: 0x30,
  REG0: 0x50,
  BREG0: 0x70,
  REGX: 0x90,
  FBREG: 0x91,
  BREGX: 0x92,
  PIECE: 0x93,
  DEREF_SIZE: 0x94,
  NOP: 0x96,
  CALL_FRAME_CFA: 0x9c,
  BIT_PIECE: 0x9d,
  IMPLICIT_VALUE: 0x9e,
  STACK_VALUE: 0x9f,
  ADDRX: 0xa1,
  CONSTX: 0xa2,
  ENTRY_VALUE: 0xa3,
  GNU_ENTRY_VALUE: 0xf3,
} as const;

/**
 * Where an expression says that something is.
 *
 * @param cursor over the expression alone
 * @param stack what lies on the stack before
 * @throws DebugInfoError where the expression is damaged, Unavailable where what it needs is not known
 */
export function evaluateLocation(
  cursor: Cursor,
  around: Surroundings,
  stack: readonly bigint[] = [],
): Location {
  return new Evaluation(cursor, around, [...stack]).run();
}

/** The number that an expression gives. @throws the same */
export function evaluateNumber(
  cursor: Cursor,
  around: Surroundings,
  stack: readonly bigint[] = [],
): bigint {
  const location = evaluateLocation(cursor, around, stack);
  switch (location.kind) {
    case 'memory':
      return location.address;
    case 'register':
      return readRegister(around, location.register);
    case 'value':
      return location.value;
    default:
      throw optimisedOut();
  }
}

class Evaluation {
  private readonly pieces: Piece[] = [];
  /** What has been found so far of the present piece, if it is no address. */
  private found: Location | undefined;
  private readonly start: number;

  constructor(
    private readonly cursor: Cursor,
    private readonly around: Surroundings,
    private readonly stack: bigint[],
  ) {
    this.start = cursor.offset;
  }

  run(): Location {
    const { cursor } = this;
    if (cursor.isAtEnd) return { kind: 'gone' };
    for (let n = 0; !cursor.isAtEnd; n++) {
      if (n >= MOST_OPERATIONS) cursor.fail(l10n.t('the expression has no end'));
      this.operation(cursor.u8());
    }
    return this.pieces.length > 0 ? { kind: 'pieces', pieces: this.pieces } : this.location();
  }

  private location(): Location {
    const found = this.found ?? { kind: 'memory', address: this.pop() };
    this.found = undefined;
    return found;
  }

  private push(value: bigint): void {
    if (this.stack.length >= DEEPEST) this.cursor.fail(l10n.t('the expression has no end'));
    this.stack.push(BigInt.asUintN(this.around.bits, value));
  }

  private pop(): bigint {
    const value = this.stack.pop();
    if (value === undefined) this.cursor.fail(l10n.t('the expression is damaged'));
    return value as bigint;
  }

  private signed(): bigint {
    return BigInt.asIntN(this.around.bits, this.pop());
  }

  private operation(op: number): void {
    if (op >= Op.LIT0 && op < Op.REG0) this.push(BigInt(op - Op.LIT0));
    else if (op >= Op.REG0 && op < Op.BREG0) this.inRegister(op - Op.REG0);
    else if (op >= Op.BREG0 && op < Op.REGX) this.fromRegister(op - Op.BREG0);
    else if (!this.constant(op) && !this.onStack(op) && !this.flow(op) && !this.place(op)) {
      this.cursor.fail(l10n.t('an operation is not known (number {0})', op));
    }
  }

  private inRegister(register: number): void {
    this.found = { kind: 'register', register };
  }

  private fromRegister(register: number): void {
    const offset = this.cursor.sleb64();
    this.push(readRegister(this.around, register) + offset);
  }

  private constant(op: number): boolean {
    const { cursor } = this;
    const { bits } = this.around;
    switch (op) {
      case Op.ADDR:
        this.push(cursor.unsigned(bits / 8));
        return true;
      case Op.CONSTU:
        this.push(cursor.uleb64());
        return true;
      case Op.CONSTS:
        this.push(cursor.sleb64());
        return true;
      case Op.ADDRX:
      case Op.CONSTX:
        this.push(this.around.indexedAddress?.(cursor.uleb()) ?? cursor.fail(DAMAGED()));
        return true;
    }
    if (op < Op.CONST1U || op > Op.CONST8S) return false;
    const bytes = 1 << ((op - Op.CONST1U) >> 1);
    const value = cursor.unsigned(bytes);
    this.push(op & 1 ? BigInt.asIntN(8 * bytes, value) : value);
    return true;
  }

  private onStack(op: number): boolean {
    const { stack } = this;
    switch (op) {
      case Op.DUP:
        this.pick(0);
        return true;
      case Op.DROP:
        this.pop();
        return true;
      case Op.OVER:
        this.pick(1);
        return true;
      case Op.PICK:
        this.pick(this.cursor.u8());
        return true;
      case Op.SWAP: {
        const [a, b] = [this.pop(), this.pop()];
        stack.push(a, b);
        return true;
      }
      case Op.ROT: {
        const [a, b, c] = [this.pop(), this.pop(), this.pop()];
        stack.push(a, c, b);
        return true;
      }
      case Op.ABS: {
        const value = this.signed();
        this.push(value < 0n ? -value : value);
        return true;
      }
      case Op.NEG:
        this.push(-this.pop());
        return true;
      case Op.NOT:
        this.push(~this.pop());
        return true;
      case Op.PLUS_UCONST:
        this.push(this.pop() + this.cursor.uleb64());
        return true;
      case Op.NOP:
        return true;
      default:
        return this.arithmetic(op);
    }
  }

  private pick(depth: number): void {
    this.push(this.stack.at(-1 - depth) ?? this.cursor.fail(DAMAGED()));
  }

  private arithmetic(op: number): boolean {
    if (op < Op.AND || op > Op.NE || op === Op.BRA) return false;
    const isSigned = op === Op.DIV || op === Op.SHRA || op >= Op.EQ;
    const last = isSigned && op !== Op.SHRA ? this.signed() : this.pop();
    const first = isSigned ? this.signed() : this.pop();
    if ((op === Op.DIV || op === Op.MOD) && last === 0n) this.cursor.fail(DAMAGED());
    this.push(this.result(op, first, last));
    return true;
  }

  private result(op: number, a: bigint, b: bigint): bigint {
    const shift = b > 64n ? 64n : b;
    switch (op) {
      case Op.AND:
        return a & b;
      case Op.DIV:
        return a / b;
      case Op.MINUS:
        return a - b;
      case Op.MOD:
        return a % b;
      case Op.MUL:
        return a * b;
      case Op.OR:
        return a | b;
      case Op.PLUS:
        return a + b;
      case Op.SHL:
        return a << shift;
      case Op.SHR:
      case Op.SHRA:
        return a >> shift;
      case Op.XOR:
        return a ^ b;
      case Op.EQ:
        return a === b ? 1n : 0n;
      case Op.GE:
        return a >= b ? 1n : 0n;
      case Op.GT:
        return a > b ? 1n : 0n;
      case Op.LE:
        return a <= b ? 1n : 0n;
      case Op.LT:
        return a < b ? 1n : 0n;
      default:
        return a !== b ? 1n : 0n;
    }
  }

  private flow(op: number): boolean {
    if (op !== Op.SKIP && op !== Op.BRA) return false;
    const { cursor } = this;
    const by = (cursor.u16() << 16) >> 16;
    if (op === Op.BRA && this.pop() === 0n) return true;
    const to = cursor.offset + by;
    if (to < this.start || to > cursor.end) cursor.fail(DAMAGED());
    cursor.offset = to;
    return true;
  }

  private place(op: number): boolean {
    const { cursor, around } = this;
    switch (op) {
      case Op.DEREF:
        this.push(readNumber(around, this.pop(), around.bits / 8));
        return true;
      case Op.DEREF_SIZE: {
        const bytes = cursor.u8();
        if (bytes === 0 || bytes > 8) cursor.fail(DAMAGED());
        this.push(readNumber(around, this.pop(), bytes));
        return true;
      }
      case Op.REGX:
        this.inRegister(cursor.uleb());
        return true;
      case Op.BREGX:
        this.fromRegister(cursor.uleb());
        return true;
      case Op.FBREG: {
        const offset = cursor.sleb64();
        if (!around.frameBase) throw optimisedOut();
        this.push(around.frameBase() + offset);
        return true;
      }
      case Op.CALL_FRAME_CFA:
        if (!around.frameAddress) throw optimisedOut();
        this.push(around.frameAddress());
        return true;
      case Op.STACK_VALUE:
        this.found = { kind: 'value', value: this.pop() };
        return true;
      case Op.IMPLICIT_VALUE: {
        const length = cursor.uleb();
        const from = cursor.skip(length);
        const bytes = cursor.section.bytes.subarray(from, from + length);
        this.found = { kind: 'bytes', bytes };
        return true;
      }
      case Op.PIECE:
        this.piece(cursor.uleb() * 8, 0);
        return true;
      case Op.BIT_PIECE:
        this.piece(cursor.uleb(), cursor.uleb());
        return true;
      case Op.ENTRY_VALUE:
      case Op.GNU_ENTRY_VALUE:
        throw optimisedOut();
      default:
        return false;
    }
  }

  /** A piece of which nothing is said is nowhere. */
  private piece(bits: number, skipped: number): void {
    const isKnown = this.found !== undefined || this.stack.length > 0;
    const location: Location = isKnown ? this.location() : { kind: 'gone' };
    this.pieces.push({ location, bits, skipped });
  }
}

const DAMAGED = (): string => l10n.t('the expression is damaged');
