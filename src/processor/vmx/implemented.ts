import { bits } from '../../isa/bits';
import type { FeatureName } from '../../isa/cpuid';
import { EptVpidCap, VmxBasic, VmxMisc } from '../../isa/vmx/capabilities';
import {
  EntryControl,
  ExitControl,
  PinBasedControl,
  PrimaryControl,
  SecondaryControl,
  VmFunctionControl,
} from '../../isa/vmx/controls';

/**
 * What of VMX the simulator implements. A control that is not implemented is not in these masks, so
 * that neither a VM entry nor a well-behaved hypervisor can turn it on.
 */

function union(...masks: number[]): number {
  return masks.reduce((all, mask) => all | mask, 0) >>> 0;
}

export const IMPLEMENTED = {
  pinBased: union(
    PinBasedControl.EXTERNAL_INTERRUPT_EXITING,
    PinBasedControl.NMI_EXITING,
    PinBasedControl.VIRTUAL_NMIS,
    PinBasedControl.ACTIVATE_PREEMPTION_TIMER,
    PinBasedControl.PROCESS_POSTED_INTERRUPTS,
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
    PrimaryControl.USE_TPR_SHADOW,
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
    SecondaryControl.VIRTUALIZE_APIC_ACCESSES,
    SecondaryControl.ENABLE_EPT,
    SecondaryControl.DESCRIPTOR_TABLE_EXITING,
    SecondaryControl.ENABLE_RDTSCP,
    SecondaryControl.VIRTUALIZE_X2APIC_MODE,
    SecondaryControl.ENABLE_VPID,
    SecondaryControl.WBINVD_EXITING,
    SecondaryControl.UNRESTRICTED_GUEST,
    SecondaryControl.APIC_REGISTER_VIRTUALIZATION,
    SecondaryControl.VIRTUAL_INTERRUPT_DELIVERY,
    SecondaryControl.PAUSE_LOOP_EXITING,
    SecondaryControl.RDRAND_EXITING,
    SecondaryControl.RDSEED_EXITING,
    SecondaryControl.ENABLE_PML,
    SecondaryControl.EPT_VIOLATION_VE,
    SecondaryControl.ENABLE_INVPCID,
    SecondaryControl.ENABLE_VM_FUNCTIONS,
    SecondaryControl.VMCS_SHADOWING,
    SecondaryControl.ENABLE_XSAVES,
    SecondaryControl.MODE_BASED_EXECUTE_CONTROL,
    SecondaryControl.USE_TSC_SCALING,
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
  vmFunctions: union(VmFunctionControl.EPTP_SWITCHING),
} as const;

/** What of it somebody has who has the processor, or a part of it: bits that may be 1. */
export interface OfferedVmx {
  readonly pinBased: number;
  readonly primary: number;
  readonly secondary: number;
  readonly exit: number;
  readonly entry: number;
  readonly vmFunctions: number;
  /** IA32_VMX_MISC and IA32_VMX_EPT_VPID_CAP. */
  readonly misc: bigint;
  readonly eptVpid: bigint;
}

/** Controls over instructions that exist only with a feature. */
export const NEEDS_FEATURE: readonly {
  readonly set: 'primary' | 'secondary';
  readonly controls: number;
  readonly feature: FeatureName;
}[] = [
  {
    set: 'primary',
    controls: PrimaryControl.MONITOR_EXITING | PrimaryControl.MWAIT_EXITING,
    feature: 'MONITOR',
  },
  { set: 'secondary', controls: SecondaryControl.ENABLE_RDTSCP, feature: 'RDTSCP' },
  { set: 'secondary', controls: SecondaryControl.ENABLE_INVPCID, feature: 'INVPCID' },
  { set: 'secondary', controls: SecondaryControl.RDRAND_EXITING, feature: 'RDRAND' },
  { set: 'secondary', controls: SecondaryControl.RDSEED_EXITING, feature: 'RDSEED' },
  { set: 'secondary', controls: SecondaryControl.ENABLE_XSAVES, feature: 'XSAVES' },
];

/** "RING" in ASCII, bit 31 clear: the format of our VMCS region is our own. */
const REVISION = 0x52494e47n;

/**
 * IA32_VMX_BASIC: 4-KByte write-back regions, INS/OUTS information, TRUE controls. Whether an injected
 * exception has an error code is fixed by its vector (bit 56 is 0).
 */
export const BASIC =
  REVISION | (4096n << 32n) | (6n << 50n) | VmxBasic.INS_OUTS_INFO | VmxBasic.TRUE_CONTROLS;

/** The preemption timer counts each tick of the TSC, which there are no more of than instructions. */
const TIMER_RATE = 0n;
const CR3_TARGETS = 4n << 16n;

/**
 * IA32_VMX_MISC: VM exits store EFER.LMA; HLT and shutdown may be entered; software events may have
 * length 0; VMWRITE may write VM-exit information, as a hypervisor needs that fills shadow VMCSs.
 */
export const MISC =
  TIMER_RATE |
  VmxMisc.STORE_LMA |
  VmxMisc.ACTIVITY_HLT |
  VmxMisc.ACTIVITY_SHUTDOWN |
  VmxMisc.ACTIVITY_SIPI |
  CR3_TARGETS |
  VmxMisc.VMWRITE_ANY |
  VmxMisc.INJECT_LENGTH_0;

/** IA32_VMX_EPT_VPID_CAP. */
export const EPT_VPID_CAP =
  EptVpidCap.EXECUTE_ONLY |
  EptVpidCap.LEVELS_4 |
  EptVpidCap.TYPE_UC |
  EptVpidCap.TYPE_WB |
  EptVpidCap.PAGES_2M |
  EptVpidCap.PAGES_1G |
  EptVpidCap.INVEPT |
  EptVpidCap.AD |
  EptVpidCap.ADVANCED_INFO |
  EptVpidCap.INVEPT_SINGLE |
  EptVpidCap.INVEPT_ALL |
  EptVpidCap.INVVPID |
  EptVpidCap.INVVPID_ADDRESS |
  EptVpidCap.INVVPID_SINGLE |
  EptVpidCap.INVVPID_ALL |
  EptVpidCap.INVVPID_SINGLE_GLOBALS;

/** What may be in CR0 in VMX operation (SDM 3D A.7). */
export const CR0_FIXED1 = bits(31, 0);
