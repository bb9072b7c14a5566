import { CR0, CR4 } from '../../registers/control';
import { EPTP } from '../../ept';
import { PAGE_FAULT_ERROR } from '../../paging';
import {
  ENTRY_CONTROLS,
  EXCEPTION_BITMAP,
  EXIT_CONTROLS,
  PIN_BASED_CONTROLS,
  PRIMARY_CONTROLS,
  SECONDARY_CONTROLS,
  SECONDARY_EXIT_CONTROLS,
  TERTIARY_CONTROLS,
  VM_FUNCTION_CONTROLS,
} from '../controls';
import { ENTRY_INTERRUPTION_INFO } from '../events';
import { field } from './field';

const EXECUTION = 'SDM 3C 25.6';
const EXIT = 'SDM 3C 25.7';
const ENTRY = 'SDM 3C 25.8';

/** Fields of the VM-execution, VM-exit and VM-entry control areas (SDM 3D B.1.1, B.2.1, B.3.1, B.4.1). */
export const CONTROL_FIELDS = [
  // 16 bits (table B-1)
  field('VIRTUAL_PROCESSOR_ID', 0x0000, 'Virtual-processor identifier (VPID)', `${EXECUTION}.12`, {
    with: { secondary: 'ENABLE_VPID' },
  }),
  field('POSTED_INTR_NV', 0x0002, 'Posted-interrupt notification vector', `${EXECUTION}.8`, {
    with: { pinBased: 'PROCESS_POSTED_INTERRUPTS' },
  }),
  field('EPTP_INDEX', 0x0004, 'EPTP index', `${EXECUTION}.20`, {
    with: { secondary: 'EPT_VIOLATION_VE' },
  }),
  field('HLAT_PREFIX_SIZE', 0x0006, 'HLAT prefix size', `${EXECUTION}.23`, {
    with: { tertiary: 'ENABLE_HLAT' },
  }),
  field('LAST_PID_POINTER_INDEX', 0x0008, 'Last PID-pointer index', `${EXECUTION}.8`, {
    with: { tertiary: 'IPI_VIRTUALIZATION' },
  }),

  field('VIRTUAL_TIMER_VECTOR', 0x000a, 'Virtual-timer vector', 'ISE 319433', {
    with: { tertiary: 'APIC_TIMER_VIRTUALIZATION' },
  }),

  // 64 bits (table B-4)
  field('IO_BITMAP_A', 0x2000, 'Address of I/O bitmap A', `${EXECUTION}.4`),
  field('IO_BITMAP_B', 0x2002, 'Address of I/O bitmap B', `${EXECUTION}.4`),
  field('MSR_BITMAP', 0x2004, 'Address of MSR bitmaps', `${EXECUTION}.9`, {
    with: { primary: 'USE_MSR_BITMAPS' },
  }),
  field('VM_EXIT_MSR_STORE_ADDR', 0x2006, 'VM-exit MSR-store address', `${EXIT}.2`),
  field('VM_EXIT_MSR_LOAD_ADDR', 0x2008, 'VM-exit MSR-load address', `${EXIT}.2`),
  field('VM_ENTRY_MSR_LOAD_ADDR', 0x200a, 'VM-entry MSR-load address', `${ENTRY}.2`),
  field('EXECUTIVE_VMCS_POINTER', 0x200c, 'Executive-VMCS pointer', `${EXECUTION}.10`),
  field('PML_ADDRESS', 0x200e, 'PML address', `${EXECUTION}.19`, {
    with: { secondary: 'ENABLE_PML' },
  }),
  field('TSC_OFFSET', 0x2010, 'TSC offset', `${EXECUTION}.5`),
  field('VIRTUAL_APIC_PAGE_ADDR', 0x2012, 'Virtual-APIC address', `${EXECUTION}.8`, {
    with: { primary: 'USE_TPR_SHADOW' },
  }),
  field('APIC_ACCESS_ADDR', 0x2014, 'APIC-access address', `${EXECUTION}.8`, {
    with: { secondary: 'VIRTUALIZE_APIC_ACCESSES' },
  }),
  field('POSTED_INTR_DESC_ADDR', 0x2016, 'Posted-interrupt descriptor address', `${EXECUTION}.8`, {
    with: { pinBased: 'PROCESS_POSTED_INTERRUPTS' },
  }),
  field('VM_FUNCTION_CONTROL', 0x2018, 'VM-function controls', `${EXECUTION}.14`, {
    bits: VM_FUNCTION_CONTROLS,
    with: { secondary: 'ENABLE_VM_FUNCTIONS' },
  }),
  field('EPT_POINTER', 0x201a, 'EPT pointer (EPTP)', `${EXECUTION}.11`, {
    bits: EPTP,
    with: { secondary: 'ENABLE_EPT' },
  }),
  field('EOI_EXIT_BITMAP0', 0x201c, 'EOI-exit bitmap 0', `${EXECUTION}.8`, {
    with: { secondary: 'VIRTUAL_INTERRUPT_DELIVERY' },
  }),
  field('EOI_EXIT_BITMAP1', 0x201e, 'EOI-exit bitmap 1', `${EXECUTION}.8`, {
    with: { secondary: 'VIRTUAL_INTERRUPT_DELIVERY' },
  }),
  field('EOI_EXIT_BITMAP2', 0x2020, 'EOI-exit bitmap 2', `${EXECUTION}.8`, {
    with: { secondary: 'VIRTUAL_INTERRUPT_DELIVERY' },
  }),
  field('EOI_EXIT_BITMAP3', 0x2022, 'EOI-exit bitmap 3', `${EXECUTION}.8`, {
    with: { secondary: 'VIRTUAL_INTERRUPT_DELIVERY' },
  }),
  field('EPTP_LIST_ADDRESS', 0x2024, 'EPTP-list address', `${EXECUTION}.14`, {
    with: { vmFunction: 'EPTP_SWITCHING' },
  }),
  field('VMREAD_BITMAP', 0x2026, 'VMREAD-bitmap address', `${EXECUTION}.15`, {
    with: { secondary: 'VMCS_SHADOWING' },
  }),
  field('VMWRITE_BITMAP', 0x2028, 'VMWRITE-bitmap address', `${EXECUTION}.15`, {
    with: { secondary: 'VMCS_SHADOWING' },
  }),
  field(
    'VIRT_EXCEPTION_INFO_ADDR',
    0x202a,
    'Virtualization-exception information address',
    `${EXECUTION}.20`,
    { with: { secondary: 'EPT_VIOLATION_VE' } },
  ),
  field('XSS_EXIT_BITMAP', 0x202c, 'XSS-exiting bitmap', `${EXECUTION}.21`, {
    with: { secondary: 'ENABLE_XSAVES' },
  }),
  field('ENCLS_EXITING_BITMAP', 0x202e, 'ENCLS-exiting bitmap', `${EXECUTION}.16`, {
    with: { secondary: 'ENABLE_ENCLS_EXITING' },
  }),
  field('SPP_TABLE_POINTER', 0x2030, 'Sub-page-permission-table pointer', `${EXECUTION}.22`, {
    with: { secondary: 'SUB_PAGE_WRITE_PERMISSIONS' },
  }),
  field('TSC_MULTIPLIER', 0x2032, 'TSC multiplier', `${EXECUTION}.5`, {
    with: { secondary: 'USE_TSC_SCALING' },
  }),
  field(
    'TERTIARY_VM_EXEC_CONTROL',
    0x2034,
    'Tertiary processor-based VM-execution controls',
    `${EXECUTION}.2`,
    { bits: TERTIARY_CONTROLS, with: { primary: 'ACTIVATE_TERTIARY_CONTROLS' } },
  ),
  field('ENCLV_EXITING_BITMAP', 0x2036, 'ENCLV-exiting bitmap', `${EXECUTION}.17`, {
    with: { secondary: 'ENABLE_ENCLV_EXITING' },
  }),
  field('LOW_PASID_DIRECTORY', 0x2038, 'Low PASID directory address', `${EXECUTION}.24`, {
    with: { secondary: 'PASID_TRANSLATION' },
  }),
  field('HIGH_PASID_DIRECTORY', 0x203a, 'High PASID directory address', `${EXECUTION}.24`, {
    with: { secondary: 'PASID_TRANSLATION' },
  }),
  field('SHARED_EPT_POINTER', 0x203c, 'Shared EPT pointer', 'TDX 343754', {
    bits: EPTP,
    with: { feature: 'SEAM' },
  }),
  field('PCONFIG_EXITING_BITMAP', 0x203e, 'PCONFIG-exiting bitmap', `${EXECUTION}.18`, {
    with: { secondary: 'ENABLE_PCONFIG' },
  }),
  field(
    'HLAT_POINTER',
    0x2040,
    'Hypervisor-managed linear-address translation pointer',
    `${EXECUTION}.23`,
    {
      with: { tertiary: 'ENABLE_HLAT' },
    },
  ),
  field('PID_POINTER_TABLE', 0x2042, 'PID-pointer table address', `${EXECUTION}.8`, {
    with: { tertiary: 'IPI_VIRTUALIZATION' },
  }),
  field('SECONDARY_VM_EXIT_CONTROLS', 0x2044, 'Secondary VM-exit controls', `${EXIT}.1`, {
    bits: SECONDARY_EXIT_CONTROLS,
    with: { exit: 'ACTIVATE_SECONDARY_CONTROLS' },
  }),
  field('SPEC_CTRL_MASK', 0x204a, 'IA32_SPEC_CTRL mask', `${EXECUTION}.26`, {
    with: { tertiary: 'VIRTUALIZE_IA32_SPEC_CTRL' },
  }),
  field('SPEC_CTRL_SHADOW', 0x204c, 'IA32_SPEC_CTRL shadow', `${EXECUTION}.26`, {
    with: { tertiary: 'VIRTUALIZE_IA32_SPEC_CTRL' },
  }),

  field('GUEST_DEADLINE_SHADOW', 0x204e, 'Guest-deadline shadow', 'ISE 319433', {
    with: { tertiary: 'APIC_TIMER_VIRTUALIZATION' },
  }),
  field('INJECTED_EVENT_DATA', 0x2052, 'Injected-event data', 'FRED 346446', {
    with: { feature: 'FRED' },
  }),

  // 32 bits (table B-8)
  field('PIN_BASED_VM_EXEC_CONTROL', 0x4000, 'Pin-based VM-execution controls', `${EXECUTION}.1`, {
    bits: PIN_BASED_CONTROLS,
  }),
  field(
    'CPU_BASED_VM_EXEC_CONTROL',
    0x4002,
    'Primary processor-based VM-execution controls',
    `${EXECUTION}.2`,
    { bits: PRIMARY_CONTROLS },
  ),
  field('EXCEPTION_BITMAP', 0x4004, 'Exception bitmap', `${EXECUTION}.3`, {
    bits: EXCEPTION_BITMAP,
  }),
  field('PAGE_FAULT_ERROR_CODE_MASK', 0x4006, 'Page-fault error-code mask', `${EXECUTION}.3`, {
    bits: PAGE_FAULT_ERROR,
  }),
  field('PAGE_FAULT_ERROR_CODE_MATCH', 0x4008, 'Page-fault error-code match', `${EXECUTION}.3`, {
    bits: PAGE_FAULT_ERROR,
  }),
  field('CR3_TARGET_COUNT', 0x400a, 'CR3-target count', `${EXECUTION}.7`),
  field('VM_EXIT_CONTROLS', 0x400c, 'Primary VM-exit controls', `${EXIT}.1`, {
    bits: EXIT_CONTROLS,
  }),
  field('VM_EXIT_MSR_STORE_COUNT', 0x400e, 'VM-exit MSR-store count', `${EXIT}.2`),
  field('VM_EXIT_MSR_LOAD_COUNT', 0x4010, 'VM-exit MSR-load count', `${EXIT}.2`),
  field('VM_ENTRY_CONTROLS', 0x4012, 'VM-entry controls', `${ENTRY}.1`, { bits: ENTRY_CONTROLS }),
  field('VM_ENTRY_MSR_LOAD_COUNT', 0x4014, 'VM-entry MSR-load count', `${ENTRY}.2`),
  field('VM_ENTRY_INTR_INFO', 0x4016, 'VM-entry interruption-information field', `${ENTRY}.3`, {
    bits: ENTRY_INTERRUPTION_INFO,
  }),
  field('VM_ENTRY_EXCEPTION_ERROR_CODE', 0x4018, 'VM-entry exception error code', `${ENTRY}.3`),
  field('VM_ENTRY_INSTRUCTION_LEN', 0x401a, 'VM-entry instruction length', `${ENTRY}.3`),
  field('TPR_THRESHOLD', 0x401c, 'TPR threshold', `${EXECUTION}.8`, {
    with: { primary: 'USE_TPR_SHADOW' },
  }),
  field(
    'SECONDARY_VM_EXEC_CONTROL',
    0x401e,
    'Secondary processor-based VM-execution controls',
    `${EXECUTION}.2`,
    { bits: SECONDARY_CONTROLS, with: { primary: 'ACTIVATE_SECONDARY_CONTROLS' } },
  ),
  field('PLE_GAP', 0x4020, 'PLE_Gap', `${EXECUTION}.13`, {
    with: { secondary: 'PAUSE_LOOP_EXITING' },
  }),
  field('PLE_WINDOW', 0x4022, 'PLE_Window', `${EXECUTION}.13`, {
    with: { secondary: 'PAUSE_LOOP_EXITING' },
  }),
  field('INSTRUCTION_TIMEOUT_CONTROL', 0x4024, 'Instruction-timeout control', `${EXECUTION}.25`, {
    with: { secondary: 'INSTRUCTION_TIMEOUT' },
  }),

  field('SEAM_GUEST_KEY_ID', 0x4026, 'Guest key identifier (SEAM)', 'TDX 343754', {
    with: { feature: 'SEAM' },
  }),

  // natural width (table B-12)
  field('CR0_GUEST_HOST_MASK', 0x6000, 'CR0 guest/host mask', `${EXECUTION}.6`, { bits: CR0 }),
  field('CR4_GUEST_HOST_MASK', 0x6002, 'CR4 guest/host mask', `${EXECUTION}.6`, { bits: CR4 }),
  field('CR0_READ_SHADOW', 0x6004, 'CR0 read shadow', `${EXECUTION}.6`, { bits: CR0 }),
  field('CR4_READ_SHADOW', 0x6006, 'CR4 read shadow', `${EXECUTION}.6`, { bits: CR4 }),
  field('CR3_TARGET_VALUE0', 0x6008, 'CR3-target value 0', `${EXECUTION}.7`),
  field('CR3_TARGET_VALUE1', 0x600a, 'CR3-target value 1', `${EXECUTION}.7`),
  field('CR3_TARGET_VALUE2', 0x600c, 'CR3-target value 2', `${EXECUTION}.7`),
  field('CR3_TARGET_VALUE3', 0x600e, 'CR3-target value 3', `${EXECUTION}.7`),
] as const;
