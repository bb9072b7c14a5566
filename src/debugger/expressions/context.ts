import type { DebugMemory } from '../memory';
import { modeOf, type Registers } from '../registers/registers';
import type { Target, World } from '../target';
import type { MemoryPlace } from './value';

/** Which world's registers and memory an expression means. */
export interface ExpressionContext {
  readonly target: Target;
  readonly world: World;
  /** The world's registers, or those of an activation that is not its topmost. */
  readonly registers: Registers;
  readonly memory: DebugMemory;
  /** Linear address of the instruction that an activation is at, or of its call: its variables are meant. */
  readonly at?: bigint | undefined;
  /** Whether assignments are allowed: conditions and hovers only look. */
  readonly mayAssign: boolean;
  /** Told of memory that an assignment has written. */
  readonly wrote?: ((place: MemoryPlace) => void) | undefined;
}

/** A world as an expression sees it; it may only look. */
export function worldContext(
  target: Target,
  world: World,
  registers: Registers = world.registers,
  at?: bigint,
): ExpressionContext {
  return { target, world, registers, memory: world.memory, at, mayAssign: false };
}

/** The world that has control. */
export function presentContext(target: Target): ExpressionContext {
  return worldContext(target, target.present);
}

/** The guest, whoever has control: for conditions at VM exits. */
export function guestContext(target: Target): ExpressionContext {
  return worldContext(target, target.guestWorld);
}

/** The world of the program's code: for what is set in its source. */
export function codeContext(target: Target): ExpressionContext {
  return worldContext(target, target.code);
}

/** 16, 32 or 64: the width of the world's code. */
export function worldBits(context: ExpressionContext): 16 | 32 | 64 {
  return modeOf(context.registers).bits;
}
