import { X87Control, X87Status } from '../../isa/registers/floating-point';
import type { CpuState } from '../state/cpu-state';
import { Units, wordOf, x87Slot } from '../state/layout';

const CONTROL = wordOf(Units.X87_CONTROL);
const STATUS = wordOf(Units.X87_STATUS);
const TAGS = wordOf(Units.X87_TAGS);

const TOP_AT = 11;
const EXCEPTIONS = 0x3f;
/** Bits of FCW that can be written, and the one that always reads as 1. */
const CONTROL_WRITABLE = 0x1f3f;
const CONTROL_ALWAYS = 0x40;
const SIGNIFICAND = 0xffffffffffffffffn;

/** FCW after FINIT: all exceptions masked, 64 bits, to nearest (SDM 1 8.1.5). */
export const CONTROL_INITIAL = 0x37f;
/** ES, and B with the same value. */
const SUMMARY = X87Status.ES | X87Status.B;
export const CONDITIONS = X87Status.C0 | X87Status.C2 | X87Status.C3;

/** The eight registers with their tags, and the words that belong to them (SDM 1 8.1). */
export class RegisterStack {
  constructor(private readonly state: CpuState) {}

  get control(): number {
    return this.state.words[CONTROL] ?? 0;
  }

  /** Exceptions that were masked may be pending with other masks. */
  set control(value: number) {
    const word = (value & CONTROL_WRITABLE) | CONTROL_ALWAYS;
    this.state.words[CONTROL] = word;
    this.status = this.status;
  }

  get status(): number {
    return this.state.words[STATUS] ?? 0;
  }

  /** ES and B follow from the flags and their masks. */
  set status(value: number) {
    const pending = (value & ~this.control & EXCEPTIONS) !== 0;
    const word = pending ? value | SUMMARY : value & ~SUMMARY;
    this.state.words[STATUS] = word & 0xffff;
  }

  get pending(): boolean {
    return (this.status & X87Status.ES) !== 0;
  }

  /** Bit n tells that the physical register Rn is not empty. */
  get tags(): number {
    return this.state.words[TAGS] ?? 0;
  }

  set tags(value: number) {
    this.state.words[TAGS] = value;
  }

  get top(): number {
    return (this.status & X87Status.TOP) >> TOP_AT;
  }

  set top(value: number) {
    this.state.words[STATUS] = (this.status & ~X87Status.TOP) | ((value & 7) << TOP_AT);
  }

  /** The number of the physical register that is ST(index). */
  physical(index: number): number {
    return (this.top + index) & 7;
  }

  isEmpty(index: number): boolean {
    return (this.tags & (1 << this.physical(index))) === 0;
  }

  /** The 80 bits of ST(index), whether it is empty or not. */
  get(index: number): bigint {
    return this.getPhysical(this.physical(index));
  }

  /** Fills ST(index). */
  set(index: number, value: bigint): void {
    const register = this.physical(index);
    this.setPhysical(register, value);
    this.tags |= 1 << register;
  }

  getPhysical(register: number): bigint {
    const slot = x87Slot(register);
    return this.state.slot(slot) | ((this.state.slot(slot + 8) & 0xffffn) << 64n);
  }

  setPhysical(register: number, value: bigint): void {
    const slot = x87Slot(register);
    this.state.setSlot(slot, value & SIGNIFICAND);
    this.state.setSlot(slot + 8, value >> 64n);
  }

  free(index: number): void {
    this.tags &= ~(1 << this.physical(index));
  }

  push(value: bigint): void {
    this.top -= 1;
    this.set(0, value);
  }

  pop(): void {
    this.free(0);
    this.top += 1;
  }

  /** FNINIT (SDM 2A FINIT): the registers keep what they hold, but are empty. */
  initialize(): void {
    this.state.words[STATUS] = 0;
    this.control = CONTROL_INITIAL;
    this.tags = 0;
    for (const slot of [
      Units.X87_OPCODE,
      Units.X87_INSTRUCTION,
      Units.X87_DATA,
      Units.X87_CODE_SEGMENT,
      Units.X87_DATA_SEGMENT,
    ])
      this.state.setSlot(slot, 0n);
  }

  /** FNCLEX: no exception is pending any more. */
  clearExceptions(): void {
    this.status &= ~(EXCEPTIONS | X87Status.SF);
  }

  maskAll(): void {
    this.control |= EXCEPTIONS & X87_MASKS;
  }
}

const X87_MASKS =
  X87Control.IM | X87Control.DM | X87Control.ZM | X87Control.OM | X87Control.UM | X87Control.PM;
