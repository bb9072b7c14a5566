import { table, range } from '../../bits';
import { CR0, CR3, CR4, EFER } from '../../registers/control';
import { DR7 } from '../../registers/debug';
import { RFLAGS } from '../../registers/flags';
import { BNDCFGS, CET, DEBUGCTL, PAT } from '../../registers/msr-fields';
import { ACCESS_RIGHTS, SELECTOR } from '../../segments';
import { PDPTE_PAE } from '../../paging';
import { ACTIVITY_STATE, INTERRUPTIBILITY, PENDING_DEBUG } from '../events';
import { field } from './field';

const REGISTERS = 'SDM 3C 25.4.1';
const STATE = 'SDM 3C 25.4.2';

const INTERRUPT_STATUS = table('Guest interrupt status', 'SDM 3C 25.4.2', [
  range('RVI', 7, 0, 'Requesting virtual interrupt.'),
  range('SVI', 15, 8, 'Servicing virtual interrupt.'),
]);

const FRED_SPECIFICATION = 'FRED 346446';
const FRED = [{ secondaryExit: 'SAVE_FRED' }, { entry: 'LOAD_FRED' }] as const;
const EPT = { secondary: 'ENABLE_EPT' } as const;

/** Fields of the guest-state area (SDM 3D B.1.2, B.2.3, B.3.3, B.4.3). */
export const GUEST_FIELDS = [
  // 16 bits (table B-2)
  field('GUEST_ES_SELECTOR', 0x0800, 'Guest ES selector', REGISTERS, { bits: SELECTOR }),
  field('GUEST_CS_SELECTOR', 0x0802, 'Guest CS selector', REGISTERS, { bits: SELECTOR }),
  field('GUEST_SS_SELECTOR', 0x0804, 'Guest SS selector', REGISTERS, { bits: SELECTOR }),
  field('GUEST_DS_SELECTOR', 0x0806, 'Guest DS selector', REGISTERS, { bits: SELECTOR }),
  field('GUEST_FS_SELECTOR', 0x0808, 'Guest FS selector', REGISTERS, { bits: SELECTOR }),
  field('GUEST_GS_SELECTOR', 0x080a, 'Guest GS selector', REGISTERS, { bits: SELECTOR }),
  field('GUEST_LDTR_SELECTOR', 0x080c, 'Guest LDTR selector', REGISTERS, { bits: SELECTOR }),
  field('GUEST_TR_SELECTOR', 0x080e, 'Guest TR selector', REGISTERS, { bits: SELECTOR }),
  field('GUEST_INTR_STATUS', 0x0810, 'Guest interrupt status', STATE, {
    bits: INTERRUPT_STATUS,
    with: { secondary: 'VIRTUAL_INTERRUPT_DELIVERY' },
  }),
  field('GUEST_PML_INDEX', 0x0812, 'PML index', STATE, { with: { secondary: 'ENABLE_PML' } }),
  field('GUEST_UINV', 0x0814, 'Guest UINV', REGISTERS, {
    with: [{ exit: 'CLEAR_UINV' }, { entry: 'LOAD_UINV' }],
  }),

  // 64 bits (table B-6)
  field('VMCS_LINK_POINTER', 0x2800, 'VMCS link pointer', STATE),
  field('GUEST_IA32_DEBUGCTL', 0x2802, 'Guest IA32_DEBUGCTL', REGISTERS, { bits: DEBUGCTL }),
  field('GUEST_IA32_PAT', 0x2804, 'Guest IA32_PAT', REGISTERS, {
    bits: PAT,
    with: [{ exit: 'SAVE_PAT' }, { entry: 'LOAD_PAT' }],
  }),
  field('GUEST_IA32_EFER', 0x2806, 'Guest IA32_EFER', REGISTERS, {
    bits: EFER,
    with: [{ exit: 'SAVE_EFER' }, { entry: 'LOAD_EFER' }],
  }),
  field('GUEST_IA32_PERF_GLOBAL_CTRL', 0x2808, 'Guest IA32_PERF_GLOBAL_CTRL', REGISTERS, {
    with: [{ exit: 'SAVE_PERF_GLOBAL_CTRL' }, { entry: 'LOAD_PERF_GLOBAL_CTRL' }],
  }),
  field('GUEST_PDPTE0', 0x280a, 'Guest PDPTE0', STATE, { bits: PDPTE_PAE, with: EPT }),
  field('GUEST_PDPTE1', 0x280c, 'Guest PDPTE1', STATE, { bits: PDPTE_PAE, with: EPT }),
  field('GUEST_PDPTE2', 0x280e, 'Guest PDPTE2', STATE, { bits: PDPTE_PAE, with: EPT }),
  field('GUEST_PDPTE3', 0x2810, 'Guest PDPTE3', STATE, { bits: PDPTE_PAE, with: EPT }),
  field('GUEST_BNDCFGS', 0x2812, 'Guest IA32_BNDCFGS', REGISTERS, {
    bits: BNDCFGS,
    with: [{ exit: 'CLEAR_BNDCFGS' }, { entry: 'LOAD_BNDCFGS' }],
  }),
  field('GUEST_IA32_RTIT_CTL', 0x2814, 'Guest IA32_RTIT_CTL', REGISTERS, {
    with: [{ exit: 'CLEAR_RTIT_CTL' }, { entry: 'LOAD_RTIT_CTL' }],
  }),
  field('GUEST_IA32_LBR_CTL', 0x2816, 'Guest IA32_LBR_CTL', REGISTERS, {
    with: [{ exit: 'CLEAR_LBR_CTL' }, { entry: 'LOAD_GUEST_LBR_CTL' }],
  }),
  field('GUEST_IA32_PKRS', 0x2818, 'Guest IA32_PKRS', REGISTERS, { with: { entry: 'LOAD_PKRS' } }),
  field('GUEST_IA32_FRED_CONFIG', 0x281a, 'Guest IA32_FRED_CONFIG', FRED_SPECIFICATION, {
    with: FRED,
  }),
  field('GUEST_IA32_FRED_RSP1', 0x281c, 'Guest IA32_FRED_RSP1', FRED_SPECIFICATION, { with: FRED }),
  field('GUEST_IA32_FRED_RSP2', 0x281e, 'Guest IA32_FRED_RSP2', FRED_SPECIFICATION, { with: FRED }),
  field('GUEST_IA32_FRED_RSP3', 0x2820, 'Guest IA32_FRED_RSP3', FRED_SPECIFICATION, { with: FRED }),
  field('GUEST_IA32_FRED_STKLVLS', 0x2822, 'Guest IA32_FRED_STKLVLS', FRED_SPECIFICATION, {
    with: FRED,
  }),
  field('GUEST_IA32_FRED_SSP1', 0x2824, 'Guest IA32_FRED_SSP1', FRED_SPECIFICATION, { with: FRED }),
  field('GUEST_IA32_FRED_SSP2', 0x2826, 'Guest IA32_FRED_SSP2', FRED_SPECIFICATION, { with: FRED }),
  field('GUEST_IA32_FRED_SSP3', 0x2828, 'Guest IA32_FRED_SSP3', FRED_SPECIFICATION, { with: FRED }),
  field('GUEST_IA32_SPEC_CTRL', 0x282e, 'Guest IA32_SPEC_CTRL', REGISTERS, {
    with: { entry: 'LOAD_SPEC_CTRL' },
  }),
  field('GUEST_DEADLINE', 0x2830, 'Guest deadline', 'ISE 319433', {
    with: { tertiary: 'APIC_TIMER_VIRTUALIZATION' },
  }),

  // 32 bits (table B-10)
  field('GUEST_ES_LIMIT', 0x4800, 'Guest ES limit', REGISTERS),
  field('GUEST_CS_LIMIT', 0x4802, 'Guest CS limit', REGISTERS),
  field('GUEST_SS_LIMIT', 0x4804, 'Guest SS limit', REGISTERS),
  field('GUEST_DS_LIMIT', 0x4806, 'Guest DS limit', REGISTERS),
  field('GUEST_FS_LIMIT', 0x4808, 'Guest FS limit', REGISTERS),
  field('GUEST_GS_LIMIT', 0x480a, 'Guest GS limit', REGISTERS),
  field('GUEST_LDTR_LIMIT', 0x480c, 'Guest LDTR limit', REGISTERS),
  field('GUEST_TR_LIMIT', 0x480e, 'Guest TR limit', REGISTERS),
  field('GUEST_GDTR_LIMIT', 0x4810, 'Guest GDTR limit', REGISTERS),
  field('GUEST_IDTR_LIMIT', 0x4812, 'Guest IDTR limit', REGISTERS),
  field('GUEST_ES_AR_BYTES', 0x4814, 'Guest ES access rights', REGISTERS, { bits: ACCESS_RIGHTS }),
  field('GUEST_CS_AR_BYTES', 0x4816, 'Guest CS access rights', REGISTERS, { bits: ACCESS_RIGHTS }),
  field('GUEST_SS_AR_BYTES', 0x4818, 'Guest SS access rights', REGISTERS, { bits: ACCESS_RIGHTS }),
  field('GUEST_DS_AR_BYTES', 0x481a, 'Guest DS access rights', REGISTERS, { bits: ACCESS_RIGHTS }),
  field('GUEST_FS_AR_BYTES', 0x481c, 'Guest FS access rights', REGISTERS, { bits: ACCESS_RIGHTS }),
  field('GUEST_GS_AR_BYTES', 0x481e, 'Guest GS access rights', REGISTERS, { bits: ACCESS_RIGHTS }),
  field('GUEST_LDTR_AR_BYTES', 0x4820, 'Guest LDTR access rights', REGISTERS, {
    bits: ACCESS_RIGHTS,
  }),
  field('GUEST_TR_AR_BYTES', 0x4822, 'Guest TR access rights', REGISTERS, { bits: ACCESS_RIGHTS }),
  field('GUEST_INTERRUPTIBILITY_INFO', 0x4824, 'Guest interruptibility state', STATE, {
    bits: INTERRUPTIBILITY,
  }),
  field('GUEST_ACTIVITY_STATE', 0x4826, 'Guest activity state', STATE, { bits: ACTIVITY_STATE }),
  field('GUEST_SMBASE', 0x4828, 'Guest SMBASE', REGISTERS),
  field('GUEST_SYSENTER_CS', 0x482a, 'Guest IA32_SYSENTER_CS', REGISTERS),
  field('VMX_PREEMPTION_TIMER_VALUE', 0x482e, 'VMX-preemption timer value', STATE, {
    with: { pinBased: 'ACTIVATE_PREEMPTION_TIMER' },
  }),

  // natural width (table B-14)
  field('GUEST_CR0', 0x6800, 'Guest CR0', REGISTERS, { bits: CR0 }),
  field('GUEST_CR3', 0x6802, 'Guest CR3', REGISTERS, { bits: CR3 }),
  field('GUEST_CR4', 0x6804, 'Guest CR4', REGISTERS, { bits: CR4 }),
  field('GUEST_ES_BASE', 0x6806, 'Guest ES base', REGISTERS),
  field('GUEST_CS_BASE', 0x6808, 'Guest CS base', REGISTERS),
  field('GUEST_SS_BASE', 0x680a, 'Guest SS base', REGISTERS),
  field('GUEST_DS_BASE', 0x680c, 'Guest DS base', REGISTERS),
  field('GUEST_FS_BASE', 0x680e, 'Guest FS base', REGISTERS),
  field('GUEST_GS_BASE', 0x6810, 'Guest GS base', REGISTERS),
  field('GUEST_LDTR_BASE', 0x6812, 'Guest LDTR base', REGISTERS),
  field('GUEST_TR_BASE', 0x6814, 'Guest TR base', REGISTERS),
  field('GUEST_GDTR_BASE', 0x6816, 'Guest GDTR base', REGISTERS),
  field('GUEST_IDTR_BASE', 0x6818, 'Guest IDTR base', REGISTERS),
  field('GUEST_DR7', 0x681a, 'Guest DR7', REGISTERS, { bits: DR7 }),
  field('GUEST_RSP', 0x681c, 'Guest RSP', REGISTERS),
  field('GUEST_RIP', 0x681e, 'Guest RIP', REGISTERS),
  field('GUEST_RFLAGS', 0x6820, 'Guest RFLAGS', REGISTERS, { bits: RFLAGS }),
  field('GUEST_PENDING_DBG_EXCEPTIONS', 0x6822, 'Guest pending debug exceptions', STATE, {
    bits: PENDING_DEBUG,
  }),
  field('GUEST_SYSENTER_ESP', 0x6824, 'Guest IA32_SYSENTER_ESP', REGISTERS),
  field('GUEST_SYSENTER_EIP', 0x6826, 'Guest IA32_SYSENTER_EIP', REGISTERS),
  field('GUEST_S_CET', 0x6828, 'Guest IA32_S_CET', REGISTERS, {
    bits: CET,
    with: { entry: 'LOAD_CET_STATE' },
  }),
  field('GUEST_SSP', 0x682a, 'Guest SSP', REGISTERS, { with: { entry: 'LOAD_CET_STATE' } }),
  field('GUEST_INTR_SSP_TABLE', 0x682c, 'Guest IA32_INTERRUPT_SSP_TABLE_ADDR', REGISTERS, {
    with: { entry: 'LOAD_CET_STATE' },
  }),
] as const;
