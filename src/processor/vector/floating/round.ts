import type { InstructionContext } from '../../execution/instruction-context';
import { roundToIntegral, type Environment, type RoundingMode } from '../../floating-point';
import type { SlowPath } from '../../semantics/slow-path';
import { ENDINGS } from './arithmetic';
import { unary } from './elements';

/** ROUNDPS and its kin (SDM 2B, figure 4-24): bits 1:0 of the immediate, or MXCSR, say how; bit 3 hides PE. */

function lastImmediate(cpu: InstructionContext): number {
  const last = cpu.instruction.operands.at(-1);
  return last?.kind === 'immediate' ? Number(last.value & 0xffn) : 0;
}

export const ROUNDINGS: Readonly<Record<string, SlowPath>> = Object.fromEntries(
  Object.entries(ENDINGS).map(([ending, [format, shape]]) => [
    `ROUND${ending}`,
    unary(format, shape, (a: bigint, env: Environment, cpu) => {
      const imm = lastImmediate(cpu);
      const inexact = (imm & 8) === 0;
      if (imm & 4) return roundToIntegral(format, a, env, { inexact, denormal: false });
      return roundToIntegral(format, a, env, {
        mode: (imm & 3) as RoundingMode,
        inexact,
        denormal: false,
      });
    }),
  ]),
);
