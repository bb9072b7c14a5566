import { DebugCtl } from '../../isa/registers/msr-fields';
import { Rflags } from '../../isa/registers/flags';
import { Msr } from '../../isa/registers/msr';
import { decodeDetail } from '../decoder/details';
import type { CpuState } from '../state/cpu-state';

/** Single-stepping on branches (SDM 3B 18.4.3): with IA32_DEBUGCTL.BTF, TF waits for a branch that is taken. */

const UNCONDITIONAL = /^(JMP|CALL|RETF?|IRET[DQ]?|SYSCALL|SYSRETQ?|SYSENTER|SYSEXITQ?)$/;
const CONDITIONAL = /^(J|LOOP)/;

/**
 * With TF, whether the instruction that is about to be executed makes it raise #DB, to be asked when it
 * is done.
 *
 * @param bytes of the instruction
 */
export function stepCondition(
  state: CpuState,
  bytes: () => Uint8Array,
): (() => boolean) | undefined {
  if (!state.hasFlag(Rflags.TF)) return undefined;
  if (!(state.msr(Msr.DEBUGCTL) & BigInt(DebugCtl.BTF))) return () => true;
  const { mnemonic, length } = decodeDetail(bytes(), state.codeBits, 0);
  const next = state.rip + BigInt(length);
  return () => UNCONDITIONAL.test(mnemonic) || (CONDITIONAL.test(mnemonic) && state.rip !== next);
}
