/** VM-instruction error numbers (SDM 3C 31.4, table 31-1). */

export const VmInstructionError = {
  VMCALL_IN_ROOT: 1,
  VMCLEAR_INVALID_ADDRESS: 2,
  VMCLEAR_VMXON_POINTER: 3,
  VMLAUNCH_NOT_CLEAR: 4,
  VMRESUME_NOT_LAUNCHED: 5,
  VMRESUME_AFTER_VMXOFF: 6,
  ENTRY_INVALID_CONTROLS: 7,
  ENTRY_INVALID_HOST_STATE: 8,
  VMPTRLD_INVALID_ADDRESS: 9,
  VMPTRLD_VMXON_POINTER: 10,
  VMPTRLD_WRONG_REVISION: 11,
  UNSUPPORTED_COMPONENT: 12,
  VMWRITE_READ_ONLY: 13,
  VMXON_IN_ROOT: 15,
  ENTRY_INVALID_EXECUTIVE_VMCS: 16,
  ENTRY_EXECUTIVE_VMCS_NOT_LAUNCHED: 17,
  ENTRY_EXECUTIVE_VMCS_NOT_VMXON: 18,
  VMCALL_VMCS_NOT_CLEAR: 19,
  VMCALL_INVALID_EXIT_CONTROLS: 20,
  VMCALL_WRONG_MSEG_REVISION: 22,
  VMXOFF_DUAL_MONITOR: 23,
  VMCALL_INVALID_SMM_MONITOR: 24,
  ENTRY_INVALID_EXECUTIVE_CONTROLS: 25,
  ENTRY_BLOCKED_BY_MOV_SS: 26,
  INVALID_INVALIDATION_OPERAND: 28,
} as const;

/** The manual's sentence for each number. */
export const VM_INSTRUCTION_ERRORS: Readonly<Record<number, string>> = {
  1: 'VMCALL executed in VMX root operation',
  2: 'VMCLEAR with invalid physical address',
  3: 'VMCLEAR with VMXON pointer',
  4: 'VMLAUNCH with non-clear VMCS',
  5: 'VMRESUME with non-launched VMCS',
  6: 'VMRESUME after VMXOFF (VMXOFF and VMXON between VMLAUNCH and VMRESUME)',
  7: 'VM entry with invalid control field(s)',
  8: 'VM entry with invalid host-state field(s)',
  9: 'VMPTRLD with invalid physical address',
  10: 'VMPTRLD with VMXON pointer',
  11: 'VMPTRLD with incorrect VMCS revision identifier',
  12: 'VMREAD/VMWRITE from/to unsupported VMCS component',
  13: 'VMWRITE to read-only VMCS component',
  15: 'VMXON executed in VMX root operation',
  16: 'VM entry with invalid executive-VMCS pointer',
  17: 'VM entry with non-launched executive VMCS',
  18: 'VM entry with executive-VMCS pointer not VMXON pointer (when attempting to deactivate the dual-monitor treatment of SMIs and SMM)',
  19: 'VMCALL with non-clear VMCS (when attempting to activate the dual-monitor treatment of SMIs and SMM)',
  20: 'VMCALL with invalid VM-exit control fields',
  22: 'VMCALL with incorrect MSEG revision identifier (when attempting to activate the dual-monitor treatment of SMIs and SMM)',
  23: 'VMXOFF under dual-monitor treatment of SMIs and SMM',
  24: 'VMCALL with invalid SMM-monitor features (when attempting to activate the dual-monitor treatment of SMIs and SMM)',
  25: 'VM entry with invalid VM-execution control fields in executive VMCS (when attempting to return from SMM)',
  26: 'VM entry with events blocked by MOV SS',
  28: 'Invalid operand to INVEPT/INVVPID',
};

/** Exit qualifications of VM-entry failures due to invalid guest state (SDM 3C 27.8). */
export const EntryFailureQualification = {
  DEFAULT: 0,
  PDPTE: 2,
  NMI_INJECTION: 3,
  LINK_POINTER: 4,
} as const;

/** VMX-abort indicators (SDM 3C 28.7). */
export const VmxAbort = {
  SAVING_GUEST_MSRS: 1,
  HOST_PDPTES: 2,
  CORRUPTED_VMCS: 3,
  LOADING_HOST_MSRS: 4,
  MACHINE_CHECK: 5,
  HOST_ADDRESS_SPACE: 6,
} as const;

export const VMX_ABORTS: Readonly<Record<number, string>> = {
  1: 'Failure in saving guest MSRs',
  2: 'Host checking of the page-directory-pointer-table entries failed',
  3: 'The current VMCS has been corrupted',
  4: 'Failure in loading host MSRs',
  5: 'A machine-check event came during the VM exit',
  6: 'The processor was in IA-32e mode before the VM exit, but the host address-space size is 0',
};
