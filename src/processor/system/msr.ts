import { isValidPat } from '../../isa/memory-types';
import { ApicBase, FeatureControl } from '../../isa/registers/msr-fields';
import { WideEfer } from '../../isa/registers/control';
import { Msr, msrByNumber, msrReset, type MsrRow } from '../../isa/registers/msr';
import { generalProtection, NotImplemented } from '../faults';
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
import { checkMtrr } from './mtrr';
import { timeStampCounter } from './time';

type MsrContext = Pick<
  InstructionContext,
  'state' | 'time' | 'updateDerivedState' | 'guestMode' | 'flushTlb'
>;

const { LME, NXE, LMA } = WideEfer;

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
  if (existing(state, number).only === 'WRMSR') throw generalProtection(msrOnly(number, 'WRMSR'));
  return state.msr(number);
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
      if (!isValidPat(value)) throw generalProtection(msrValue(number, value));
      break;
    case Msr.XSS:
      // This processor has no supervisor state components (CPUID.0DH).
      if (value) throw generalProtection(reservedBits('IA32_XSS', value, 'SDM 1 13.3'));
      break;
    case Msr.APIC_BASE:
      // Once the local APIC is disabled, only a reset can enable it (SDM 3A 11.4.3).
      checkApicBase(state, value);
      break;
    case Msr.FEATURE_CONTROL:
      if (state.msr(number) & FeatureControl.LOCK) throw generalProtection(msrLocked(number));
      break;
  }
  checkMtrr(number, value, state.physicalAddressWidth);
  state.setMsr(number, value);
}

/** Its address, and x2APIC mode, which this processor does not have. */
function checkApicBase(state: CpuState, value: bigint): void {
  const enables = ApicBase.EXTD | (state.profile.has('APIC') ? 0n : ApicBase.EN);
  if (value & enables) throw generalProtection(msrValue(Msr.APIC_BASE, value));
  const moved = ((value ^ msrReset(Msr.APIC_BASE)) & ApicBase.ADDRESS) !== 0n;
  if (moved) throw new NotImplemented('a local APIC at another address');
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
  const reserved = value & ~state.profile.efer;
  if (reserved) throw generalProtection(reservedBits('IA32_EFER', reserved, 'SDM 3A 2.2.1'));
  const writable = state.profile.efer & ~LMA;
  const changed = (state.efer ^ value) & writable;
  if (changed & LME && state.paging) throw generalProtection(lmeWhilePaging());
  state.efer = (value & writable) | (state.efer & LMA);
  if (changed & NXE) cpu.flushTlb(false);
  cpu.updateDerivedState();
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
