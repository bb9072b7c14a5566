import {
  bit,
  bits,
  masksOf,
  named,
  range,
  reservedBits,
  table,
  wideMasksOf,
  type BitField,
} from '../bits';
import { MEMORY_TYPES, PAT_MEMORY_TYPES } from '../memory-types';

/** The bits of model-specific registers that have any (SDM 4 2.1 lists where each is described). */

export const APIC_BASE = table('IA32_APIC_BASE', 'SDM 3A 11.4.4', [
  bit('BSP', 8, 'This is the bootstrap processor.'),
  bit('EXTD', 10, 'x2APIC mode.'),
  bit('EN', 11, 'The local APIC is enabled.'),
  range('ADDRESS', 51, 12, 'Physical address of the local APIC page.'),
]);
export const ApicBase = wideMasksOf(APIC_BASE);

/** @returns the bits of a value for IA32_APIC_BASE that must be 0 */
export const reservedInApicBase = (value: bigint, physicalAddressWidth: number): bigint =>
  value & (reservedBits(APIC_BASE, 64) | bits(63, physicalAddressWidth));

export const XSS = table('IA32_XSS', 'SDM 1 13.3', [
  bit('PT', 8, 'Intel Processor Trace.'),
  bit('PASID', 10, 'The process address-space identifier of ENQCMD.'),
  bit('CET_U', 11, 'Control-flow enforcement in ring 3.'),
  bit('CET_S', 12, 'Shadow-stack pointers of rings 0 to 2.'),
  bit('HDC', 13, 'Hardware duty cycling.'),
  bit('UINTR', 14, 'User interrupts.'),
  bit('LBR', 15, 'Last-branch records.'),
  bit('HWP', 16, 'Hardware-controlled performance states.'),
]);

/** IA32_S_CET and IA32_U_CET. */
export const CET = table('IA32_S_CET', 'SDM 1 17.1.2', [
  bit('SH_STK_EN', 0, 'Shadow stacks are used.'),
  bit('WR_SHSTK_EN', 1, 'WRSS is allowed.'),
  bit('ENDBR_EN', 2, 'Indirect branches must come to ENDBR32 or ENDBR64.'),
  bit('LEG_IW_EN', 3, 'A bitmap tells which pages hold code without ENDBR.'),
  bit('NO_TRACK_EN', 4, 'The no-track prefix is allowed.'),
  bit('SUPPRESS_DIS', 5, 'Tracking is not suppressed by legacy code.'),
  bit('SUPPRESS', 10, 'Tracking is suppressed.'),
  bit('TRACKER', 11, 'The next instruction must be ENDBR32 or ENDBR64.'),
  range('EB_LEG_BITMAP_BASE', 63, 12, 'Page of the bitmap of legacy code.'),
]);
export const Cet = wideMasksOf(CET);

export const BNDCFGS = table('IA32_BNDCFGS', 'SDM 4 2.1', [
  bit('EN', 0, 'MPX is enabled in rings 0 to 2.'),
  bit('BNDPRESERVE', 1, 'Branches without the BND prefix keep the bounds registers.'),
  range('BASE', 63, 12, 'Page of the bounds directory.'),
]);

export const STAR = table('IA32_STAR', 'SDM 3A 5.8.8', [
  range('EIP', 31, 0, 'SYSCALL target in legacy mode (AMD).'),
  range('SYSCALL_CS', 47, 32, 'SYSCALL loads CS from here and SS from this plus 8.'),
  range('SYSRET_CS', 63, 48, 'SYSRET loads CS from this (plus 16 in 64-bit mode), SS plus 8.'),
]);

export const FEATURE_CONTROL = table('IA32_FEATURE_CONTROL', 'SDM 3C 24.7', [
  bit('LOCK', 0, 'Locked until reset; VMXON needs it set.'),
  bit('VMX_IN_SMX', 1, 'VMXON is allowed inside SMX operation.'),
  bit('VMX_OUTSIDE_SMX', 2, 'VMXON is allowed outside SMX operation.'),
  range('SENTER_FUNCTIONS', 14, 8, 'Which functions of GETSEC[SENTER] are allowed.'),
  bit('SENTER', 15, 'GETSEC[SENTER] is allowed.'),
  bit('SGX_LAUNCH_CONTROL', 17, 'The key hash of SGX launch enclaves may be changed.'),
  bit('SGX', 18, 'SGX is allowed.'),
  bit('LMCE', 20, 'Machine checks may be delivered to one processor alone.'),
]);
export const FeatureControl = wideMasksOf(FEATURE_CONTROL);

export const DEBUGCTL = table('IA32_DEBUGCTL', 'SDM 3B 18.4.1', [
  bit('LBR', 0, 'Last-branch records.'),
  bit('BTF', 1, 'RFLAGS.TF steps from branch to branch.'),
  bit('BLD', 2, 'Bus-lock detection raises #DB.'),
  bit('TR', 6, 'Trace messages.'),
  bit('BTS', 7, 'Branch trace store.'),
  bit('BTINT', 8, 'Branch trace interrupt.'),
  bit('BTS_OFF_OS', 9, 'No branch trace in ring 0.'),
  bit('BTS_OFF_USR', 10, 'No branch trace outside ring 0.'),
  bit('FREEZE_LBRS_ON_PMI', 11, 'Freeze last-branch records on a performance interrupt.'),
  bit('FREEZE_PERFMON_ON_PMI', 12, 'Freeze performance counters on a performance interrupt.'),
  bit('ENABLE_UNCORE_PMI', 13, 'Uncore performance interrupts.'),
  bit('FREEZE_WHILE_SMM', 14, 'Freeze performance monitoring in SMM.'),
  bit('RTM', 15, 'Advanced debugging of transactional regions.'),
]);
export const DebugCtl = masksOf(DEBUGCTL);

export const MISC_ENABLE = table('IA32_MISC_ENABLE', 'SDM 4 2.1', [
  bit('FAST_STRINGS', 0, 'Fast string operations.'),
  bit('THERMAL_CONTROL', 3, 'Automatic thermal control.'),
  bit('PERFMON', 7, 'Performance monitoring is available.'),
  bit('BTS_UNAVAILABLE', 11, 'Branch trace storage is unavailable.'),
  bit('PEBS_UNAVAILABLE', 12, 'Processor event-based sampling is unavailable.'),
  bit('EIST', 16, 'Enhanced SpeedStep.'),
  bit('MONITOR_FSM', 18, 'MONITOR and MWAIT are available.'),
  bit('LIMIT_CPUID', 22, 'CPUID reports no leaf above 2.'),
  bit('XTPR_DISABLE', 23, 'xTPR messages are disabled.'),
  bit('XD_DISABLE', 34, 'The execute-disable feature is hidden.'),
]);
export const MiscEnable = masksOf(MISC_ENABLE);

export const MTRRCAP = table('IA32_MTRRCAP', 'SDM 3A 12.11.1', [
  range('VCNT', 7, 0, 'Number of variable ranges.'),
  bit('FIX', 8, 'Fixed ranges are supported.'),
  bit('WC', 10, 'The write-combining type is supported.'),
  bit('SMRR', 11, 'System-management ranges are supported.'),
]);
export const MtrrCap = wideMasksOf(MTRRCAP);
export const MTRR_DEF_TYPE = table('IA32_MTRR_DEF_TYPE', 'SDM 3A 12.11.2.1', [
  range('TYPE', 7, 0, 'Memory type outside all ranges.', MEMORY_TYPES),
  bit('FE', 10, 'Fixed ranges are enabled.'),
  bit('E', 11, 'MTRRs are enabled.'),
]);
export const MTRR_PHYSBASE = table('IA32_MTRR_PHYSBASE', 'SDM 3A 12.11.2.3', [
  range('TYPE', 7, 0, 'Memory type of the range.', MEMORY_TYPES),
  range('BASE', 51, 12, 'First page of the range.'),
]);
export const MTRR_PHYSMASK = table('IA32_MTRR_PHYSMASK', 'SDM 3A 12.11.2.3', [
  bit('V', 11, 'The range is valid.'),
  range('MASK', 51, 12, 'Address bits that must match the base.'),
]);

export const PAT = table(
  'IA32_PAT',
  'SDM 3A 12.12.2',
  Array.from({ length: 8 }, (_, i): BitField =>
    range(`PA${i}`, 8 * i + 2, 8 * i, `Memory type of PAT index ${i}.`, PAT_MEMORY_TYPES),
  ),
);

export const SYSENTER_CS = table('IA32_SYSENTER_CS', 'SDM 3A 5.8.7', [
  named('Selector', range('SELECTOR', 15, 0, 'SYSENTER loads CS from here, SS plus 8.')),
]);

/** VM_CR of AMD's processors. */
export const VM_CR = table('VM_CR', 'APM 2 15.30.1', [
  bit('DPD', 0, 'The debug port is disabled.'),
  bit('R_INIT', 1, 'INIT that is not intercepted becomes #SX.'),
  bit('DIS_A20M', 2, 'A20M# masks no address.'),
  bit('LOCK', 3, 'LOCK and SVMDIS stay as they are.'),
  bit('SVMDIS', 4, 'EFER.SVME cannot be set.'),
]);
export const VmCr = wideMasksOf(VM_CR);

/** The ratio of a guest's TSC to the processor's: a fixed-point number (AMD). */
export const TSC_RATIO = table('TSC_RATIO', 'APM 2 15.30.5', [
  range('FRACTION', 31, 0, 'Behind the point.'),
  range('INTEGER', 39, 32, 'Before the point.'),
]);

/** The hardware configuration register of AMD's processors. */
export const HWCR = table('HWCR', 'APM 2 3.2.10', [
  bit('SMMLOCK', 0, 'The configuration of SMM is locked.'),
  bit('TLBCACHEDIS', 3, 'Translations of page tables in memory that is not WB are not kept.'),
  bit('INVDWBINVD', 4, 'INVD does what WBINVD does.'),
  bit('FFDIS', 6, 'TLB flush filter disabled.'),
  bit('MCSTATUSWREN', 18, 'Machine-check status registers can be written.'),
  bit('TSC_FREQ_SEL', 24, 'The TSC counts at the frequency of P-state 0.'),
  bit('CPB_DIS', 25, 'Core performance boost is off.'),
]);
export const Hwcr = wideMasksOf(HWCR);
