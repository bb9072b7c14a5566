import { Cr4 } from '../../isa/registers/control';
import { Fault, NotImplemented, undefinedOpcode } from '../faults';
import { Vector } from '../../isa/exceptions';
import type { InstructionContext } from '../instruction-context';

/** DR0 to DR7 (SDM 3B 18.2). DR4 and DR5 are DR6 and DR7 unless CR4.DE is set. */

const GENERAL_DETECT = 1n << 13n;

export function readDebugRegister(cpu: InstructionContext, number: number): bigint {
  detect(cpu);
  return cpu.state.dr[aliased(cpu, number)] ?? 0n;
}

export function writeDebugRegister(cpu: InstructionContext, number: number, value: bigint): void {
  detect(cpu);
  const index = aliased(cpu, number);
  if (index === 7) requireNoBreakpoints(value);
  cpu.state.dr[index] = index === 6 ? dr6(value) : index === 7 ? dr7(value) : value;
}

/** L0 to G3 of DR7 turn on breakpoints (SDM 3B 18.2.4), which this processor does not watch for. */
export function requireNoBreakpoints(dr7: bigint): void {
  if (dr7 & 0xffn) throw new NotImplemented('breakpoints in debug registers (DR7)');
}

/** DR7.GD makes any access a #DB (SDM 3B 18.2.4). */
function detect(cpu: InstructionContext): void {
  const { dr } = cpu.state;
  if (!((dr[7] ?? 0n) & GENERAL_DETECT)) return;
  dr[6] = (dr[6] ?? 0n) | GENERAL_DETECT;
  dr[7] = (dr[7] ?? 0n) & ~GENERAL_DETECT;
  throw new Fault(Vector.DB);
}

function aliased(cpu: InstructionContext, number: number): number {
  if (number !== 4 && number !== 5) return number;
  if (cpu.state.cr4 & BigInt(Cr4.DE)) throw undefinedOpcode();
  return number + 2;
}

/** Reserved bits read as they must (SDM 3B 18.2.3, 18.2.4). */
const dr6 = (value: bigint): bigint => (value & 0xe00fn) | 0xffff0ff0n;
const dr7 = (value: bigint): bigint => (value & 0xffff2bffn) | 0x400n;
