import { MemorySize } from 'iced-x86';
import { X87Status } from '../../isa/registers/floating-point';
import type { InstructionContext } from '../execution/instruction-context';
import {
  DOUBLE,
  Environment,
  EXTENDED,
  Flag,
  type Format,
  PRE_COMPUTATION,
  SINGLE,
} from '../floating-point';
import type { SlowPath } from '../semantics/slow-path';
import { requireUnit, waitsForError } from './availability';
import { notePointers } from './pointers';
import { CONDITIONS, RegisterStack } from './register-stack';

/** What comes out of an invalid operation. */
export const INDEFINITE = EXTENDED.indefinite;

/**
 * One x87 instruction that computes or moves numbers, from its first look at the operands to what it
 * leaves in the status word. Its body reads memory first and writes registers last, so that a fault
 * leaves no trace; exceptions of the unit are gathered, and told by `finish`.
 */
export class Operation {
  readonly stack: RegisterStack;
  readonly env: Environment;
  private stackFault = 0;
  private conditions: number | undefined;
  private c1: boolean | undefined;

  constructor(readonly cpu: InstructionContext) {
    this.stack = new RegisterStack(cpu.state);
    this.env = Environment.ofX87(this.stack.control);
  }

  /** The index of the stack register that an operand names. */
  register(index: number): number {
    const operand = this.cpu.instruction.operands[index];
    return operand?.kind === 'x87' ? operand.index : 0;
  }

  get hasMemory(): boolean {
    return this.cpu.instruction.memorySize !== MemorySize.Unknown;
  }

  /** Whether one of the registers is empty, which is a stack underflow then (SDM 1 8.5.1.1). */
  underflows(...indices: readonly number[]): boolean {
    if (!indices.some((index) => this.stack.isEmpty(index))) return false;
    this.invalidStack(false);
    return true;
  }

  /** Whether there is no room to push, which is a stack overflow then. */
  overflows(): boolean {
    if (this.stack.isEmpty(-1)) return false;
    this.invalidStack(true);
    return true;
  }

  private invalidStack(overflow: boolean): void {
    this.env.raise(X87Status.IE);
    this.stackFault = X87Status.SF | (overflow ? X87Status.C1 : 0);
  }

  /** No exception found before the operation forbids it to have a result. */
  get delivers(): boolean {
    return (this.env.unmasked & PRE_COMPUTATION) === 0;
  }

  /** A comparison that is invalid by its numbers, not by the stack, tells nothing if that is not masked. */
  get tellsRelation(): boolean {
    return this.stackFault !== 0 || !this.env.isUnmasked(Flag.INVALID);
  }

  /** Whether a store does not happen as its result is out of range: then nothing was rounded, either. */
  withholds(): boolean {
    if (!this.env.isUnmasked(Flag.OVERFLOW | Flag.UNDERFLOW)) return false;
    this.env.flags &= ~Flag.PRECISION;
    this.env.roundedUp = false;
    return true;
  }

  /** Sets C3, C2 and C0. */
  setConditions(conditions: number): void {
    this.conditions = conditions & CONDITIONS;
  }

  /** Sets C1 where it does not tell of rounding. */
  setC1(value: boolean): void {
    this.c1 = value;
  }

  /** Leaves C1 as it is, but for stack faults. */
  keepC1(): void {
    this.c1 = (this.stack.status & X87Status.C1) !== 0;
  }

  /** What the instruction leaves in the status word, and in the registers that tell where it was. */
  finish(): void {
    this.env.settle();
    let status = this.stack.status & ~X87Status.C1;
    if (this.conditions !== undefined) status = (status & ~CONDITIONS) | this.conditions;
    if (this.c1 ?? this.env.roundedUp) status |= X87Status.C1;
    if (this.stackFault) status = (status & ~X87Status.C1) | this.stackFault;
    this.stack.status = status | this.env.flags;
    notePointers(this.cpu);
  }
}

/** An instruction that waits, computes, and is remembered by FIP, FDP and FOP. */
export function operation(body: (x: Operation) => void): SlowPath {
  return (cpu) => {
    requireUnit(cpu);
    if (waitsForError(cpu)) return undefined;
    const x = new Operation(cpu);
    body(x);
    x.finish();
    return 'continue';
  };
}

/** The format of a floating-point operand in memory. */
export function floatingFormat(size: MemorySize): Format | undefined {
  switch (size) {
    case MemorySize.Float32:
      return SINGLE;
    case MemorySize.Float64:
      return DOUBLE;
    case MemorySize.Float80:
      return EXTENDED;
    default:
      return undefined;
  }
}

/** The bits of an integer operand in memory. */
export function integerWidth(size: MemorySize): 16 | 32 | 64 {
  if (size === MemorySize.Int16) return 16;
  return size === MemorySize.Int32 ? 32 : 64;
}
