import { State } from '../state/layout';
import type { AbstractMachine } from './abstract-machine';
import { Value } from './value';

/**
 * The six status flags, kept lazily: five 64-bit words from which each flag can be had without
 * knowing which instruction wrote them or how wide it was.
 *
 *   ZF  FLAG_RESULT is zero
 *   SF  the sign of FLAG_SIGN;  PF  the parity of its low byte
 *   CF  the carry out of the sign bit of CARRY_A + CARRY_B = CARRY_C
 *   OF  the overflow of that addition;  AF  the carry out of bit 3, (A ^ B ^ C) bit 4
 *
 * Operands are stored sign-extended, so the sign bit is always bit 63. A subtraction a - b = r is
 * stored as the addition r + b = a: its borrow and its overflow are those of that addition.
 */
export class Flags {
  constructor(private readonly m: AbstractMachine) {}

  ofAddition(a: Value, b: Value, sum: Value): void {
    this.ofResult(sum);
    this.carries(a, b, sum);
  }

  ofSubtraction(a: Value, b: Value, difference: Value): void {
    this.ofResult(difference);
    this.carries(difference, b, a);
  }

  /** CF = OF = AF = 0. (AF is undefined after logic; processors clear it.) */
  ofLogic(result: Value): void {
    const zero = Value.constant(64, 0);
    this.ofResult(result);
    this.carries(zero, zero, zero);
  }

  /** ZF, SF and PF of a result; the others stay. */
  ofResult(result: Value): void {
    const extended = this.m.let(result.signExtend(64));
    this.m.writeState(State.FLAG_RESULT, 64, extended);
    this.m.writeState(State.FLAG_SIGN, 64, extended);
  }

  /** CF, OF and AF, each a condition; the others stay. */
  setCarries(cf: Value, of: Value, af: Value): void {
    const carry = this.m.let(cf.resize(64).shl(63));
    const sum = cf.xor(of).resize(64).shl(63).or(af.resize(64).shl(4));
    this.carries(carry, carry, sum);
  }

  setCarry(cf: Value): void {
    const of = this.m.let(this.of());
    const af = this.m.let(this.af());
    this.setCarries(cf, of, af);
  }

  setOverflow(of: Value): void {
    const cf = this.m.let(this.cf());
    const af = this.m.let(this.af());
    this.setCarries(cf, of, af);
  }

  /** ZF alone. SF and PF have a word of their own, so they stay. */
  setZero(zf: Value): void {
    this.m.writeState(State.FLAG_RESULT, 64, zf.resize(64).xor(1));
  }

  /** All six from an image of RFLAGS (64 bits; other bits are ignored). */
  setStatus(image: Value): void {
    this.setSzapc(image);
    this.setCarries(image.bit(0), image.bit(11), image.bit(4));
  }

  /** SF, ZF, AF, PF and CF from an image (SAHF): OF stays. */
  setSzapcKeepingOverflow(image: Value): void {
    const of = this.m.let(this.of());
    this.setSzapc(image);
    this.setCarries(image.bit(0), of, image.bit(4));
  }

  /** CF, PF, AF, ZF, SF, OF as the bits of RFLAGS that they are (64 bits wide). */
  status(): Value {
    const at = (flag: Value, bit: number): Value => flag.resize(64).shl(bit);
    return at(this.cf(), 0)
      .or(at(this.pf(), 2))
      .or(at(this.af(), 4))
      .or(at(this.zf(), 6))
      .or(at(this.sf(), 7))
      .or(at(this.of(), 11));
  }

  cf(): Value {
    const { a, b, c } = this.carryWords();
    return a.and(b).or(a.or(b).and(c.not())).sign();
  }

  of(): Value {
    const { a, b, c } = this.carryWords();
    return a.xor(c).and(b.xor(c)).sign();
  }

  af(): Value {
    const { a, b, c } = this.carryWords();
    return a.xor(b).xor(c).bit(4);
  }

  zf(): Value {
    return this.m.readState(State.FLAG_RESULT, 64).eq(0);
  }

  sf(): Value {
    return this.m.readState(State.FLAG_SIGN, 64).sign();
  }

  pf(): Value {
    return this.m.readState(State.FLAG_SIGN, 64).and(0xff).popcount().resize(1).xor(1);
  }

  /** The condition of Jcc, SETcc and CMOVcc with this condition code (0 = O … 15 = NLE). */
  condition(code: number): Value {
    const base = [
      () => this.of(),
      () => this.cf(),
      () => this.zf(),
      () => this.cf().or(this.zf()),
      () => this.sf(),
      () => this.pf(),
      () => this.sf().xor(this.of()),
      () => this.sf().xor(this.of()).or(this.zf()),
    ][code >> 1];
    if (!base) throw new Error(`condition code ${String(code)}`);
    return code & 1 ? base().xor(1) : base();
  }

  private setSzapc(image: Value): void {
    this.setZero(image.bit(6));
    const parity = image.bit(2).xor(1).resize(64);
    this.m.writeState(State.FLAG_SIGN, 64, image.bit(7).resize(64).shl(63).or(parity));
  }

  private carries(a: Value, b: Value, c: Value): void {
    this.m.writeState(State.CARRY_A, 64, a.signExtend(64));
    this.m.writeState(State.CARRY_B, 64, b.signExtend(64));
    this.m.writeState(State.CARRY_C, 64, c.signExtend(64));
  }

  private carryWords(): { a: Value; b: Value; c: Value } {
    return {
      a: this.m.readState(State.CARRY_A, 64),
      b: this.m.readState(State.CARRY_B, 64),
      c: this.m.readState(State.CARRY_C, 64),
    };
  }
}

/** Condition codes by the mnemonics' endings, as iced-x86 spells them. */
export const CONDITION_CODES = [
  'O',
  'NO',
  'B',
  'AE',
  'E',
  'NE',
  'BE',
  'A',
  'S',
  'NS',
  'P',
  'NP',
  'L',
  'GE',
  'LE',
  'G',
] as const;
