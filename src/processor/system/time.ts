import { Cr4 } from '../../isa/registers/control';
import { Msr } from '../../isa/registers/msr';
import { generalProtection } from '../faults';
import { noPerformanceCounter } from '../reasons/registers';
import type { InstructionContext } from '../execution/instruction-context';
import type { SlowPath } from '../semantics/slow-path';

/** RDTSC, RDTSCP, RDPID, RDPMC. The time-stamp counter counts retired instructions. */

/** The TSC before any VMX offset: retired instructions plus what WRMSR has added. */
export function timeStampCounter(cpu: Pick<InstructionContext, 'state' | 'time'>): bigint {
  return BigInt.asUintN(64, BigInt(cpu.time) + cpu.state.msr(Msr.TSC));
}

function requireTimeStamp(cpu: InstructionContext): void {
  const { state } = cpu;
  if (state.cr4 & BigInt(Cr4.TSD) && state.protectedMode) cpu.requirePrivilege(0);
}

function loadTimeStamp(cpu: InstructionContext): void {
  const { state } = cpu;
  const tsc = cpu.guestMode.timeStamp(timeStampCounter(cpu));
  state.setGpr(0, tsc & 0xffffffffn);
  state.setGpr(2, tsc >> 32n);
}

export const readTimeStamp: SlowPath = (cpu) => {
  requireTimeStamp(cpu);
  if (cpu.guestMode.rdtsc()) return 'left';
  loadTimeStamp(cpu);
  return 'continue';
};

export const readTimeStampAndProcessor: SlowPath = (cpu) => {
  cpu.guestMode.requireEnabled('RDTSCP');
  requireTimeStamp(cpu);
  if (cpu.guestMode.rdtscp()) return 'left';
  loadTimeStamp(cpu);
  cpu.state.setGpr(1, cpu.state.msr(Msr.TSC_AUX) & 0xffffffffn);
  return 'continue';
};

export const readProcessorId: SlowPath = (cpu) => {
  cpu.guestMode.requireEnabled('RDPID');
  const { operandSize } = cpu.instruction;
  cpu.writeOperand(0, operandSize, cpu.state.msr(Msr.TSC_AUX) & 0xffffffffn);
  return 'continue';
};

export const readPerformanceCounter: SlowPath = (cpu) => {
  if (!(cpu.state.cr4 & BigInt(Cr4.PCE)) && cpu.state.protectedMode) cpu.requirePrivilege(0);
  if (cpu.guestMode.rdpmc()) return 'left';
  throw generalProtection(noPerformanceCounter(cpu.state.gpr(1) & 0xffffffffn));
};
