import { MiscEnable } from '../../isa/registers/msr-fields';
import { Msr } from '../../isa/registers/msr';
import { Rflags } from '../../isa/registers/flags';
import { generalProtection, undefinedOpcode } from '../faults';
import { lowerRingOnly, monitorExtension, notEnabled } from '../reasons/instructions';
import type { InstructionContext } from '../execution/instruction-context';
import { Rec, Segment, State } from '../state/layout';
import type { CpuState } from '../state/cpu-state';
import type { SlowPath } from '../semantics/slow-path';

/** MONITOR and MWAIT (SDM 2B; 3A 9.10.4). CPUID.05H tells the size of the line. */
export const MONITOR_LINE = 64;

/** IA32_MISC_ENABLE can take both away, and CPUID's bit with them (SDM 4 2.1). */
export const hasMonitor = (state: CpuState): boolean =>
  state.profile.has('MONITOR') &&
  (!state.profile.msrs.has(Msr.MISC_ENABLE) ||
    (state.msr(Msr.MISC_ENABLE) & BigInt(MiscEnable.MONITOR_FSM)) !== 0n);

function requireMonitor({ state }: InstructionContext): void {
  if (!hasMonitor(state)) throw undefinedOpcode(notEnabled('IA32_MISC_ENABLE[18]'));
  if (state.cpl > 0) throw undefinedOpcode(lowerRingOnly(state.cpl));
}

/** ECX asks for extensions, of which this processor has none (CPUID.05H:ECX = 0). */
function requireNoExtension({ state }: InstructionContext): void {
  const extensions = state.gpr(1) & 0xffffffffn;
  if (extensions) throw generalProtection(monitorExtension(extensions));
}

/** Watches the line at DS:rAX, by the segment of a prefix and the address size; it is read as a byte. */
export const monitor: SlowPath = (cpu) => {
  requireMonitor(cpu);
  if (cpu.guestMode.monitor(() => void watchedLine(cpu))) return 'left';
  const address = watchedLine(cpu);
  cpu.state.monitored = { address, contents: lineAt(cpu, address) };
  return 'continue';
};

/** The physical address of the line. @throws Fault for ECX, and as reads of a byte do */
function watchedLine(cpu: InstructionContext): number {
  requireNoExtension(cpu);
  const { state, instruction, mmu, physical } = cpu;
  const segment = instruction.segmentPrefix;
  const mask = physical.view.getBigUint64(instruction.record + Rec.ADDRESS_MASK, true);
  const offset = state.gpr(0) & mask;
  cpu.load(segment, offset, 1);
  const base = state.slot(segment + Segment.EFFECTIVE_BASE);
  const linear = (base + offset) & state.slot(State.LINEAR_MASK);
  const at = mmu.translate(linear, { write: false, execute: false, user: false });
  return at - (at % MONITOR_LINE);
}

const lineAt = ({ physical }: LineContext, address: number): bigint[] =>
  Array.from({ length: MONITOR_LINE / 8 }, (_, n) => physical.read(address + 8 * n, 8));

type LineContext = Pick<InstructionContext, 'state' | 'physical'>;

/** Whether the line that MONITOR watches holds what it held then. */
function isUntouched(cpu: LineContext): boolean {
  const { monitored } = cpu.state;
  if (!monitored) return false;
  return lineAt(cpu, monitored.address).every((word, n) => word === monitored.contents[n]);
}

/** Whether another processor has ended the wait, by a store to the line. */
export const storeEndsWait = (cpu: LineContext): boolean =>
  cpu.state.activity === 'mwait' && !isUntouched(cpu);

/** The wait is over, in whatever way. */
export function endWait(state: CpuState): void {
  state.monitored = undefined;
  state.activity = 'active';
}

/**
 * Waits as HLT does, until an interrupt or a store of another processor to the line. It does not where the
 * monitor is not armed: after an event, a VM exit, or a store to the line, which shows by its contents (a
 * processor may end the wait for other reasons, too, so that software looks again). With interrupts off
 * it ends at once, for such a reason.
 */
export const monitorWait: SlowPath = (cpu) => {
  requireMonitor(cpu);
  const { state } = cpu;
  const { monitored } = state;
  const check = (): void => {
    requireNoExtension(cpu);
  };
  if (cpu.guestMode.mwait(monitored !== undefined, check)) return 'left';
  check();
  if (isUntouched(cpu) && state.hasFlag(Rflags.IF)) state.activity = 'mwait';
  else state.monitored = undefined;
  return undefined;
};
