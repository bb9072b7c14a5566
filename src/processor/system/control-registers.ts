import {
  CR0_WRITABLE,
  MACHINE_STATUS_WORD,
  WideCr0,
  WideCr3,
  WideCr4,
  WideEfer,
} from '../../isa/registers/control';
import { AccessRights } from '../../isa/access-rights';
import { SystemType } from '../../isa/segments';
import { generalProtection, undefinedOpcode } from '../faults';
import { noSuchControlRegister } from '../reasons/instructions';
import {
  cannotBeginLongMode,
  longModeKeeps,
  noPriority,
  nwNeedsCd,
  pagingNeedsProtection,
  pagingStays,
  pcidsNeed,
  pdpteReserved,
  reservedBits,
  type LongModeConditions,
} from '../reasons/registers';
import type { InstructionContext } from '../execution/instruction-context';
import { CS, SS, TR } from '../state/layout';
import { isValidPdpte, readPdptes } from '../paging/pdptes';
import { pagingMode } from '../paging/walk';
import { typeOf } from '../segments/descriptor';
import type { SlowPath } from '../semantics/slow-path';
import type { CpuState } from '../state/cpu-state';

/** MOV to and from control registers, CLTS, LMSW, SMSW (SDM 3A 2.5, 2B MOV—Control Registers). */

const has = (value: bigint, mask: bigint): boolean => (value & mask) !== 0n;

/** Reads a control register as the architecture has it, without VMX's shadows. */
export function readControlRegister(cpu: InstructionContext, number: number): bigint {
  const { state } = cpu;
  switch (number) {
    case 0:
      return state.cr0;
    case 2:
      return state.cr2;
    case 3:
      return state.cr3;
    case 4:
      return state.cr4;
    case 8:
      return cpu.guestMode.taskPriority() ?? state.cr8;
    default:
      throw undefinedOpcode(noSuchControlRegister(number));
  }
}

/**
 * Writes a control register with all its consequences: modes, paging, TLB.
 *
 * @param gpr the general register that MOV takes the value from; undefined where it is not MOV
 * @throws Fault #GP(0) for values the architecture refuses; nothing has changed then
 */
export function writeControlRegister(
  cpu: InstructionContext,
  number: number,
  value: bigint,
  gpr?: number,
): void {
  switch (number) {
    case 0:
      writeCr0(cpu, value, gpr);
      return;
    case 2:
      cpu.guestMode.checkControlRegister(2, value, gpr);
      cpu.state.cr2 = value;
      return;
    case 3:
      writeCr3(cpu, value, gpr);
      return;
    case 4:
      writeCr4(cpu, value, gpr);
      return;
    case 8:
      if (value > 15n) throw generalProtection(noPriority(value));
      cpu.guestMode.checkControlRegister(8, value, gpr);
      if (!cpu.guestMode.setTaskPriority(value)) cpu.state.cr8 = value;
      return;
    default:
      throw undefinedOpcode(noSuchControlRegister(number));
  }
}

function writeCr0(cpu: InstructionContext, wanted: bigint, gpr?: number): void {
  const { state } = cpu;
  if (wanted >> 32n) {
    throw generalProtection(reservedBits('CR0', wanted & ~0xffffffffn, 'SDM 3A 2.5'));
  }
  const value = (wanted & CR0_WRITABLE) | WideCr0.ET;
  const paging = has(value, WideCr0.PG);
  if (paging && !has(value, WideCr0.PE)) throw generalProtection(pagingNeedsProtection());
  if (has(value, WideCr0.NW) && !has(value, WideCr0.CD)) throw generalProtection(nwNeedsCd());
  const turnsOn = paging && !state.paging;
  const turnsOff = !paging && state.paging;
  if (turnsOn && has(state.efer, WideEfer.LME)) requireLongModeConditions(state);
  if (turnsOff && (state.codeBits === 64 || has(state.cr4, WideCr4.PCIDE)))
    throw generalProtection(pagingStays(has(state.cr4, WideCr4.PCIDE)));
  cpu.guestMode.checkControlRegister(0, value, gpr);
  const before = state.cr0;
  const pdptes = paging && has(state.cr4, WideCr4.PAE) && !has(state.efer, WideEfer.LME);
  const changesPaging = ((before ^ value) & (WideCr0.PG | WideCr0.CD | WideCr0.NW)) !== 0n;
  if (pdptes && changesPaging) loadPdptes(cpu, state.cr3);
  state.cr0 = value;
  if (turnsOn && has(state.efer, WideEfer.LME)) state.efer |= WideEfer.LMA;
  if (turnsOff) state.efer &= ~WideEfer.LMA;
  if (((before ^ value) & (WideCr0.PG | WideCr0.PE | WideCr0.WP)) !== 0n) cpu.flushTlb(false);
  if (has(before, WideCr0.PE) !== has(value, WideCr0.PE) && !has(value, WideCr0.PE))
    dropPrivilege(cpu);
  cpu.updateDerivedState();
}

/**
 * It needs PAE; 64-bit code may not be there before it begins (SDM 3A 10.8.5, APM 2 14.6.2), and to Intel's
 * processors, not AMD's, no 16-bit TSS.
 */
function requireLongModeConditions(state: CpuState): void {
  const conditions: LongModeConditions = {
    pae: has(state.cr4, WideCr4.PAE),
    longCode: (state.accessRights(CS) & AccessRights.L) !== 0,
    tss16: !state.isAmd && typeOf(state.accessRights(TR)) === SystemType.TSS16_BUSY,
  };
  const { pae, longCode, tss16 } = conditions;
  if (!pae || longCode || tss16) throw generalProtection(cannotBeginLongMode(conditions));
}

/** Real mode runs at CPL 0 whatever SS says. */
function dropPrivilege(cpu: InstructionContext): void {
  const stack = cpu.state.segment(SS);
  cpu.state.setSegment(SS, { ...stack, accessRights: stack.accessRights & ~AccessRights.DPL });
}

function writeCr3(cpu: InstructionContext, wanted: bigint, gpr?: number): void {
  const { state } = cpu;
  const pcids = has(state.cr4, WideCr4.PCIDE);
  const value = pcids ? wanted & ~WideCr3.KEEP_TRANSLATIONS : wanted;
  // The TLB does not tag its entries with PCIDs: those of another one must go.
  const samePcid = ((state.cr3 ^ value) & WideCr3.PCID) === 0n;
  const keep = pcids && has(wanted, WideCr3.KEEP_TRANSLATIONS) && samePcid;
  const width = BigInt(state.physicalAddressWidth);
  if (state.longMode && value >> width) {
    throw generalProtection(reservedBits('CR3', (value >> width) << width, 'SDM 3A 4.5.2'));
  }
  cpu.guestMode.checkControlRegister(3, value, gpr);
  const mode = pagingMode(state);
  if (mode === 'PAE') loadPdptes(cpu, value);
  state.cr3 = value;
  if (!keep) cpu.flushTlb(true);
}

/** CR3 of a task that is switched to: nothing of it is asked, and nothing is kept but global pages. */
export function loadTaskCr3(cpu: Pick<InstructionContext, CR3Needs>, value: bigint): void {
  const { state } = cpu;
  if (pagingMode(state) === 'PAE') loadPdptes(cpu, value);
  state.cr3 = value;
  cpu.flushTlb(true);
}

type CR3Needs = 'state' | 'mmu' | 'physical' | 'flushTlb';

function writeCr4(cpu: InstructionContext, value: bigint, gpr?: number): void {
  const { state } = cpu;
  const reserved = value & ~state.profile.cr4;
  if (reserved) throw generalProtection(reservedBits('CR4', reserved, 'SDM 3A 2.5'));
  const changed = state.cr4 ^ value;
  if (state.longMode && (!has(value, WideCr4.PAE) || has(changed, WideCr4.LA57)))
    throw generalProtection(longModeKeeps(has(value, WideCr4.PAE) ? 'LA57' : 'PAE'));
  if (has(value & ~state.cr4, WideCr4.PCIDE) && (!state.longMode || state.cr3 & WideCr3.PCID)) {
    throw generalProtection(pcidsNeed(state.longMode, state.cr3 & WideCr3.PCID));
  }
  cpu.guestMode.checkControlRegister(4, value, gpr);
  const affectsPaging = WideCr4.PAE | WideCr4.PSE | WideCr4.PGE | WideCr4.SMEP;
  const pae = state.paging && has(value, WideCr4.PAE) && !state.longMode;
  if (pae && has(changed, affectsPaging)) loadPdptes(cpu, state.cr3);
  state.cr4 = value;
  if (has(changed, affectsPaging | WideCr4.SMAP | WideCr4.PCIDE | WideCr4.LA57 | WideCr4.PKE))
    cpu.flushTlb(false);
  cpu.updateDerivedState();
}

/** The four PDPTE registers, loaded and checked (SDM 3A 4.4.1). */
function loadPdptes(
  cpu: Pick<InstructionContext, 'state' | 'mmu' | 'physical'>,
  cr3: bigint,
): void {
  const { state, mmu, physical } = cpu;
  const loaded = readPdptes(cr3, (address) => {
    const context = {
      write: false,
      execute: false,
      update: false,
      linear: undefined,
      pageWalk: true,
    };
    return physical.read64(mmu.guestPhysical(address, context).address);
  });
  const bad = loaded.find((entry) => !isValidPdpte(entry, state.physicalAddressWidth));
  if (bad !== undefined) throw generalProtection(pdpteReserved(bad));
  state.pdptes.set(loaded);
}

export const clearTaskSwitched: SlowPath = (cpu) => {
  cpu.requirePrivilege(0);
  if (cpu.guestMode.clts() === 'write') cpu.state.cr0 &= ~WideCr0.TS;
  cpu.updateDerivedState();
  cpu.guestMode.written(0);
  return undefined;
};

export const loadMachineStatusWord: SlowPath = (cpu) => {
  cpu.requirePrivilege(0);
  const memory = cpu.instruction.operands[0]?.kind === 'memory';
  const linear = memory ? cpu.linearOperand() : undefined;
  const source = cpu.guestMode.lmsw(() => Number(cpu.readOperand(0, 2)), linear);
  // PE can be set but not cleared (SDM 2A LMSW).
  const low = (BigInt(source) & MACHINE_STATUS_WORD) | (cpu.state.cr0 & WideCr0.PE);
  writeCr0(cpu, (cpu.state.cr0 & ~MACHINE_STATUS_WORD) | low);
  cpu.guestMode.written(0);
  return undefined;
};

export const storeMachineStatusWord: SlowPath = (cpu) => {
  requireUmip(cpu);
  const value = cpu.guestMode.readControlRegister(0, cpu.state.cr0, -1);
  const memory = cpu.instruction.operands[0]?.kind === 'memory';
  const bytes = memory ? 2 : cpu.instruction.operandSize;
  cpu.writeOperand(0, bytes, value & ((1n << BigInt(8 * bytes)) - 1n));
  return 'continue';
};

/** SGDT, SIDT, SLDT, SMSW and STR fault above ring 0 when CR4.UMIP is set. */
export function requireUmip(cpu: InstructionContext): void {
  if (has(cpu.state.cr4, WideCr4.UMIP)) cpu.requirePrivilege(0);
}
