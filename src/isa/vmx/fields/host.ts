import { CR0, CR3, CR4, EFER } from '../../registers/control';
import { CET, PAT } from '../../registers/msr-fields';
import { SELECTOR } from '../../segments';
import { field } from './field';

const SECTION = 'SDM 3C 25.5';
const FRED_SPECIFICATION = 'FRED 346446';
const FRED = { secondaryExit: 'LOAD_FRED' } as const;

/** Fields of the host-state area (SDM 3D B.1.3, B.2.4, B.3.4, B.4.4). */
export const HOST_FIELDS = [
  // 16 bits (table B-3)
  field('HOST_ES_SELECTOR', 0x0c00, 'Host ES selector', SECTION, { bits: SELECTOR }),
  field('HOST_CS_SELECTOR', 0x0c02, 'Host CS selector', SECTION, { bits: SELECTOR }),
  field('HOST_SS_SELECTOR', 0x0c04, 'Host SS selector', SECTION, { bits: SELECTOR }),
  field('HOST_DS_SELECTOR', 0x0c06, 'Host DS selector', SECTION, { bits: SELECTOR }),
  field('HOST_FS_SELECTOR', 0x0c08, 'Host FS selector', SECTION, { bits: SELECTOR }),
  field('HOST_GS_SELECTOR', 0x0c0a, 'Host GS selector', SECTION, { bits: SELECTOR }),
  field('HOST_TR_SELECTOR', 0x0c0c, 'Host TR selector', SECTION, { bits: SELECTOR }),

  // 64 bits (table B-7)
  field('HOST_IA32_PAT', 0x2c00, 'Host IA32_PAT', SECTION, {
    bits: PAT,
    with: { exit: 'LOAD_PAT' },
  }),
  field('HOST_IA32_EFER', 0x2c02, 'Host IA32_EFER', SECTION, {
    bits: EFER,
    with: { exit: 'LOAD_EFER' },
  }),
  field('HOST_IA32_PERF_GLOBAL_CTRL', 0x2c04, 'Host IA32_PERF_GLOBAL_CTRL', SECTION, {
    with: { exit: 'LOAD_PERF_GLOBAL_CTRL' },
  }),
  field('HOST_IA32_PKRS', 0x2c06, 'Host IA32_PKRS', SECTION, { with: { exit: 'LOAD_PKRS' } }),
  field('HOST_IA32_FRED_CONFIG', 0x2c08, 'Host IA32_FRED_CONFIG', FRED_SPECIFICATION, {
    with: FRED,
  }),
  field('HOST_IA32_FRED_RSP1', 0x2c0a, 'Host IA32_FRED_RSP1', FRED_SPECIFICATION, { with: FRED }),
  field('HOST_IA32_FRED_RSP2', 0x2c0c, 'Host IA32_FRED_RSP2', FRED_SPECIFICATION, { with: FRED }),
  field('HOST_IA32_FRED_RSP3', 0x2c0e, 'Host IA32_FRED_RSP3', FRED_SPECIFICATION, { with: FRED }),
  field('HOST_IA32_FRED_STKLVLS', 0x2c10, 'Host IA32_FRED_STKLVLS', FRED_SPECIFICATION, {
    with: FRED,
  }),
  field('HOST_IA32_FRED_SSP1', 0x2c12, 'Host IA32_FRED_SSP1', FRED_SPECIFICATION, { with: FRED }),
  field('HOST_IA32_FRED_SSP2', 0x2c14, 'Host IA32_FRED_SSP2', FRED_SPECIFICATION, { with: FRED }),
  field('HOST_IA32_FRED_SSP3', 0x2c16, 'Host IA32_FRED_SSP3', FRED_SPECIFICATION, { with: FRED }),
  field('HOST_IA32_SPEC_CTRL', 0x2c1a, 'Host IA32_SPEC_CTRL', SECTION, {
    with: { secondaryExit: 'LOAD_SPEC_CTRL' },
  }),

  // 32 bits (table B-11)
  field('HOST_IA32_SYSENTER_CS', 0x4c00, 'Host IA32_SYSENTER_CS', SECTION),

  // natural width (table B-15)
  field('HOST_CR0', 0x6c00, 'Host CR0', SECTION, { bits: CR0 }),
  field('HOST_CR3', 0x6c02, 'Host CR3', SECTION, { bits: CR3 }),
  field('HOST_CR4', 0x6c04, 'Host CR4', SECTION, { bits: CR4 }),
  field('HOST_FS_BASE', 0x6c06, 'Host FS base', SECTION),
  field('HOST_GS_BASE', 0x6c08, 'Host GS base', SECTION),
  field('HOST_TR_BASE', 0x6c0a, 'Host TR base', SECTION),
  field('HOST_GDTR_BASE', 0x6c0c, 'Host GDTR base', SECTION),
  field('HOST_IDTR_BASE', 0x6c0e, 'Host IDTR base', SECTION),
  field('HOST_IA32_SYSENTER_ESP', 0x6c10, 'Host IA32_SYSENTER_ESP', SECTION),
  field('HOST_IA32_SYSENTER_EIP', 0x6c12, 'Host IA32_SYSENTER_EIP', SECTION),
  field('HOST_RSP', 0x6c14, 'Host RSP', SECTION),
  field('HOST_RIP', 0x6c16, 'Host RIP', SECTION),
  field('HOST_S_CET', 0x6c18, 'Host IA32_S_CET', SECTION, {
    bits: CET,
    with: { exit: 'LOAD_CET_STATE' },
  }),
  field('HOST_SSP', 0x6c1a, 'Host SSP', SECTION, { with: { exit: 'LOAD_CET_STATE' } }),
  field('HOST_INTR_SSP_TABLE', 0x6c1c, 'Host IA32_INTERRUPT_SSP_TABLE_ADDR', SECTION, {
    with: { exit: 'LOAD_CET_STATE' },
  }),
] as const;
