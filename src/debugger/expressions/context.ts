import type { DebugMemory } from '../memory';
import { modeOf, type Registers } from '../registers';
import type { Target } from '../target';
import type { MemoryPlace } from './value';

/** Which world's registers and memory an expression means. */
export interface ExpressionContext {
  readonly target: Target;
  /** Whether the monitor's world is meant. */
  readonly inMonitor: boolean;
  readonly registers: Registers;
  readonly memory: DebugMemory;
  /** Whether assignments are allowed: conditions and hovers only look. */
  readonly mayAssign: boolean;
  /** Told of memory that an assignment has written. */
  readonly wrote?: ((place: MemoryPlace) => void) | undefined;
}

/** The world that has control. */
export function presentContext(target: Target): ExpressionContext {
  const inMonitor = target.side === 'monitor';
  return {
    target,
    inMonitor,
    registers: (inMonitor ? target.host : undefined) ?? target.guest,
    memory: inMonitor ? target.hostMemory : target.memory,
    mayAssign: false,
  };
}

/** The guest, whoever has control: for conditions at VM exits. */
export function guestContext(target: Target): ExpressionContext {
  const { guest, memory } = target;
  return { target, inMonitor: false, registers: guest, memory, mayAssign: false };
}

/** 16, 32 or 64: the width of the world's code. */
export function worldBits(context: ExpressionContext): 16 | 32 | 64 {
  return modeOf(context.registers).bits;
}
