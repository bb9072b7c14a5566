import { isValidPat } from '../../isa/memory-types';
import { FeatureControl } from '../../isa/registers/msr-fields';
import { WideEfer } from '../../isa/registers/control';
import { Msr, msrByNumber, type MsrRow } from '../../isa/registers/msr';
import { generalProtection } from '../faults';
import {
  lmeWhilePaging,
  msrLocked,
  msrNotCanonical,
  msrOnly,
  msrValue,
  noSuchMsr,
  reservedBits,
} from '../reasons/registers';
import type { InstructionContext } from '../execution/instruction-context';
import { FS, GS } from '../state/layout';
import { isCanonical } from '../paging/mmu';
import type { SlowPath } from '../semantics/slow-path';
import type { CpuState } from '../state/cpu-state';
import { isApicRegister, readApicRegister, writeApicBase, writeApicRegister } from './apic-msr';
import { hasExecuteDisable, withFixedBits } from './feature-msrs';
import { checkMtrr } from './mtrr';
import { mayEnableSvm, writeSvmMsr } from './svm-msrs';
import { timeStampCounter } from './time';

type MsrContext = Pick<
  InstructionContext,
  'state' | 'bus' | 'time' | 'updateDerivedState' | 'guestMode' | 'flushTlb'
>;

const { LME, NXE, LMA, SVME } = WideEfer;

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
    case Msr.TSC_ADJUST:
      existing(state, number);
      return state.msr(Msr.TSC); // what was added to the counter, which began at 0
  }
  if (existing(state, number).only === 'WRMSR') throw generalProtection(msrOnly(number, 'WRMSR'));
  if (isApicRegister(number)) return readApicRegister(cpu, number);
  return number === Msr.SVM_KEY ? 0n : state.msr(number); // a key is not told
}

/**
 * Writes an MSR.
 *
 * @throws Fault #GP(0) when there is no such MSR, it is read-only, or the value is not allowed
 */
export function writeMsr(cpu: MsrContext, number: number, value: bigint): void {
  const { state } = cpu;
  const row = existing(state, number);
  if (row.only === 'RDMSR') throw generalProtection(msrOnly(number, 'RDMSR'));
  if (row.canonical && !isCanonical(value, state)) {
    throw generalProtection(msrNotCanonical(number, value));
  }
  if (isApicRegister(number)) {
    writeApicRegister(cpu, number, value);
    return;
  }
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
      setTimeStampOffset(cpu, value - BigInt(cpu.time));
      return;
    case Msr.TSC_ADJUST:
      setTimeStampOffset(cpu, value);
      return;
    case Msr.PAT:
      if (!isValidPat(value)) throw generalProtection(msrValue(number, value));
      break;
    case Msr.XSS:
      // This processor has no supervisor state components (CPUID.0DH).
      if (value) throw generalProtection(reservedBits('IA32_XSS', value, 'SDM 1 13.3'));
      break;
    case Msr.APIC_BASE:
      writeApicBase(cpu, value);
      return;
    case Msr.FEATURE_CONTROL:
      if (state.msr(number) & FeatureControl.LOCK) throw generalProtection(msrLocked(number));
      break;
  }
  if (writeSvmMsr(state, number, value)) return;
  checkMtrr(number, value, state.physicalAddressWidth);
  state.setMsr(number, withFixedBits(state, number, value));
}

/**
 * The row of an MSR that the processor has.
 *
 * @throws Fault #GP(0) when there is no such MSR
 */
function existing(state: CpuState, number: number): MsrRow {
  const row = msrByNumber(number);
  if (!row || !state.profile.msrs.has(number)) throw generalProtection(noSuchMsr(number));
  return row;
}

function writeEfer(cpu: MsrContext, value: bigint): void {
  const { state } = cpu;
  const withNxe = hasExecuteDisable(state) ? state.profile.efer : state.profile.efer & ~NXE;
  const allowed = mayEnableSvm(state) ? withNxe : withNxe & ~SVME;
  const reserved = value & ~allowed;
  if (reserved) throw generalProtection(reservedBits('IA32_EFER', reserved, 'SDM 3A 2.2.1'));
  const writable = state.profile.efer & ~LMA;
  const changed = (state.efer ^ value) & writable;
  if (changed & LME && state.paging) throw generalProtection(lmeWhilePaging());
  state.efer = (value & writable) | (state.efer & LMA);
  if (changed & NXE) cpu.flushTlb(false);
  cpu.updateDerivedState();
}

/** Writing the counter changes IA32_TSC_ADJUST by as much, and the other way round (SDM 3B 18.17.3). */
function setTimeStampOffset({ state, bus }: MsrContext, offset: bigint): void {
  state.setMsr(Msr.TSC, BigInt.asUintN(64, offset));
  bus.apic?.timeStampChanged();
}

function setBase(cpu: MsrContext, index: number, base: bigint): void {
  cpu.state.setSegment(index, { ...cpu.state.segment(index), base });
  cpu.updateDerivedState();
}

export const readModelSpecificRegister: SlowPath = (cpu) => {
  const { state } = cpu;
  cpu.requirePrivilege(0);
  const number = Number(state.gpr(1) & 0xffffffffn);
  if (cpu.guestMode.rdmsr(number)) return 'left';
  const value = cpu.guestMode.virtualMsr(number) ?? readMsr(cpu, number);
  state.setGpr(0, value & 0xffffffffn);
  state.setGpr(2, value >> 32n);
  return 'continue';
};

export const writeModelSpecificRegister: SlowPath = (cpu) => {
  const { state } = cpu;
  cpu.requirePrivilege(0);
  const number = Number(state.gpr(1) & 0xffffffffn);
  if (cpu.guestMode.wrmsr(number)) return 'left';
  const value = ((state.gpr(2) & 0xffffffffn) << 32n) | (state.gpr(0) & 0xffffffffn);
  if (!cpu.guestMode.setVirtualMsr(number, value)) writeMsr(cpu, number, value);
  if (number === Msr.EFER) {
    cpu.guestMode.written('EFER');
    if (state.efer & SVME) cpu.svm.enabled();
  }
  return undefined;
};
