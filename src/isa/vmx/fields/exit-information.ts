import { EXIT_REASON_FIELD } from '../exit-reasons';
import { EXIT_INTERRUPTION_INFO, IDT_VECTORING_INFO } from '../events';
import { field } from './field';

const SECTION = 'SDM 3C 25.9';

/** VM-exit information fields: read-only (SDM 3D B.2.2, B.3.2, B.4.2). */
export const EXIT_INFORMATION_FIELDS = [
  field('GUEST_PHYSICAL_ADDRESS', 0x2400, 'Guest-physical address', `${SECTION}.1`, {
    with: { secondary: 'ENABLE_EPT' },
  }),
  field('MSR_DATA', 0x2402, 'MSR data', 'ISE 319433', { with: { tertiary: 'ENABLE_MSR_LIST' } }),
  field('ORIGINAL_EVENT_DATA', 0x2404, 'Original-event data', 'FRED 346446', {
    with: { feature: 'FRED' },
  }),
  field('VM_INSTRUCTION_ERROR', 0x4400, 'VM-instruction error', `${SECTION}.5`),
  field('VM_EXIT_REASON', 0x4402, 'Exit reason', `${SECTION}.1`, { bits: EXIT_REASON_FIELD }),
  field('VM_EXIT_INTR_INFO', 0x4404, 'VM-exit interruption information', `${SECTION}.2`, {
    bits: EXIT_INTERRUPTION_INFO,
  }),
  field('VM_EXIT_INTR_ERROR_CODE', 0x4406, 'VM-exit interruption error code', `${SECTION}.2`),
  field('IDT_VECTORING_INFO', 0x4408, 'IDT-vectoring information field', `${SECTION}.3`, {
    bits: IDT_VECTORING_INFO,
  }),
  field('IDT_VECTORING_ERROR_CODE', 0x440a, 'IDT-vectoring error code', `${SECTION}.3`),
  field('VM_EXIT_INSTRUCTION_LEN', 0x440c, 'VM-exit instruction length', `${SECTION}.4`),
  field('VMX_INSTRUCTION_INFO', 0x440e, 'VM-exit instruction information', `${SECTION}.4`),
  field('EXIT_QUALIFICATION', 0x6400, 'Exit qualification', `${SECTION}.1`),
  field('IO_RCX', 0x6402, 'I/O RCX', `${SECTION}.4`),
  field('IO_RSI', 0x6404, 'I/O RSI', `${SECTION}.4`),
  field('IO_RDI', 0x6406, 'I/O RDI', `${SECTION}.4`),
  field('IO_RIP', 0x6408, 'I/O RIP', `${SECTION}.4`),
  field('GUEST_LINEAR_ADDRESS', 0x640a, 'Guest-linear address', `${SECTION}.1`),
] as const;
