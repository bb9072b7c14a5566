import { Vector } from '../../../isa/exceptions';
import { WideCr4 } from '../../../isa/registers/control';
import { Fault, undefinedOpcode } from '../../faults';
import type { InstructionContext } from '../../execution/instruction-context';
import { Environment } from '../../floating-point';
import { simdException } from '../../reasons/units';
import { notEnabled } from '../../reasons/instructions';
import { Units } from '../../state/layout';

/**
 * Computes as MXCSR says, and tells it what has been found. An exception that is not masked is raised when
 * its flag has been set, before a result is written (SDM 1 11.5.2, 11.5.3).
 *
 * @param compute gives what is written then
 */
export function computing<Result>(
  cpu: InstructionContext,
  compute: (env: Environment) => Result,
): Result {
  const mxcsr = Number(cpu.state.slot(Units.MXCSR));
  const env = Environment.ofMxcsr(mxcsr);
  const result = compute(env);
  env.settle();
  cpu.state.setWord(Units.MXCSR, mxcsr | env.flags);
  if (env.unmasked !== 0) throw exception(cpu, env.unmasked);
  return result;
}

/** #XM where the operating system handles it, otherwise #UD. */
function exception(cpu: InstructionContext, flags: number): Fault {
  if (cpu.state.cr4 & WideCr4.OSXMMEXCPT) return new Fault(Vector.XM, simdException(flags));
  return undefinedOpcode(notEnabled('CR4.OSXMMEXCPT'));
}
