import { AccessRights, SegmentRights } from '../../isa/access-rights';
import { WideCr4, WideEfer } from '../../isa/registers/control';
import { Rflags, RFLAGS_FIXED, RFLAGS_WRITABLE, WideRflags } from '../../isa/registers/flags';
import { Msr } from '../../isa/registers/msr';
import { SINGLE_STEP } from '../events/debug';
import { generalProtection, undefinedOpcode } from '../faults';
import { noSysenter, notEnabled, notInLongMode, only64Bit } from '../reasons/instructions';
import { notCanonical } from '../reasons/memory';
import type { InstructionContext } from '../execution/instruction-context';
import { CS, GS, SS } from '../state/layout';
import { isCanonical } from '../paging/mmu';
import { withoutRpl } from '../segments/descriptor';
import type { SlowPath } from '../semantics/slow-path';
import type { CpuState, SegmentRegister } from '../state/cpu-state';
import { readMsr } from './msr';

/** SYSCALL, SYSRET, SYSENTER, SYSEXIT, SWAPGS (SDM 2B; 3A 5.8.7, 5.8.8). */

/** Flat segments as the fast calls load them, with the given DPL. */
const flatCode = (selector: number, dpl: number, long: boolean) => ({
  selector,
  base: 0n,
  limit: 0xffffffff,
  accessRights:
    (long ? SegmentRights.FLAT_CODE_64 : SegmentRights.FLAT_CODE_32) |
    (dpl << AccessRights.DPL_SHIFT),
});
const flatData = (selector: number, dpl: number) => ({
  selector,
  base: 0n,
  limit: 0xffffffff,
  accessRights: SegmentRights.FLAT_DATA | (dpl << AccessRights.DPL_SHIFT),
});

/** Intel processors have SYSCALL and SYSRET in 64-bit mode only; AMD's have them wherever EFER.SCE is 1. */
function requireSystemCalls(state: CpuState): void {
  if (state.codeBits !== 64 && !state.profile.isAmd) throw undefinedOpcode(only64Bit());
  if (!(state.efer & WideEfer.SCE)) throw undefinedOpcode(notEnabled('IA32_EFER.SCE'));
}

/** They trap by TF as they leave it: FMASK keeps the trap from the kernel, and SYSRET has it for the instruction that called. */
function traceCall(state: CpuState): void {
  state.tracesItself = true;
  if (state.hasFlag(Rflags.TF)) state.pendingDebug |= SINGLE_STEP;
}

export const systemCall: SlowPath = (cpu) => {
  const { state } = cpu;
  requireSystemCalls(state);
  if (!state.longMode) return legacySystemCall(cpu);
  const star = withoutRpl(Number((readMsr(cpu, Msr.STAR) >> 32n) & 0xffffn));
  const target = state.codeBits === 64 ? Msr.LSTAR : Msr.CSTAR;
  state.setGpr(1, cpu.nextRip);
  state.setGpr(11, state.rflags & ~WideRflags.RF);
  state.rflags &= ~(readMsr(cpu, Msr.FMASK) | WideRflags.RF);
  state.setSegment(CS, flatCode(star, 0, true));
  state.setSegment(SS, flatData(star + 8, 0));
  cpu.nextRip = readMsr(cpu, target);
  cpu.updateDerivedState();
  traceCall(state);
  return undefined;
};

/** Outside long mode STAR has the target as well; the flags are not kept (APM 3 SYSCALL). */
function legacySystemCall(cpu: InstructionContext): undefined {
  const { state } = cpu;
  const star = readMsr(cpu, Msr.STAR);
  const selector = withoutRpl(Number((star >> 32n) & 0xffffn));
  state.setGpr(1, cpu.nextRip & 0xffffffffn);
  state.systemFlags &= ~(WideRflags.VM | WideRflags.IF | WideRflags.RF);
  state.setSegment(CS, flatCode(selector, 0, false));
  state.setSegment(SS, flatData(selector + 8, 0));
  cpu.nextRip = star & 0xffffffffn;
  cpu.updateDerivedState();
  traceCall(state);
  return undefined;
}

/** SYSRET leaves RF and VM clear (SDM 2B SYSRET). */
const SYSRET_FLAGS = RFLAGS_WRITABLE & ~(WideRflags.RF | WideRflags.VM);

export const systemReturn: SlowPath = (cpu) => {
  const { state, instruction } = cpu;
  requireSystemCalls(state);
  cpu.requirePrivilege(0);
  const { longMode } = state;
  const { isAmd } = state.profile;
  const star = Number((readMsr(cpu, Msr.STAR) >> 48n) & 0xffffn);
  const long = instruction.operandSize === 8;
  const target = long ? state.gpr(1) : state.gpr(1) & 0xffffffffn;
  if (long && !isAmd && !isCanonical(target, state)) {
    throw generalProtection(notCanonical('RCX', target));
  }
  if (longMode) state.rflags = (state.gpr(11) & SYSRET_FLAGS) | RFLAGS_FIXED;
  else state.systemFlags |= WideRflags.IF;
  state.setSegment(CS, flatCode((star + (long ? 16 : 0)) | 3, 3, long));
  state.setSegment(SS, returnStack(state, (star + 8) | 3));
  cpu.nextRip = target;
  cpu.updateDerivedState();
  traceCall(state);
  return undefined;
};

/** AMD's processors load the selector alone, and leave the rest of SS as it is but for its ring (APM 3 SYSRET). */
function returnStack(state: CpuState, selector: number): SegmentRegister {
  if (!state.profile.isAmd) return flatData(selector, 3);
  const old = state.segment(SS);
  return { ...old, selector, accessRights: old.accessRights | AccessRights.DPL };
}

/** AMD's processors have SYSENTER and SYSEXIT outside long mode only (APM 3 SYSENTER). */
function requireSysenter({ profile, longMode }: CpuState): void {
  if (profile.isAmd && longMode) throw undefinedOpcode(notInLongMode());
}

export const systemEnter: SlowPath = (cpu) => {
  const { state } = cpu;
  requireSysenter(state);
  const selector = withoutRpl(Number(readMsr(cpu, Msr.SYSENTER_CS) & 0xffffn));
  if (!state.protectedMode || selector === 0) {
    throw generalProtection(noSysenter(state.protectedMode));
  }
  state.systemFlags &= ~(WideRflags.VM | WideRflags.IF | WideRflags.RF);
  const mask = state.longMode ? (1n << 64n) - 1n : 0xffffffffn;
  state.setSegment(CS, flatCode(selector, 0, state.longMode));
  state.setSegment(SS, flatData(selector + 8, 0));
  state.setGpr(4, readMsr(cpu, Msr.SYSENTER_ESP) & mask);
  cpu.nextRip = readMsr(cpu, Msr.SYSENTER_EIP) & mask;
  cpu.updateDerivedState();
  return undefined;
};

export const systemExit: SlowPath = (cpu) => {
  const { state, instruction } = cpu;
  requireSysenter(state);
  const selector = withoutRpl(Number(readMsr(cpu, Msr.SYSENTER_CS) & 0xffffn));
  if (!state.protectedMode || selector === 0) {
    throw generalProtection(noSysenter(state.protectedMode));
  }
  cpu.requirePrivilege(0);
  const long = instruction.operandSize === 8;
  const mask = long ? (1n << 64n) - 1n : 0xffffffffn;
  const target = state.gpr(2) & mask;
  if (long && !isCanonical(target, state)) throw generalProtection(notCanonical('RDX', target));
  if (long && !isCanonical(state.gpr(1), state)) {
    throw generalProtection(notCanonical('RCX', state.gpr(1)));
  }
  state.setSegment(CS, flatCode((selector + (long ? 32 : 16)) | 3, 3, long));
  state.setSegment(SS, flatData((selector + (long ? 40 : 24)) | 3, 3));
  state.setGpr(4, state.gpr(1) & mask);
  cpu.nextRip = target;
  cpu.updateDerivedState();
  return undefined;
};

export const swapGs: SlowPath = (cpu) => {
  const { state } = cpu;
  if (state.codeBits !== 64) throw undefinedOpcode(only64Bit());
  cpu.requirePrivilege(0);
  const gs = state.segment(GS);
  const other = state.msr(Msr.KERNEL_GS_BASE);
  state.setMsr(Msr.KERNEL_GS_BASE, gs.base);
  state.setSegment(GS, { ...gs, base: other });
  cpu.updateDerivedState();
  return 'continue';
};

/** RDFSBASE, RDGSBASE, WRFSBASE, WRGSBASE (SDM 2B). */
function segmentBase(write: boolean, index: number): SlowPath {
  return (cpu: InstructionContext) => {
    const { state, instruction } = cpu;
    if (state.codeBits !== 64) throw undefinedOpcode(only64Bit());
    if (!(state.cr4 & WideCr4.FSGSBASE)) throw undefinedOpcode(notEnabled('CR4.FSGSBASE'));
    const segment = state.segment(index);
    const bytes = instruction.operandSize;
    if (!write) {
      cpu.writeOperand(0, bytes, bytes === 4 ? segment.base & 0xffffffffn : segment.base);
      return 'continue';
    }
    const base = cpu.readOperand(0, bytes);
    if (!isCanonical(base, state)) {
      throw generalProtection(notCanonical(index === GS ? 'GS base' : 'FS base', base));
    }
    state.setSegment(index, { ...segment, base });
    cpu.updateDerivedState();
    return 'continue';
  };
}
export const readFsBase = segmentBase(false, 4);
export const readGsBase = segmentBase(false, 5);
export const writeFsBase = segmentBase(true, 4);
export const writeGsBase = segmentBase(true, 5);
