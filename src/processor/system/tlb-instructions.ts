import { WideCr3, WideCr4 } from '../../isa/registers/control';
import { generalProtection } from '../faults';
import { addressNotCanonical } from '../reasons/memory';
import { invpcidPcid, invpcidType, reservedBits } from '../reasons/registers';
import type { InstructionContext } from '../execution/instruction-context';
import { isCanonical } from '../paging/mmu';
import type { SlowPath } from '../semantics/slow-path';

/** INVLPG (SDM 2A; 3A 4.10.4.1). */
export const invalidatePage: SlowPath = (cpu) => {
  cpu.requirePrivilege(0);
  const linear = cpu.linearOperand();
  if (cpu.guestMode.invlpg(linear)) return 'left';
  cpu.flushPage(linear);
  return undefined;
};

/** INVPCID's types (SDM 2A INVPCID). */
const Type = { ADDRESS: 0n, SINGLE_CONTEXT: 1n, ALL_WITH_GLOBALS: 2n, ALL: 3n } as const;

/**
 * INVPCID (SDM 2A; 3A 4.10.4.1). The software TLB holds translations of the present PCID alone; those
 * of others are gone, as they may be.
 */
export const invalidatePcid: SlowPath = (cpu) => {
  cpu.guestMode.requireEnabled('INVPCID');
  cpu.requirePrivilege(0);
  if (cpu.guestMode.invpcid()) return 'left';
  const bytes = cpu.instruction.operandSize;
  const type = cpu.readOperand(0, bytes);
  const pcid = cpu.readOperand(1, 8);
  const linear = cpu.load(cpu.operandSegment(), cpu.effectiveAddress() + 8n, 8);
  checkInvpcid(cpu, type, pcid, linear);
  if (type === Type.ADDRESS) cpu.flushPage(linear);
  else cpu.flushTlb(type !== Type.ALL_WITH_GLOBALS);
  return undefined;
};

function checkInvpcid(
  { state }: InstructionContext,
  type: bigint,
  pcid: bigint,
  linear: bigint,
): void {
  if (type > Type.ALL) throw generalProtection(invpcidType(type));
  const reserved = pcid & ~WideCr3.PCID;
  if (reserved) {
    throw generalProtection(reservedBits('INVPCID_DESC', reserved, 'SDM 2A INVPCID'));
  }
  const namesPcid = type === Type.ADDRESS || type === Type.SINGLE_CONTEXT;
  if (namesPcid && pcid && !(state.cr4 & WideCr4.PCIDE)) throw generalProtection(invpcidPcid(pcid));
  if (type === Type.ADDRESS && !isCanonical(linear, state)) {
    throw generalProtection(addressNotCanonical(linear));
  }
}
