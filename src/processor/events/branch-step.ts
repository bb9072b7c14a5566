import { DebugCtl } from '../../isa/registers/msr-fields';
import { Rflags } from '../../isa/registers/flags';
import { Msr } from '../../isa/registers/msr';
import { decodeDetail } from '../decoder/details';
import type { CpuState } from '../state/cpu-state';
import { recordBranch, recordsBranches } from './branch-records';

/**
 * Single-stepping on branches (SDM 3B 18.4.3): with IA32_DEBUGCTL.BTF, TF waits for a branch that is taken. Who records
 * branches (IA32_DEBUGCTL.LBR) steps from one instruction to the next, too.
 */

const UNCONDITIONAL = /^(JMP|CALL|RETF?|IRET[DQ]?|SYSCALL|SYSRETQ?|SYSENTER|SYSEXITQ?)$/;
const CONDITIONAL = /^(J|LOOP)/;

/**
 * Whether the instruction that is about to be executed raises #DB because of TF, to be asked when it is done; undefined
 * where nobody steps.
 *
 * @param bytes of the instruction
 */
export function stepCondition(
  state: CpuState,
  bytes: () => Uint8Array,
): (() => boolean) | undefined {
  state.tracesItself = false;
  const traps = state.hasFlag(Rflags.TF);
  const records = recordsBranches(state);
  if (!traps && !records) return undefined;
  const onBranches = (state.msr(Msr.DEBUGCTL) & BigInt(DebugCtl.BTF)) !== 0n;
  if (!onBranches && !records) return () => !state.tracesItself;
  const { rip: from } = state;
  const { mnemonic, length } = decodeDetail(bytes(), state.codeBits, 0);
  const next = from + BigInt(length);
  return () => {
    const taken =
      UNCONDITIONAL.test(mnemonic) || (CONDITIONAL.test(mnemonic) && state.rip !== next);
    if (taken && records) recordBranch(state, from, state.rip);
    return traps && !state.tracesItself && (taken || !onBranches);
  };
}
