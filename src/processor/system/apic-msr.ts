import { ApicBase, reservedInApicBase } from '../../isa/registers/msr-fields';
import { Msr } from '../../isa/registers/msr';
import { generalProtection } from '../faults';
import {
  apicMode,
  msrValue,
  noSuchMsr,
  onlyInX2apicMode,
  reservedBits,
} from '../reasons/registers';
import type { InstructionContext } from '../execution/instruction-context';
import type { CpuState } from '../state/cpu-state';

/** The MSRs of the local APIC: IA32_APIC_BASE, the registers of x2APIC mode, IA32_TSC_DEADLINE (SDM 3A 11). */

type ApicContext = Pick<InstructionContext, 'state' | 'bus'>;

const X2APIC_FIRST = 0x800;
const X2APIC_LAST = 0x8ff;

/** Whether the local APIC itself holds the value of an MSR. */
export const isApicRegister = (number: number): boolean =>
  number === Msr.TSC_DEADLINE || (number >= X2APIC_FIRST && number <= X2APIC_LAST);

const inX2apicMode = (state: CpuState): boolean =>
  (state.msr(Msr.APIC_BASE) & ApicBase.EXTD) !== 0n;

/** @throws Fault #GP(0): outside x2APIC mode its registers are no MSRs (11.12.2) */
function requireMode({ state }: ApicContext, number: number): void {
  if (number === Msr.TSC_DEADLINE || inX2apicMode(state)) return;
  throw generalProtection(onlyInX2apicMode(number));
}

export function readApicRegister(cpu: ApicContext, number: number): bigint {
  requireMode(cpu, number);
  const value = cpu.bus.apic?.read(number);
  if (value === undefined) throw generalProtection(noSuchMsr(number));
  return value;
}

export function writeApicRegister(cpu: ApicContext, number: number, value: bigint): void {
  requireMode(cpu, number);
  if (!cpu.bus.apic?.write(number, value)) throw generalProtection(msrValue(number, value));
}

/** How IA32_APIC_BASE has the local APIC (11.12.1, table 11-5). */
function modeOf(value: bigint): 'disabled' | 'xAPIC' | 'x2APIC' | undefined {
  const enabled = (value & ApicBase.EN) !== 0n;
  if (value & ApicBase.EXTD) return enabled ? 'x2APIC' : undefined;
  return enabled ? 'xAPIC' : 'disabled';
}

/** From one to another in one step (11.12.5, figure 11-27). */
const STEPS = {
  disabled: ['disabled', 'xAPIC'],
  xAPIC: ['disabled', 'xAPIC', 'x2APIC'],
  x2APIC: ['disabled', 'x2APIC'],
} as const;

/**
 * Moves the local APIC, and turns it on and off (11.4.3 to 11.4.5).
 *
 * @throws Fault #GP(0) for reserved bits, a mode that there is not, or that cannot be reached from the present one
 */
export function writeApicBase(cpu: ApicContext, value: bigint): void {
  const { state } = cpu;
  const reserved = reservedInApicBase(value, state.physicalAddressWidth);
  if (reserved) {
    throw generalProtection(reservedBits('IA32_APIC_BASE', reserved, 'SDM 3A 11.4.4'));
  }
  const from = modeOf(state.msr(Msr.APIC_BASE)) ?? 'disabled';
  const to = modeOf(value);
  const steps: readonly string[] = STEPS[from];
  const lacks =
    (to === 'x2APIC' && !state.profile.has('x2APIC')) ||
    (to === 'xAPIC' && !state.profile.has('APIC'));
  if (to === undefined || !steps.includes(to) || lacks) {
    throw generalProtection(apicMode(from, value));
  }
  state.setMsr(Msr.APIC_BASE, value);
  if (from === 'x2APIC' && to === 'disabled') cpu.bus.apic?.reset();
  cpu.bus.apic?.baseChanged();
}
