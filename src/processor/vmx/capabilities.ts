import { Cr4 } from '../../isa/registers/control';
import { Msr } from '../../isa/registers/msr';
import { revisionOf, VmxBasic, VmxMisc } from '../../isa/vmx/capabilities';
import {
  EntryControl,
  ExitControl,
  PinBasedControl,
  PrimaryControl,
  SecondaryControl,
  TertiaryControl,
} from '../../isa/vmx/controls';
import { LINEAR_ADDRESS_WIDTH, PHYSICAL_ADDRESS_WIDTH } from '../profile/widths';
import { VMCS_FIELDS, type FieldCondition, type FieldRow } from '../../isa/vmx/fields';

/**
 * What VMX can do on the simulated processor, told as hardware tells it: by the IA32_VMX_* MSRs
 * (SDM 3C appendix A). A control that is not implemented is not in these masks, so that neither a VM
 * entry nor a well-behaved hypervisor can turn it on.
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
  /** Tertiary controls that may be 1. */
  readonly tertiary: bigint;
  readonly exit: ControlLimits;
  readonly entry: ControlLimits;
  readonly cr0Fixed0: bigint;
  readonly cr0Fixed1: bigint;
  readonly cr4Fixed0: bigint;
  readonly cr4Fixed1: bigint;
  /** IA32_VMX_BASIC, IA32_VMX_MISC and IA32_VMX_EPT_VPID_CAP. */
  readonly basic: bigint;
  readonly misc: bigint;
  readonly eptVpid: bigint;
}

/** What the VMX capabilities depend on in the rest of the processor. */
export interface CapabilityOptions {
  readonly physicalAddressWidth?: number;
  readonly linearAddressWidth?: number;
  /** Every bit of CR4 the processor has, VMXE included. */
  readonly cr4Supported?: number;
}

/** "RING" in ASCII, bit 31 clear: the format of our VMCS region is our own. */
const REVISION = 0x52494e47n;

/** Controls that have always been 1 on processors without the TRUE MSRs (SDM 3C A.2). */
const DEFAULT1 = { pinBased: 0x16, primary: 0x0401e172, exit: 0x00036dff, entry: 0x000011ff };

/** Members of the default1 class that may nevertheless be 0, as the TRUE MSRs tell. */
const MAY_BE_0 = {
  primary: PrimaryControl.CR3_LOAD_EXITING | PrimaryControl.CR3_STORE_EXITING,
  exit: ExitControl.SAVE_DEBUG_CONTROLS,
  entry: EntryControl.LOAD_DEBUG_CONTROLS,
};

function union(...masks: number[]): number {
  return masks.reduce((all, mask) => all | mask, 0) >>> 0;
}

/** The controls the processor implements. */
const IMPLEMENTED = {
  pinBased: union(
    PinBasedControl.EXTERNAL_INTERRUPT_EXITING,
    PinBasedControl.NMI_EXITING,
    PinBasedControl.VIRTUAL_NMIS,
    PinBasedControl.ACTIVATE_PREEMPTION_TIMER,
  ),
  primary: union(
    PrimaryControl.INTERRUPT_WINDOW_EXITING,
    PrimaryControl.USE_TSC_OFFSETTING,
    PrimaryControl.HLT_EXITING,
    PrimaryControl.INVLPG_EXITING,
    PrimaryControl.MWAIT_EXITING,
    PrimaryControl.RDPMC_EXITING,
    PrimaryControl.RDTSC_EXITING,
    PrimaryControl.CR3_LOAD_EXITING,
    PrimaryControl.CR3_STORE_EXITING,
    PrimaryControl.CR8_LOAD_EXITING,
    PrimaryControl.CR8_STORE_EXITING,
    PrimaryControl.NMI_WINDOW_EXITING,
    PrimaryControl.MOV_DR_EXITING,
    PrimaryControl.UNCONDITIONAL_IO_EXITING,
    PrimaryControl.USE_IO_BITMAPS,
    PrimaryControl.MONITOR_TRAP_FLAG,
    PrimaryControl.USE_MSR_BITMAPS,
    PrimaryControl.MONITOR_EXITING,
    PrimaryControl.PAUSE_EXITING,
    PrimaryControl.ACTIVATE_SECONDARY_CONTROLS,
  ),
  secondary: union(
    SecondaryControl.ENABLE_EPT,
    SecondaryControl.DESCRIPTOR_TABLE_EXITING,
    SecondaryControl.ENABLE_RDTSCP,
    SecondaryControl.ENABLE_VPID,
    SecondaryControl.WBINVD_EXITING,
    SecondaryControl.UNRESTRICTED_GUEST,
    SecondaryControl.ENABLE_INVPCID,
  ),
  exit: union(
    ExitControl.SAVE_DEBUG_CONTROLS,
    ExitControl.HOST_ADDRESS_SPACE_SIZE,
    ExitControl.ACKNOWLEDGE_INTERRUPT,
    ExitControl.SAVE_PAT,
    ExitControl.LOAD_PAT,
    ExitControl.SAVE_EFER,
    ExitControl.LOAD_EFER,
    ExitControl.SAVE_PREEMPTION_TIMER,
  ),
  entry: union(
    EntryControl.LOAD_DEBUG_CONTROLS,
    EntryControl.IA32E_MODE_GUEST,
    EntryControl.LOAD_PAT,
    EntryControl.LOAD_EFER,
  ),
};

/** The bits of CR4 the processor has unless the options say otherwise. */
const CR4_SUPPORTED = union(
  0x7ff, // VME to OSXMMEXCPT
  Cr4.UMIP,
  Cr4.VMXE,
  Cr4.FSGSBASE,
  Cr4.PCIDE,
  Cr4.OSXSAVE,
  Cr4.SMEP,
  Cr4.SMAP,
);

/**
 * IA32_VMX_BASIC: 4-KByte write-back regions, INS/OUTS information, TRUE controls. Whether an injected
 * exception has an error code is fixed by its vector (bit 56 is 0).
 */
const BASIC =
  REVISION | (4096n << 32n) | (6n << 50n) | VmxBasic.INS_OUTS_INFO | VmxBasic.TRUE_CONTROLS;

/**
 * IA32_VMX_MISC: the preemption timer counts every 32nd TSC tick; VM exits store EFER.LMA; HLT and
 * shutdown may be entered; 4 CR3 targets; software events may have length 0. VM-exit information
 * is read-only (bit 29 is 0), so that VMWRITE to it fails as the manual teaches.
 */
const MISC =
  5n |
  VmxMisc.STORE_LMA |
  VmxMisc.ACTIVITY_HLT |
  VmxMisc.ACTIVITY_SHUTDOWN |
  (4n << 16n) |
  VmxMisc.INJECT_LENGTH_0;

/**
 * IA32_VMX_EPT_VPID_CAP: execute-only pages, 4 levels, structures UC or WB, 2-MByte and 1-GByte
 * pages, accessed and dirty flags, all types of INVEPT and INVVPID.
 */
const EPT_VPID_CAP = 0x0000_0f01_0633_4141n;

function pair({ mustBe1, mayBe1 }: ControlLimits): bigint {
  return BigInt(mustBe1 >>> 0) | (BigInt(mayBe1 >>> 0) << 32n);
}

function limits(default1: number, implemented: number, mayBe0 = 0): ControlLimits {
  return { mustBe1: (default1 & ~mayBe0) >>> 0, mayBe1: (default1 | implemented) >>> 0 };
}

/** The capabilities of the simulated processor. */
export function vmxCapabilities(options: CapabilityOptions = {}): VmxCapabilities {
  const common = {
    revision: revisionOf(BASIC),
    physicalAddressWidth: options.physicalAddressWidth ?? PHYSICAL_ADDRESS_WIDTH,
    linearAddressWidth: options.linearAddressWidth ?? LINEAR_ADDRESS_WIDTH,
    pinBased: limits(DEFAULT1.pinBased, IMPLEMENTED.pinBased),
    primary: limits(DEFAULT1.primary, IMPLEMENTED.primary, MAY_BE_0.primary),
    secondary: limits(0, IMPLEMENTED.secondary),
    tertiary: 0n,
    exit: limits(DEFAULT1.exit, IMPLEMENTED.exit, MAY_BE_0.exit),
    entry: limits(DEFAULT1.entry, IMPLEMENTED.entry, MAY_BE_0.entry),
    cr0Fixed0: 0x80000021n,
    cr0Fixed1: 0xffffffffn,
    cr4Fixed0: BigInt(Cr4.VMXE),
    cr4Fixed1: BigInt(options.cr4Supported ?? CR4_SUPPORTED),
    basic: BASIC,
    misc: MISC,
    eptVpid: EPT_VPID_CAP,
  };
  const exists = VMCS_FIELDS.filter((row) => fieldExists(common, row));
  const highestIndex = Math.max(...exists.map((row) => (row.encoding >> 1) & 0x1ff));
  const msrs = new Map<number, bigint>([
    [Msr.VMX_BASIC, BASIC],
    [Msr.VMX_PINBASED_CTLS, pair(limits(DEFAULT1.pinBased, IMPLEMENTED.pinBased))],
    [Msr.VMX_PROCBASED_CTLS, pair(limits(DEFAULT1.primary, IMPLEMENTED.primary))],
    [Msr.VMX_EXIT_CTLS, pair(limits(DEFAULT1.exit, IMPLEMENTED.exit))],
    [Msr.VMX_ENTRY_CTLS, pair(limits(DEFAULT1.entry, IMPLEMENTED.entry))],
    [Msr.VMX_MISC, MISC],
    [Msr.VMX_CR0_FIXED0, common.cr0Fixed0],
    [Msr.VMX_CR0_FIXED1, common.cr0Fixed1],
    [Msr.VMX_CR4_FIXED0, common.cr4Fixed0],
    [Msr.VMX_CR4_FIXED1, common.cr4Fixed1],
    [Msr.VMX_VMCS_ENUM, BigInt(highestIndex) << 1n],
    [Msr.VMX_PROCBASED_CTLS2, pair(common.secondary)],
    [Msr.VMX_EPT_VPID_CAP, EPT_VPID_CAP],
    [Msr.VMX_TRUE_PINBASED_CTLS, pair(common.pinBased)],
    [Msr.VMX_TRUE_PROCBASED_CTLS, pair(common.primary)],
    [Msr.VMX_TRUE_EXIT_CTLS, pair(common.exit)],
    [Msr.VMX_TRUE_ENTRY_CTLS, pair(common.entry)],
  ]);
  return { ...common, msrs };
}

type Limits = Pick<
  VmxCapabilities,
  'pinBased' | 'primary' | 'secondary' | 'tertiary' | 'exit' | 'entry'
>;

function supports(capabilities: Limits, condition: FieldCondition): boolean {
  if ('tertiary' in condition) {
    return (capabilities.tertiary & TertiaryControl[condition.tertiary]) !== 0n;
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
 * and VMREAD and VMWRITE of them fail with error 12 (SDM 3C appendix B, footnotes).
 */
export function fieldExists(capabilities: Limits, row: FieldRow): boolean {
  if (row.existsWith.length === 0) return true;
  return row.existsWith.some((condition) => supports(capabilities, condition));
}
