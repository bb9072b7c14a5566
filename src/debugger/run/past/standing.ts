import type { Present, Target } from '../../target';

/** Where the program stands, as far as those ask who look back. */
export interface Standing {
  readonly target: Target;
  readonly side: Target['side'];
  /** Linear address of the instruction that comes next. */
  readonly linear: bigint;
  /** The stack pointer. */
  readonly stack: bigint;
  /** Instructions that have been completed. */
  readonly retired: number;
}

export function standingOf({ target }: Present): Standing {
  const { code, computer, side, linearRip: linear } = target;
  const { retired } = computer.processor;
  return { target, side, linear, stack: code.registers.gpr(4), retired };
}
