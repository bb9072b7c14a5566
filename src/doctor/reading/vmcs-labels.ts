import type { FieldId } from '../../isa/vmx/fields';

/**
 * What KVM and Xen call the fields of a VMCS. Distributions carry single patches back, so a line is never
 * judged by a version: each label stands for itself, wherever it comes.
 */

/** Labels of the guest-state area alone. */
export const GUEST_LABELS: Readonly<Record<string, FieldId>> = {
  PDPTR0: 'GUEST_PDPTE0',
  PDPTR1: 'GUEST_PDPTE1',
  PDPTR2: 'GUEST_PDPTE2',
  PDPTR3: 'GUEST_PDPTE3',
  PDPTE0: 'GUEST_PDPTE0',
  PDPTE1: 'GUEST_PDPTE1',
  PDPTE2: 'GUEST_PDPTE2',
  PDPTE3: 'GUEST_PDPTE3',
  RFLAGS: 'GUEST_RFLAGS',
  DR7: 'GUEST_DR7',
  'Guest PAT': 'GUEST_IA32_PAT',
  DebugCtl: 'GUEST_IA32_DEBUGCTL',
  DebugExceptions: 'GUEST_PENDING_DBG_EXCEPTIONS',
  BndCfgS: 'GUEST_BNDCFGS',
  Interruptibility: 'GUEST_INTERRUPTIBILITY_INFO',
  ActivityState: 'GUEST_ACTIVITY_STATE',
  InterruptStatus: 'GUEST_INTR_STATUS',
  PreemptionTimer: 'VMX_PREEMPTION_TIMER_VALUE',
  'SM Base': 'GUEST_SMBASE',
};

/** Labels of the host-state area alone. */
export const HOST_LABELS: Readonly<Record<string, FieldId>> = {
  CS: 'HOST_CS_SELECTOR',
  SS: 'HOST_SS_SELECTOR',
  DS: 'HOST_DS_SELECTOR',
  ES: 'HOST_ES_SELECTOR',
  FS: 'HOST_FS_SELECTOR',
  GS: 'HOST_GS_SELECTOR',
  TR: 'HOST_TR_SELECTOR',
  FSBase: 'HOST_FS_BASE',
  GSBase: 'HOST_GS_BASE',
  TRBase: 'HOST_TR_BASE',
  GDTBase: 'HOST_GDTR_BASE',
  IDTBase: 'HOST_IDTR_BASE',
  'Host PAT': 'HOST_IA32_PAT',
};

/** Labels that mean another field in the guest-state area than in the host-state area. */
export const SHARED_LABELS: Readonly<Record<string, readonly [guest: FieldId, host: FieldId]>> = {
  RSP: ['GUEST_RSP', 'HOST_RSP'],
  RIP: ['GUEST_RIP', 'HOST_RIP'],
  'Sysenter RSP': ['GUEST_SYSENTER_ESP', 'HOST_IA32_SYSENTER_ESP'],
  EFER: ['GUEST_IA32_EFER', 'HOST_IA32_EFER'],
  'EFER(VMCS)': ['GUEST_IA32_EFER', 'HOST_IA32_EFER'],
  PAT: ['GUEST_IA32_PAT', 'HOST_IA32_PAT'],
  PerfGlobCtl: ['GUEST_IA32_PERF_GLOBAL_CTRL', 'HOST_IA32_PERF_GLOBAL_CTRL'],
  S_CET: ['GUEST_S_CET', 'HOST_S_CET'],
  SSP: ['GUEST_SSP', 'HOST_SSP'],
  'SSP TABLE': ['GUEST_INTR_SSP_TABLE', 'HOST_INTR_SSP_TABLE'],
};

/** `CS:RIP=` of the Sysenter line: a selector and an address. */
export const SYSENTER_TARGET = {
  guest: ['GUEST_SYSENTER_CS', 'GUEST_SYSENTER_EIP'],
  host: ['HOST_IA32_SYSENTER_CS', 'HOST_IA32_SYSENTER_EIP'],
} as const;

/** Labels of controls and exit information: they mean the same in every section. */
export const CONTROL_LABELS: Readonly<Record<string, FieldId>> = {
  PinBased: 'PIN_BASED_VM_EXEC_CONTROL',
  CPUBased: 'CPU_BASED_VM_EXEC_CONTROL',
  SecondaryExec: 'SECONDARY_VM_EXEC_CONTROL',
  TertiaryExec: 'TERTIARY_VM_EXEC_CONTROL',
  EntryControls: 'VM_ENTRY_CONTROLS',
  ExitControls: 'VM_EXIT_CONTROLS',
  ExceptionBitmap: 'EXCEPTION_BITMAP',
  PFECmask: 'PAGE_FAULT_ERROR_CODE_MASK',
  PFECmatch: 'PAGE_FAULT_ERROR_CODE_MATCH',
  reason: 'VM_EXIT_REASON',
  qualification: 'EXIT_QUALIFICATION',
  'TSC Offset': 'TSC_OFFSET',
  'TSC Multiplier': 'TSC_MULTIPLIER',
  'TPR Threshold': 'TPR_THRESHOLD',
  'APIC-access addr': 'APIC_ACCESS_ADDR',
  'virt-APIC addr': 'VIRTUAL_APIC_PAGE_ADDR',
  PostedIntrVec: 'POSTED_INTR_NV',
  'EPT pointer': 'EPT_POINTER',
  'EPTP index': 'EPTP_INDEX',
  'PLE Gap': 'PLE_GAP',
  'Virtual processor ID': 'VIRTUAL_PROCESSOR_ID',
  'VMfunc controls': 'VM_FUNCTION_CONTROL',
  'CR3 target0': 'CR3_TARGET_VALUE0',
  'CR3 target1': 'CR3_TARGET_VALUE1',
  'CR3 target2': 'CR3_TARGET_VALUE2',
  'CR3 target3': 'CR3_TARGET_VALUE3',
  target0: 'CR3_TARGET_VALUE0',
  target1: 'CR3_TARGET_VALUE1',
  target2: 'CR3_TARGET_VALUE2',
  target3: 'CR3_TARGET_VALUE3',
  'VE info address': 'VIRT_EXCEPTION_INFO_ADDR',
  'SPEC_CTRL mask': 'SPEC_CTRL_MASK',
};

/** Labels within a line that says which event it speaks of. */
export const EVENT_LABELS: Readonly<Record<string, Readonly<Record<string, FieldId>>>> = {
  VMEntry: {
    intr_info: 'VM_ENTRY_INTR_INFO',
    errcode: 'VM_ENTRY_EXCEPTION_ERROR_CODE',
    ilen: 'VM_ENTRY_INSTRUCTION_LEN',
  },
  VMExit: {
    intr_info: 'VM_EXIT_INTR_INFO',
    errcode: 'VM_EXIT_INTR_ERROR_CODE',
    ilen: 'VM_EXIT_INSTRUCTION_LEN',
  },
  IDTVectoring: { info: 'IDT_VECTORING_INFO', errcode: 'IDT_VECTORING_ERROR_CODE' },
};

/** Fields whose values are printed with fewer digits than they could have. */
export const SHORT: Readonly<Partial<Record<FieldId, number>>> = {
  GUEST_RFLAGS: 8,
  // Of 8 digits in Xen up to 4.5.
  EXIT_QUALIFICATION: 8,
  GUEST_SYSENTER_CS: 4,
  HOST_IA32_SYSENTER_CS: 4,
  GUEST_INTERRUPTIBILITY_INFO: 4,
  GUEST_ACTIVITY_STATE: 4,
  TPR_THRESHOLD: 2,
  POSTED_INTR_NV: 2,
};
