import { bit, extract, named, range, table, wideMasksOf, type BitTable } from '../bits';
import {
  ENTRY_CONTROLS,
  EXIT_CONTROLS,
  PIN_BASED_CONTROLS,
  PRIMARY_CONTROLS,
  SECONDARY_CONTROLS,
  SECONDARY_EXIT_CONTROLS,
  TERTIARY_CONTROLS,
  VM_FUNCTION_CONTROLS,
} from './controls';

/** The VMX capability MSRs, IA32_VMX_* (SDM 3D appendix A). */

/** IA32_VMX_BASIC (SDM 3D A.1). */
const BASIC = table('IA32_VMX_BASIC', 'SDM 3D A.1', [
  named('VMCS revision identifier', range('REVISION', 30, 0, 'Goes into every VMCS region.')),
  named('VMCS region size', range('SIZE', 44, 32, 'Bytes of a VMXON or VMCS region.')),
  named(
    '32-bit addresses',
    bit('ADDRESSES_32', 48, 'VMX structures must lie within 32 bits of physical address.'),
  ),
  named(
    'Dual-monitor treatment',
    bit('DUAL_MONITOR', 49, 'SMIs and SMM can be given to a monitor of their own.'),
  ),
  named(
    'Memory type',
    range('MEMORY_TYPE', 53, 50, 'How VMCS regions are accessed.', { 0: 'UC', 6: 'WB' }),
  ),
  named(
    'INS/OUTS information',
    bit('INS_OUTS_INFO', 54, 'VM exits report INS and OUTS in the instruction information.'),
  ),
  named('True controls', bit('TRUE_CONTROLS', 55, 'The IA32_VMX_TRUE_*_CTLS MSRs exist.')),
  named(
    'Any error code',
    bit('ANY_ERROR_CODE', 56, 'Injected exceptions may have or lack an error code at will.'),
  ),
  named('Nested exceptions', bit('NESTED', 58, 'Events tell of nested exceptions (FRED).')),
]);
export const VmxBasic = wideMasksOf(BASIC);

/** IA32_VMX_MISC (SDM 3D A.6). */
const MISC = table('IA32_VMX_MISC', 'SDM 3D A.6', [
  named(
    'Preemption-timer rate',
    range('TIMER_RATE', 4, 0, 'The timer counts each time this bit of the TSC changes.'),
  ),
  named(
    'Store EFER.LMA',
    bit('STORE_LMA', 5, 'VM exits store EFER.LMA into the "IA-32e mode guest" control.'),
  ),
  named('Activity state HLT', bit('ACTIVITY_HLT', 6, 'VM entries may go to this activity state.')),
  named(
    'Activity state shutdown',
    bit('ACTIVITY_SHUTDOWN', 7, 'VM entries may go to this activity state.'),
  ),
  named(
    'Activity state wait-for-SIPI',
    bit('ACTIVITY_SIPI', 8, 'VM entries may go to this activity state.'),
  ),
  named('PT in VMX operation', bit('PT', 14, 'Intel Processor Trace works in VMX operation.')),
  named('SMBASE readable', bit('SMBASE_MSR', 15, 'RDMSR can read IA32_SMBASE in SMM.')),
  named('CR3-target values', range('CR3_TARGETS', 24, 16, 'Number of CR3-target values.')),
  named(
    'MSR-list length',
    range('MSR_LIST', 27, 25, 'N: at most 512 * (N + 1) MSRs should be in an MSR area.'),
  ),
  named('SMM monitor control', bit('SMM_MONITOR', 28, 'Bit 2 of IA32_SMM_MONITOR_CTL may be 1.')),
  named(
    'VMWRITE to any field',
    bit('VMWRITE_ANY', 29, 'VMWRITE may write VM-exit information fields too.'),
  ),
  named(
    'Injection of length 0',
    bit('INJECT_LENGTH_0', 30, 'Software events may be injected with instruction length 0.'),
  ),
  named('MSEG revision', range('MSEG_REVISION', 63, 32, 'MSEG revision identifier.')),
]);
export const VmxMisc = wideMasksOf(MISC);

/** IA32_VMX_VMCS_ENUM (SDM 3D A.9). */
const VMCS_ENUM = table('IA32_VMX_VMCS_ENUM', 'SDM 3D A.9', [
  named('Highest index', range('HIGHEST_INDEX', 9, 1, 'Highest index of any VMCS field encoding.')),
]);

/** IA32_VMX_EPT_VPID_CAP (SDM 3D A.10). */
const EPT_VPID_CAP = table('IA32_VMX_EPT_VPID_CAP', 'SDM 3D A.10', [
  named('Execute-only', bit('EXECUTE_ONLY', 0, 'EPT entries may allow fetches but no reads.')),
  named('4-level EPT', bit('LEVELS_4', 6, 'EPT page walks may have 4 levels.')),
  named('5-level EPT', bit('LEVELS_5', 7, 'EPT page walks may have 5 levels.')),
  named(
    'EPT memory type UC',
    bit('TYPE_UC', 8, 'The EPT paging structures may have this memory type.'),
  ),
  named(
    'EPT memory type WB',
    bit('TYPE_WB', 14, 'The EPT paging structures may have this memory type.'),
  ),
  named(
    '2-MByte pages',
    bit('PAGES_2M', 16, 'Entries of EPT page directories may map 2-MByte pages.'),
  ),
  named(
    '1-GByte pages',
    bit('PAGES_1G', 17, 'Entries of EPT page-directory-pointer tables may map 1-GByte pages.'),
  ),
  named('INVEPT', bit('INVEPT', 20, 'The processor has the instruction.')),
  named('Accessed and dirty flags', bit('AD', 21, 'EPT entries have accessed and dirty flags.')),
  named(
    'Advanced EPT-violation information',
    bit('ADVANCED_INFO', 22, 'The exit qualification tells of guest paging too.'),
  ),
  named('Supervisor shadow stack', bit('SSS', 23, 'EPT can protect supervisor shadow stacks.')),
  named('INVEPT single-context', bit('INVEPT_SINGLE', 25, 'The instruction knows type 1.')),
  named('INVEPT all-context', bit('INVEPT_ALL', 26, 'The instruction knows type 2.')),
  named('INVVPID', bit('INVVPID', 32, 'The processor has the instruction.')),
  named('INVVPID individual-address', bit('INVVPID_ADDRESS', 40, 'The instruction knows type 0.')),
  named('INVVPID single-context', bit('INVVPID_SINGLE', 41, 'The instruction knows type 1.')),
  named('INVVPID all-context', bit('INVVPID_ALL', 42, 'The instruction knows type 2.')),
  named(
    'INVVPID single-context, retaining globals',
    bit('INVVPID_SINGLE_GLOBALS', 43, 'The instruction knows type 3.'),
  ),
  named('HLAT prefix size', range('HLAT_PREFIX', 53, 48, 'Largest HLAT prefix.')),
]);
export const EptVpidCap = wideMasksOf(EPT_VPID_CAP);

export const CAPABILITY_TABLES = { BASIC, MISC, VMCS_ENUM, EPT_VPID_CAP } as const;

/**
 * The default1 class: controls that are 1 on every processor without the TRUE MSRs, reserved ones
 * among them (SDM 3D A.2).
 */
export const DEFAULT1 = {
  pinBased: 0x0000_0016,
  primary: 0x0401_e172,
  exit: 0x0003_6dff,
  entry: 0x0000_11ff,
} as const;

/** What a control may be, by a capability MSR. */
export interface AllowedSettings {
  readonly may0: boolean;
  readonly may1: boolean;
}

/**
 * The allowed settings of one control bit, from a pair-of-masks capability MSR: bits 31:0 are the
 * controls that must be 1, bits 63:32 those that may be 1 (SDM 3D A.3 to A.5).
 */
export function allowedSettings(capability: bigint, bitNumber: number): AllowedSettings {
  return {
    may0: ((capability >> BigInt(bitNumber)) & 1n) === 0n,
    may1: ((capability >> BigInt(bitNumber + 32)) & 1n) === 1n,
  };
}

/** A row of a decoded capability MSR. */
export interface DecodedSetting extends AllowedSettings {
  readonly name: string;
  readonly bit: number;
}

/** Which table of controls each pair-of-masks MSR speaks of, by MSR number. */
const CONTROLS_OF: Readonly<Record<number, BitTable>> = {
  0x481: PIN_BASED_CONTROLS,
  0x482: PRIMARY_CONTROLS,
  0x483: EXIT_CONTROLS,
  0x484: ENTRY_CONTROLS,
  0x48b: SECONDARY_CONTROLS,
  0x48d: PIN_BASED_CONTROLS,
  0x48e: PRIMARY_CONTROLS,
  0x48f: EXIT_CONTROLS,
  0x490: ENTRY_CONTROLS,
};

/** The MSRs whose 64 bits all tell what may be 1; every control may be 0 (SDM 3D A.3.4, A.4.2, A.11). */
const ALLOWED_ONES_OF: Readonly<Record<number, BitTable>> = {
  0x491: VM_FUNCTION_CONTROLS,
  0x492: TERTIARY_CONTROLS,
  0x493: SECONDARY_EXIT_CONTROLS,
};

/** The allowed settings of every named control in a capability MSR; undefined for other MSRs. */
export function decodeAllowedSettings(
  msr: number,
  capability: bigint,
): DecodedSetting[] | undefined {
  const ones = ALLOWED_ONES_OF[msr]?.fields;
  if (ones) {
    return ones.map(({ name, low }) => ({
      name,
      bit: low,
      may0: true,
      may1: ((capability >> BigInt(low)) & 1n) === 1n,
    }));
  }
  return CONTROLS_OF[msr]?.fields.map((field) => ({
    name: field.name,
    bit: field.low,
    ...allowedSettings(capability, field.low),
  }));
}

/** The VMCS revision identifier in IA32_VMX_BASIC. */
export function revisionOf(basic: bigint): number {
  return Number(extract(BASIC.fields[0], basic));
}
