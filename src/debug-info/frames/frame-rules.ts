import * as l10n from '@vscode/l10n';
import type { Cursor } from '../reading/cursor';
import type { CommonFrame, FunctionFrame } from './frame-entries';

/** How the caller's registers are found at an address of a function (DWARF 5, 6.4). */

export type Rule =
  /** In memory, so far from the frame's address. */
  | { readonly kind: 'offset' | 'value-offset'; readonly offset: bigint }
  | { readonly kind: 'register'; readonly register: number }
  /** A block of an expression: the place of the register, or its value. */
  | { readonly kind: 'expression' | 'value-expression'; readonly block: Cursor }
  | { readonly kind: 'undefined' | 'same' };

export type FrameAddress =
  | { readonly kind: 'register'; readonly register: number; readonly offset: bigint }
  | { readonly kind: 'expression'; readonly block: Cursor };

export interface FrameRules {
  readonly frameAddress: FrameAddress;
  readonly registers: ReadonlyMap<number, Rule>;
}

const Op = {
  NOP: 0x00,
  SET_LOC: 0x01,
  ADVANCE_LOC1: 0x02,
  ADVANCE_LOC2: 0x03,
  ADVANCE_LOC4: 0x04,
  OFFSET_EXTENDED: 0x05,
  RESTORE_EXTENDED: 0x06,
  UNDEFINED: 0x07,
  SAME_VALUE: 0x08,
  REGISTER: 0x09,
  REMEMBER_STATE: 0x0a,
  RESTORE_STATE: 0x0b,
  DEF_CFA: 0x0c,
  DEF_CFA_REGISTER: 0x0d,
  DEF_CFA_OFFSET: 0x0e,
  DEF_CFA_EXPRESSION: 0x0f,
  EXPRESSION: 0x10,
  OFFSET_EXTENDED_SF: 0x11,
  DEF_CFA_SF: 0x12,
  DEF_CFA_OFFSET_SF: 0x13,
  VAL_OFFSET: 0x14,
  VAL_OFFSET_SF: 0x15,
  VAL_EXPRESSION: 0x16,
  GNU_ARGS_SIZE: 0x2e,
  /** In the two highest bits; the others are an operand. */
  ADVANCE_LOC: 0x40,
  OFFSET: 0x80,
  RESTORE: 0xc0,
} as const;

/** More states than any compiler remembers. */
const DEEPEST = 1_000;
const MOST_REGISTERS = 128;

/** @throws DebugInfoError */
export function rulesAt(frame: FunctionFrame, address: bigint): FrameRules {
  const { common } = frame;
  const table = new RuleTable(common, frame.from, address);
  table.run(common.program);
  table.initial = new Map(table.registers);
  table.run(frame.program);
  const { frameAddress, registers } = table;
  if (!frameAddress) return table.damaged(frame.program);
  return { frameAddress, registers };
}

class RuleTable {
  registers = new Map<number, Rule>();
  /** What the common instructions have said. */
  initial: ReadonlyMap<number, Rule> = new Map();
  frameAddress: FrameAddress | undefined;
  private readonly remembered: {
    readonly registers: Map<number, Rule>;
    readonly frameAddress: FrameAddress | undefined;
  }[] = [];

  constructor(
    private readonly common: CommonFrame,
    private location: bigint,
    private readonly wanted: bigint,
  ) {}

  damaged(cursor: Cursor): never {
    return cursor.fail(l10n.t('the frame of a function is damaged'));
  }

  /** Up to the first row behind the wanted address. */
  run(program: Cursor): void {
    const { offset } = program;
    try {
      while (!program.isAtEnd && this.location <= this.wanted) this.instruction(program);
    } finally {
      program.offset = offset;
    }
  }

  private instruction(cursor: Cursor): void {
    const op = cursor.u8();
    const operand = op & 0x3f;
    switch (op & 0xc0) {
      case Op.ADVANCE_LOC:
        this.advance(BigInt(operand));
        break;
      case Op.OFFSET:
        this.set(operand, { kind: 'offset', offset: this.scaled(cursor) });
        break;
      case Op.RESTORE:
        this.restore(operand);
        break;
      default:
        if (!this.ofLocation(op, cursor) && !this.ofAddress(op, cursor)) this.rule(op, cursor);
    }
  }

  private advance(by: bigint): void {
    this.location += by * this.common.codeFactor;
  }

  private scaled(cursor: Cursor): bigint {
    return cursor.uleb64() * this.common.dataFactor;
  }

  private scaledSigned(cursor: Cursor): bigint {
    return cursor.sleb64() * this.common.dataFactor;
  }

  private set(register: number, rule: Rule): void {
    // Others than those of a processor nobody asks for.
    if (register < MOST_REGISTERS) this.registers.set(register, rule);
  }

  private restore(register: number): void {
    const rule = this.initial.get(register);
    if (rule) this.registers.set(register, rule);
    else this.registers.delete(register);
  }

  private ofLocation(op: number, cursor: Cursor): boolean {
    switch (op) {
      case Op.NOP:
        return true;
      case Op.SET_LOC:
        this.location = cursor.unsigned(this.common.addressSize);
        return true;
      case Op.ADVANCE_LOC1:
        this.advance(BigInt(cursor.u8()));
        return true;
      case Op.ADVANCE_LOC2:
        this.advance(BigInt(cursor.u16()));
        return true;
      case Op.ADVANCE_LOC4:
        this.advance(BigInt(cursor.u32()));
        return true;
      case Op.GNU_ARGS_SIZE:
        cursor.uleb64();
        return true;
      case Op.REMEMBER_STATE: {
        if (this.remembered.length >= DEEPEST) this.damaged(cursor);
        const { frameAddress } = this;
        this.remembered.push({ registers: new Map(this.registers), frameAddress });
        return true;
      }
      case Op.RESTORE_STATE: {
        const state = this.remembered.pop() ?? this.damaged(cursor);
        this.registers = state.registers;
        this.frameAddress = state.frameAddress;
        return true;
      }
      default:
        return false;
    }
  }

  private ofAddress(op: number, cursor: Cursor): boolean {
    switch (op) {
      case Op.DEF_CFA:
        this.define(cursor.uleb(), cursor.uleb64());
        return true;
      case Op.DEF_CFA_SF:
        this.define(cursor.uleb(), this.scaledSigned(cursor));
        return true;
      case Op.DEF_CFA_REGISTER:
        this.define(cursor.uleb(), this.byRegister(cursor).offset);
        return true;
      case Op.DEF_CFA_OFFSET:
        this.define(this.byRegister(cursor).register, cursor.uleb64());
        return true;
      case Op.DEF_CFA_OFFSET_SF:
        this.define(this.byRegister(cursor).register, this.scaledSigned(cursor));
        return true;
      case Op.DEF_CFA_EXPRESSION:
        this.frameAddress = { kind: 'expression', block: cursor.part(cursor.uleb()) };
        return true;
      default:
        return false;
    }
  }

  private define(register: number, offset: bigint): void {
    this.frameAddress = { kind: 'register', register, offset };
  }

  private byRegister(cursor: Cursor): FrameAddress & { kind: 'register' } {
    const { frameAddress } = this;
    return frameAddress?.kind === 'register' ? frameAddress : this.damaged(cursor);
  }

  private rule(op: number, cursor: Cursor): void {
    const register = cursor.uleb();
    switch (op) {
      case Op.OFFSET_EXTENDED:
        return this.set(register, { kind: 'offset', offset: this.scaled(cursor) });
      case Op.OFFSET_EXTENDED_SF:
        return this.set(register, { kind: 'offset', offset: this.scaledSigned(cursor) });
      case Op.VAL_OFFSET:
        return this.set(register, { kind: 'value-offset', offset: this.scaled(cursor) });
      case Op.VAL_OFFSET_SF:
        return this.set(register, { kind: 'value-offset', offset: this.scaledSigned(cursor) });
      case Op.REGISTER:
        return this.set(register, { kind: 'register', register: cursor.uleb() });
      case Op.EXPRESSION:
        return this.set(register, { kind: 'expression', block: cursor.part(cursor.uleb()) });
      case Op.VAL_EXPRESSION:
        return this.set(register, { kind: 'value-expression', block: cursor.part(cursor.uleb()) });
      case Op.RESTORE_EXTENDED:
        return this.restore(register);
      case Op.UNDEFINED:
        return this.set(register, { kind: 'undefined' });
      case Op.SAME_VALUE:
        return this.set(register, { kind: 'same' });
      default:
        return this.damaged(cursor);
    }
  }
}
