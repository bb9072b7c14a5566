import { Cr4 } from '../../isa/registers/control';
import { generalProtection, undefinedOpcode } from '../faults';
import { notEnabled } from '../reasons/instructions';
import { mustBeZero } from '../reasons/registers';
import { Units } from '../state/layout';
import type { InstructionContext } from '../execution/instruction-context';
import type { SlowPath } from '../semantics/slow-path';

/** RDPKRU and WRPKRU (SDM 2B, 2D): in any ring, with ECX = 0, and EDX = 0 for a write. */

const LOW = 0xffffffffn;

function requireKeys({ state }: InstructionContext): void {
  if (!state.hasCr4(Cr4.PKE)) throw undefinedOpcode(notEnabled('CR4.PKE'));
  if (state.gpr(1) & LOW) throw generalProtection(mustBeZero('ECX', state.gpr(1) & LOW));
}

export const readPkru: SlowPath = (cpu) => {
  requireKeys(cpu);
  const { state } = cpu;
  state.setGpr(0, state.slot(Units.PKRU));
  state.setGpr(2, 0n);
  return 'continue';
};

export const writePkru: SlowPath = (cpu) => {
  requireKeys(cpu);
  const { state } = cpu;
  if (state.gpr(2) & LOW) throw generalProtection(mustBeZero('EDX', state.gpr(2) & LOW));
  cpu.mmu.setPkru(state.gpr(0) & LOW);
  return 'continue';
};
