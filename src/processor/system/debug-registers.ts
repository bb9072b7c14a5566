import {
  DR6_INITIAL,
  DR6_WRITABLE,
  DR7_INITIAL,
  DR7_WRITABLE,
  Dr6,
  WideDr7,
} from '../../isa/registers/debug';
import { WideCr4 } from '../../isa/registers/control';
import { Fault, generalProtection, undefinedOpcode } from '../faults';
import { noDebugAlias } from '../reasons/instructions';
import { debugRegisterGuarded, reservedBits } from '../reasons/registers';
import { Vector } from '../../isa/exceptions';
import type { InstructionContext } from '../execution/instruction-context';

/** DR0 to DR7 (SDM 3B 18.2). DR4 and DR5 are DR6 and DR7 unless CR4.DE is set. */

export function readDebugRegister(cpu: InstructionContext, number: number): bigint {
  detect(cpu);
  return cpu.state.dr[aliased(cpu, number)] ?? 0n;
}

/** @throws Fault #GP(0) for bits 63:32 of DR6 or DR7 (SDM 2B MOV—Debug Registers), #DB, #UD */
export function writeDebugRegister(cpu: InstructionContext, number: number, value: bigint): void {
  detect(cpu);
  const index = aliased(cpu, number);
  if (index >= 6 && value >> 32n) {
    const reserved = value & ~0xffffffffn;
    throw generalProtection(reservedBits(`DR${String(index)}`, reserved, 'SDM 3B 18.2.6'));
  }
  cpu.state.dr[index] = index === 6 ? dr6(value) : index === 7 ? dr7(value) : value;
  if (index === 7) cpu.updateDerivedState();
}

/** DR7.GD makes any access a #DB (SDM 3B 18.2.4). */
function detect(cpu: InstructionContext): void {
  const { dr } = cpu.state;
  if (!((dr[7] ?? 0n) & WideDr7.GD)) return;
  throw new Fault(Vector.DB, debugRegisterGuarded(), undefined, undefined, Dr6.BD);
}

function aliased(cpu: InstructionContext, number: number): number {
  if (number !== 4 && number !== 5) return number;
  if (cpu.state.cr4 & WideCr4.DE) throw undefinedOpcode(noDebugAlias(number));
  return number + 2;
}

/** Reserved bits read as they must (SDM 3B 18.2.3, 18.2.4). */
const dr6 = (value: bigint): bigint => (value & DR6_WRITABLE) | DR6_INITIAL;
const dr7 = (value: bigint): bigint => (value & DR7_WRITABLE) | DR7_INITIAL;
