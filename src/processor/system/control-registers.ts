import { Cr0, Cr4, Efer } from '../../isa/registers/control';
import { generalProtection, undefinedOpcode } from '../faults';
import type { InstructionContext } from '../instruction-context';
import { CS, SS } from '../layout';
import { pagingMode } from '../paging/walk';
import type { SlowPath } from '../semantics/slow-path';
import { CR4_SUPPORTED } from './capabilities';

/** MOV to and from control registers, CLTS, LMSW, SMSW (SDM 3A 2.5, 2B MOV—Control Registers). */

const CR0_WRITABLE = BigInt(
  Cr0.PE | Cr0.MP | Cr0.EM | Cr0.TS | Cr0.NE | Cr0.WP | Cr0.AM | Cr0.NW | Cr0.CD | Cr0.PG,
);
const has = (value: bigint, mask: number): boolean => (value & BigInt(mask)) !== 0n;

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
      return state.cr8;
    default:
      throw undefinedOpcode();
  }
}

/**
 * Writes a control register with all its consequences: modes, paging, TLB.
 *
 * @throws Fault #GP(0) for values the architecture refuses; nothing has changed then
 */
export function writeControlRegister(cpu: InstructionContext, number: number, value: bigint): void {
  switch (number) {
    case 0:
      writeCr0(cpu, value);
      return;
    case 2:
      cpu.state.cr2 = value;
      return;
    case 3:
      writeCr3(cpu, value);
      return;
    case 4:
      writeCr4(cpu, value);
      return;
    case 8:
      if (value > 15n) throw generalProtection();
      cpu.state.cr8 = value;
      return;
    default:
      throw undefinedOpcode();
  }
}

function writeCr0(cpu: InstructionContext, wanted: bigint): void {
  const { state } = cpu;
  if (wanted >> 32n) throw generalProtection();
  const value = (wanted & CR0_WRITABLE) | BigInt(Cr0.ET);
  const paging = has(value, Cr0.PG);
  if (paging && !has(value, Cr0.PE)) throw generalProtection();
  if (has(value, Cr0.NW) && !has(value, Cr0.CD)) throw generalProtection();
  const turnsOn = paging && !state.paging;
  const turnsOff = !paging && state.paging;
  if (turnsOn && has(state.efer, Efer.LME)) {
    // Long mode needs PAE, and code that is not 64-bit when it begins (SDM 3A 10.8.5).
    if (!has(state.cr4, Cr4.PAE) || state.accessRights(CS) & (1 << 13)) throw generalProtection();
  }
  if (turnsOff && (state.codeBits === 64 || has(state.cr4, Cr4.PCIDE))) throw generalProtection();
  cpu.guestMode.checkControlRegister(0, value);
  const before = state.cr0;
  const pdptes = paging && has(state.cr4, Cr4.PAE) && !has(state.efer, Efer.LME);
  const changesPaging = ((before ^ value) & BigInt(Cr0.PG | Cr0.CD | Cr0.NW)) !== 0n;
  if (pdptes && changesPaging) loadPdptes(cpu, state.cr3);
  state.cr0 = value;
  if (turnsOn && has(state.efer, Efer.LME)) state.efer |= BigInt(Efer.LMA);
  if (turnsOff) state.efer &= ~BigInt(Efer.LMA);
  if (((before ^ value) & BigInt(Cr0.PG | Cr0.PE | Cr0.WP)) !== 0n) cpu.flushTlb(false);
  if (has(before, Cr0.PE) !== has(value, Cr0.PE) && !has(value, Cr0.PE)) dropPrivilege(cpu);
  cpu.updateDerivedState();
}

/** Real mode runs at CPL 0 whatever SS says. */
function dropPrivilege(cpu: InstructionContext): void {
  const stack = cpu.state.segment(SS);
  cpu.state.setSegment(SS, { ...stack, accessRights: stack.accessRights & ~0x60 });
}

function writeCr3(cpu: InstructionContext, wanted: bigint): void {
  const { state } = cpu;
  const pcids = has(state.cr4, Cr4.PCIDE);
  const keep = pcids && wanted >> 63n === 1n;
  const value = pcids ? wanted & ~(1n << 63n) : wanted;
  if (state.longMode && value >> 39n) throw generalProtection();
  const mode = pagingMode(state);
  if (mode === 'PAE') loadPdptes(cpu, value);
  state.cr3 = value;
  if (!keep) cpu.flushTlb(true);
}

function writeCr4(cpu: InstructionContext, value: bigint): void {
  const { state } = cpu;
  if (value & ~CR4_SUPPORTED) throw generalProtection();
  const changed = state.cr4 ^ value;
  if (state.longMode && (!has(value, Cr4.PAE) || has(changed, Cr4.LA57))) throw generalProtection();
  if (has(value & ~state.cr4, Cr4.PCIDE) && (!state.longMode || state.cr3 & 0xfffn)) {
    throw generalProtection();
  }
  cpu.guestMode.checkControlRegister(4, value);
  const affectsPaging = Cr4.PAE | Cr4.PSE | Cr4.PGE | Cr4.SMEP;
  const pae = state.paging && has(value, Cr4.PAE) && !state.longMode;
  if (pae && has(changed, affectsPaging)) loadPdptes(cpu, state.cr3);
  state.cr4 = value;
  if (has(changed, affectsPaging | Cr4.SMAP | Cr4.PCIDE | Cr4.LA57)) cpu.flushTlb(false);
  cpu.updateDerivedState();
}

/** The four PDPTE registers, loaded and checked (SDM 3A 4.4.1). */
function loadPdptes(cpu: InstructionContext, cr3: bigint): void {
  const { state, mmu, physical } = cpu;
  const base = cr3 & 0xffffffe0n;
  const loaded = [0n, 1n, 2n, 3n].map((n) => {
    const context = {
      write: false,
      execute: false,
      update: false,
      linear: undefined,
      pageWalk: true,
    };
    return physical.read64(mmu.guestPhysical(base + n * 8n, context).address);
  });
  const reserved = 0xffffff80000001e6n;
  if (loaded.some((entry) => entry & 1n && entry & reserved)) throw generalProtection();
  state.pdptes.set(loaded);
}

export const clearTaskSwitched: SlowPath = (cpu) => {
  cpu.requirePrivilege(0);
  if (cpu.guestMode.clts() === 'write') cpu.state.cr0 &= ~BigInt(Cr0.TS);
  return undefined;
};

export const loadMachineStatusWord: SlowPath = (cpu) => {
  cpu.requirePrivilege(0);
  const memory = cpu.instruction.operands[0]?.kind === 'memory';
  const linear = memory ? cpu.linearOperand() : undefined;
  const source = cpu.guestMode.lmsw(Number(cpu.readOperand(0, 2)), linear);
  // PE can be set but not cleared (SDM 2A LMSW).
  const low = BigInt(source & 0xf) | (cpu.state.cr0 & BigInt(Cr0.PE));
  writeCr0(cpu, (cpu.state.cr0 & ~0xfn) | low);
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
  if (has(cpu.state.cr4, Cr4.UMIP)) cpu.requirePrivilege(0);
}
