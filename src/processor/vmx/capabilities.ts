import type { FeatureName } from '../../isa/cpuid';
import { WideCr0, WideCr4 } from '../../isa/registers/control';
import { Msr } from '../../isa/registers/msr';
import { DEFAULT1, revisionOf } from '../../isa/vmx/capabilities';
import {
  EntryControl,
  ExitControl,
  PinBasedControl,
  PrimaryControl,
  SecondaryControl,
  SecondaryExitControl,
  TertiaryControl,
  VmFunctionControl,
} from '../../isa/vmx/controls';
import { VMCS_FIELDS, type FieldCondition, type FieldRow } from '../../isa/vmx/fields';
import {
  BASIC,
  CR0_FIXED1,
  EPT_VPID_CAP,
  IMPLEMENTED,
  MISC,
  NEEDS_FEATURE,
  type OfferedVmx,
} from './implemented';

/**
 * What VMX can do on the simulated processor, told as hardware tells it: by the IA32_VMX_* MSRs
 * (SDM 3D appendix A).
 */

/** The settings of one 32-bit set of controls: every control must obey both masks. */
export interface ControlLimits {
  /** Bits that must be 1. */
  readonly mustBe1: number;
  /** Bits that may be 1. */
  readonly mayBe1: number;
}

export interface VmxCapabilities {
  /** The MSRs by number; a VMX MSR not in the map does not exist (RDMSR raises #GP). */
  readonly msrs: ReadonlyMap<number, bigint>;
  readonly revision: number;
  /** MAXPHYADDR in bits. */
  readonly physicalAddressWidth: number;
  /** Width of linear addresses in bits. */
  readonly linearAddressWidth: number;
  readonly pinBased: ControlLimits;
  readonly primary: ControlLimits;
  readonly secondary: ControlLimits;
  /** Tertiary controls, secondary VM-exit controls and VM functions that may be 1. */
  readonly tertiary: bigint;
  readonly secondaryExit: bigint;
  readonly vmFunctions: number;
  readonly exit: ControlLimits;
  readonly entry: ControlLimits;
  readonly cr0Fixed0: bigint;
  readonly cr0Fixed1: bigint;
  readonly cr4Fixed0: bigint;
  readonly cr4Fixed1: bigint;
  /** Bits that IA32_EFER may have. */
  readonly efer: bigint;
  /** IA32_VMX_BASIC, IA32_VMX_MISC and IA32_VMX_EPT_VPID_CAP. */
  readonly basic: bigint;
  readonly misc: bigint;
  readonly eptVpid: bigint;
}

/** What the VMX capabilities depend on in the rest of the processor. */
export interface VmxBase {
  readonly physicalAddressWidth: number;
  readonly linearAddressWidth: number;
  /** Every bit that CR4 may have, VMXE included. */
  readonly cr4: bigint;
  /** Every bit that IA32_EFER may have. */
  readonly efer: bigint;
  has(feature: FeatureName): boolean;
}

/** Members of the default1 class that may nevertheless be 0, as the TRUE MSRs tell. */
const MAY_BE_0 = {
  primary: PrimaryControl.CR3_LOAD_EXITING | PrimaryControl.CR3_STORE_EXITING,
  exit: ExitControl.SAVE_DEBUG_CONTROLS,
  entry: EntryControl.LOAD_DEBUG_CONTROLS,
};

function pair({ mustBe1, mayBe1 }: ControlLimits): bigint {
  return BigInt(mustBe1 >>> 0) | (BigInt(mayBe1 >>> 0) << 32n);
}

function limits(default1: number, implemented: number, mayBe0 = 0): ControlLimits {
  return { mustBe1: (default1 & ~mayBe0) >>> 0, mayBe1: (default1 | implemented) >>> 0 };
}

/** All that the simulated processor implements. */
const ALL: OfferedVmx = { ...IMPLEMENTED, misc: MISC, eptVpid: EPT_VPID_CAP };

/** The offered controls of a set, without those of instructions that the processor lacks. */
function without(set: 'primary' | 'secondary', offered: OfferedVmx, base: VmxBase): number {
  const missing = NEEDS_FEATURE.filter((row) => row.set === set && !base.has(row.feature));
  return missing.reduce((controls, row) => controls & ~row.controls, offered[set]) >>> 0;
}

/**
 * The VMX capabilities of a processor.
 *
 * @param offered a part of what is implemented, where not all of it is for whoever has the processor
 */
export function vmxCapabilities(base: VmxBase, offered = ALL): VmxCapabilities {
  const primary = without('primary', offered, base);
  const common = {
    revision: revisionOf(BASIC),
    physicalAddressWidth: base.physicalAddressWidth,
    linearAddressWidth: base.linearAddressWidth,
    pinBased: limits(DEFAULT1.pinBased, offered.pinBased),
    primary: limits(DEFAULT1.primary, primary, MAY_BE_0.primary),
    secondary: limits(0, without('secondary', offered, base)),
    tertiary: 0n,
    secondaryExit: 0n,
    vmFunctions: offered.vmFunctions,
    exit: limits(DEFAULT1.exit, offered.exit, MAY_BE_0.exit),
    entry: limits(DEFAULT1.entry, offered.entry, MAY_BE_0.entry),
    cr0Fixed0: WideCr0.PE | WideCr0.NE | WideCr0.PG,
    cr0Fixed1: CR0_FIXED1,
    cr4Fixed0: WideCr4.VMXE,
    cr4Fixed1: base.cr4,
    efer: base.efer,
    basic: BASIC,
    misc: offered.misc,
    eptVpid: offered.eptVpid,
  };
  const exists = VMCS_FIELDS.filter((row) => fieldExists(common, row));
  const highestIndex = Math.max(...exists.map((row) => (row.encoding >> 1) & 0x1ff));
  const msrs = new Map<number, bigint>([
    [Msr.VMX_BASIC, BASIC],
    [Msr.VMX_PINBASED_CTLS, pair(limits(DEFAULT1.pinBased, offered.pinBased))],
    [Msr.VMX_PROCBASED_CTLS, pair(limits(DEFAULT1.primary, primary))],
    [Msr.VMX_EXIT_CTLS, pair(limits(DEFAULT1.exit, offered.exit))],
    [Msr.VMX_ENTRY_CTLS, pair(limits(DEFAULT1.entry, offered.entry))],
    [Msr.VMX_MISC, common.misc],
    [Msr.VMX_CR0_FIXED0, common.cr0Fixed0],
    [Msr.VMX_CR0_FIXED1, common.cr0Fixed1],
    [Msr.VMX_CR4_FIXED0, common.cr4Fixed0],
    [Msr.VMX_CR4_FIXED1, common.cr4Fixed1],
    [Msr.VMX_VMCS_ENUM, BigInt(highestIndex) << 1n],
    [Msr.VMX_PROCBASED_CTLS2, pair(common.secondary)],
    [Msr.VMX_EPT_VPID_CAP, common.eptVpid],
    [Msr.VMX_TRUE_PINBASED_CTLS, pair(common.pinBased)],
    [Msr.VMX_TRUE_PROCBASED_CTLS, pair(common.primary)],
    [Msr.VMX_TRUE_EXIT_CTLS, pair(common.exit)],
    [Msr.VMX_TRUE_ENTRY_CTLS, pair(common.entry)],
    [Msr.VMX_VMFUNC, BigInt(common.vmFunctions)],
  ]);
  return { ...common, msrs };
}

type Limits = Pick<
  VmxCapabilities,
  | 'pinBased'
  | 'primary'
  | 'secondary'
  | 'tertiary'
  | 'exit'
  | 'secondaryExit'
  | 'entry'
  | 'vmFunctions'
>;

function supports(capabilities: Limits, condition: FieldCondition): boolean {
  if ('feature' in condition) return false; // neither FRED nor SEAM is there
  if ('tertiary' in condition) {
    return (capabilities.tertiary & TertiaryControl[condition.tertiary]) !== 0n;
  }
  if ('secondaryExit' in condition) {
    return (capabilities.secondaryExit & SecondaryExitControl[condition.secondaryExit]) !== 0n;
  }
  if ('vmFunction' in condition) {
    return (capabilities.vmFunctions & VmFunctionControl[condition.vmFunction]) !== 0;
  }
  const [mayBe1, mask] =
    'pinBased' in condition
      ? [capabilities.pinBased.mayBe1, PinBasedControl[condition.pinBased]]
      : 'primary' in condition
        ? [capabilities.primary.mayBe1, PrimaryControl[condition.primary]]
        : 'secondary' in condition
          ? [capabilities.secondary.mayBe1, SecondaryControl[condition.secondary]]
          : 'exit' in condition
            ? [capabilities.exit.mayBe1, ExitControl[condition.exit]]
            : [capabilities.entry.mayBe1, EntryControl[condition.entry]];
  return (mayBe1 & mask) !== 0;
}

/**
 * Whether the processor has this VMCS field: fields of controls that cannot be turned on do not exist,
 * and VMREAD and VMWRITE of them fail with error 12 (SDM 3D appendix B, footnotes).
 */
export function fieldExists(capabilities: Limits, row: FieldRow): boolean {
  if (row.existsWith.length === 0) return true;
  return row.existsWith.some((condition) => supports(capabilities, condition));
}
