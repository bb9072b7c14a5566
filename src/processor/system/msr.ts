import { Efer } from '../../isa/registers/control';
import { CANONICAL_MSRS, Msr, msrByNumber } from '../../isa/registers/msr';
import { generalProtection } from '../faults';
import type { InstructionContext } from '../instruction-context';
import { FS, GS } from '../layout';
import { isCanonical } from '../paging/mmu';
import type { SlowPath } from '../semantics/slow-path';
import { VMX_CAPABILITIES } from './capabilities';
import { timeStampCounter } from './time';

type MsrContext = Pick<
  InstructionContext,
  'state' | 'time' | 'updateDerivedState' | 'guestMode' | 'flushTlb'
>;

/** Read-only MSRs that are plain storage otherwise. */
const READ_ONLY: ReadonlySet<number> = new Set([Msr.MTRRCAP]);

const EFER_WRITABLE = BigInt(Efer.SCE | Efer.LME | Efer.NXE);

/**
 * The value of an MSR.
 *
 * @throws Fault #GP(0) when there is no such MSR
 */
export function readMsr(cpu: MsrContext, number: number): bigint {
  const { state } = cpu;
  switch (number) {
    case Msr.EFER:
      return state.efer;
    case Msr.FS_BASE:
      return state.segment(FS).base;
    case Msr.GS_BASE:
      return state.segment(GS).base;
    case Msr.TSC:
      return cpu.guestMode.timeStamp(timeStampCounter(cpu));
  }
  const capability = VMX_CAPABILITIES.msrs.get(number);
  if (capability !== undefined) return capability;
  if (!msrByNumber(number)) throw generalProtection();
  return state.msr(number);
}

/**
 * Writes an MSR.
 *
 * @throws Fault #GP(0) when there is no such MSR, it is read-only, or the value is not allowed
 */
export function writeMsr(cpu: MsrContext, number: number, value: bigint): void {
  const { state } = cpu;
  if (!msrByNumber(number) || READ_ONLY.has(number)) throw generalProtection();
  if (VMX_CAPABILITIES.msrs.has(number)) throw generalProtection();
  if (CANONICAL_MSRS.has(number) && !isCanonical(value, state)) throw generalProtection();
  switch (number) {
    case Msr.EFER:
      writeEfer(cpu, value);
      return;
    case Msr.FS_BASE:
      setBase(cpu, FS, value);
      return;
    case Msr.GS_BASE:
      setBase(cpu, GS, value);
      return;
    case Msr.TSC:
      state.setMsr(Msr.TSC, BigInt.asUintN(64, value - BigInt(cpu.time)));
      return;
    case Msr.PAT:
      if (!validPat(value)) throw generalProtection();
      break;
    case Msr.FEATURE_CONTROL:
      if (state.msr(number) & 1n) throw generalProtection(); // locked
      break;
  }
  state.setMsr(number, value);
}

function writeEfer(cpu: MsrContext, value: bigint): void {
  const { state } = cpu;
  if (value & ~(EFER_WRITABLE | BigInt(Efer.LMA))) throw generalProtection();
  const changed = (state.efer ^ value) & EFER_WRITABLE;
  if (changed & BigInt(Efer.LME) && state.paging) throw generalProtection();
  state.efer = (value & EFER_WRITABLE) | (state.efer & BigInt(Efer.LMA));
  if (changed & BigInt(Efer.NXE)) cpu.flushTlb(false);
  cpu.updateDerivedState();
}

function setBase(cpu: MsrContext, index: number, base: bigint): void {
  cpu.state.setSegment(index, { ...cpu.state.segment(index), base });
  cpu.updateDerivedState();
}

/** Each byte of the PAT is a memory type: 0, 1, 4, 5, 6 or 7 (SDM 3A 12.12.2). */
function validPat(value: bigint): boolean {
  for (let n = 0n; n < 64n; n += 8n) {
    const type = (value >> n) & 0xffn;
    if (type > 7n || type === 2n || type === 3n) return false;
  }
  return true;
}

export const readModelSpecificRegister: SlowPath = (cpu) => {
  const { state } = cpu;
  cpu.requirePrivilege(0);
  const number = Number(state.gpr(1) & 0xffffffffn);
  if (cpu.guestMode.rdmsr(number)) return 'left';
  const value = readMsr(cpu, number);
  state.setGpr(0, value & 0xffffffffn);
  state.setGpr(2, value >> 32n);
  return 'continue';
};

export const writeModelSpecificRegister: SlowPath = (cpu) => {
  const { state } = cpu;
  cpu.requirePrivilege(0);
  const number = Number(state.gpr(1) & 0xffffffffn);
  if (cpu.guestMode.wrmsr(number)) return 'left';
  writeMsr(cpu, number, ((state.gpr(2) & 0xffffffffn) << 32n) | (state.gpr(0) & 0xffffffffn));
  return undefined;
};
