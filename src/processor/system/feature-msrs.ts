import type { FeatureName } from '../../isa/cpuid';
import { Msr } from '../../isa/registers/msr';
import { DebugCtl, FeatureControl, Hwcr, MiscEnable } from '../../isa/registers/msr-fields';
import { generalProtection } from '../faults';
import { reservedBits } from '../reasons/registers';
import type { CpuState } from '../state/cpu-state';

/**
 * MSRs whose bits come with features of the processor; all others are reserved (IA32_FEATURE_CONTROL: SDM 3C 24.7;
 * IA32_DEBUGCTL: SDM 3B 18.4.1; IA32_MISC_ENABLE: SDM 4 2.1, table 2-2).
 */

/** Bits, and what the processor must have so that they can be set. */
type Bits = readonly [mask: number | bigint, needs?: readonly FeatureName[]];

interface FeatureMsr {
  readonly name: string;
  readonly section: 'SDM 3C 24.7' | 'SDM 3B 18.4.1' | 'SDM 4 2.1' | 'APM 2 3.2.10';
  readonly writable: readonly Bits[];
  /** Bits that stay as they are, whatever is written. */
  readonly fixed?: number;
}

const FEATURE_MSRS: ReadonlyMap<number, FeatureMsr> = new Map<number, FeatureMsr>([
  [
    Msr.FEATURE_CONTROL,
    {
      name: 'IA32_FEATURE_CONTROL',
      section: 'SDM 3C 24.7',
      writable: [
        [FeatureControl.LOCK],
        [FeatureControl.VMX_OUTSIDE_SMX, ['VMX']],
        [FeatureControl.VMX_IN_SMX, ['VMX', 'SMX']],
        [FeatureControl.SENTER | FeatureControl.SENTER_FUNCTIONS, ['SMX']],
      ],
    },
  ],
  [
    Msr.DEBUGCTL,
    {
      name: 'IA32_DEBUGCTL',
      section: 'SDM 3B 18.4.1',
      writable: [[DebugCtl.LBR | DebugCtl.BTF]],
    },
  ],
  [
    Msr.MISC_ENABLE,
    {
      name: 'IA32_MISC_ENABLE',
      section: 'SDM 4 2.1',
      writable: [
        [MiscEnable.FAST_STRINGS | MiscEnable.LIMIT_CPUID],
        [MiscEnable.THERMAL_CONTROL | MiscEnable.EIST], // its clock has one speed whatever they are
        [MiscEnable.MONITOR_FSM, ['MONITOR']],
        [MiscEnable.XD_DISABLE, ['Execute Disable Bit']],
      ],
      fixed: MiscEnable.PERFMON | MiscEnable.BTS_UNAVAILABLE | MiscEnable.PEBS_UNAVAILABLE,
    },
  ],
  [
    Msr.HWCR,
    {
      name: 'HWCR',
      section: 'APM 2 3.2.10',
      writable: [[Object.values(Hwcr).reduce((all, mask) => all | mask)]],
    },
  ],
]);

/**
 * What an MSR holds after a value has been written to it.
 *
 * @throws Fault #GP(0) for bits of features that the processor does not have
 */
export function withFixedBits(state: CpuState, number: number, value: bigint): bigint {
  const row = FEATURE_MSRS.get(number);
  if (!row) return value;
  const fixed = BigInt(row.fixed ?? 0);
  const writable = row.writable
    .filter(([, needs = []]) => needs.every((feature) => state.profile.has(feature)))
    .reduce((all, [mask]) => all | BigInt(mask), 0n);
  const reserved = value & ~(writable | fixed);
  if (reserved) throw generalProtection(reservedBits(row.name, reserved, row.section));
  return (value & writable) | (state.msr(number) & fixed);
}

/** Whether a bit is set, on a processor that has the MSR. */
const miscEnable = (state: CpuState, bit: number): boolean =>
  state.profile.msrs.has(Msr.MISC_ENABLE) && (state.msr(Msr.MISC_ENABLE) & BigInt(bit)) !== 0n;

/** IA32_MISC_ENABLE can take the execute-disable bit away, and CPUID's bit and IA32_EFER.NXE with it. */
export const hasExecuteDisable = (state: CpuState): boolean =>
  !miscEnable(state, MiscEnable.XD_DISABLE);

/** It can have CPUID tell no leaf above 2, for operating systems that stumble over more. */
export const limitsCpuid = (state: CpuState): boolean => miscEnable(state, MiscEnable.LIMIT_CPUID);
