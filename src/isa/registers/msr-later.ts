import { HWCR, Hwcr, TSC_RATIO, VM_CR } from './msr-fields';
import { msr } from './msr-row';

/** MSRs of FRED, which is newer than the edition of the manual, and of AMD. */

const FRED = 'FRED 346446';
const CANONICAL = { canonical: true } as const;
const RECORD = { only: 'RDMSR' } as const;

export const FRED_MSRS = [
  msr('FRED_RSP0', 0x1cc, FRED, 'Stack for events from ring 3.', CANONICAL),
  msr('FRED_RSP1', 0x1cd, FRED, 'Stack of stack level 1.', CANONICAL),
  msr('FRED_RSP2', 0x1ce, FRED, 'Stack of stack level 2.', CANONICAL),
  msr('FRED_RSP3', 0x1cf, FRED, 'Stack of stack level 3.', CANONICAL),
  msr('FRED_STKLVLS', 0x1d0, FRED, 'Stack levels of the exceptions, 2 bits each.'),
  msr('FRED_SSP1', 0x1d1, FRED, 'Shadow stack of stack level 1.', CANONICAL),
  msr('FRED_SSP2', 0x1d2, FRED, 'Shadow stack of stack level 2.', CANONICAL),
  msr('FRED_SSP3', 0x1d3, FRED, 'Shadow stack of stack level 3.', CANONICAL),
  msr('FRED_CONFIG', 0x1d4, FRED, 'Handler of events, and the present stack level.', CANONICAL),
] as const;

export const AMD_MSRS = [
  msr('LAST_BRANCH_FROM_IP', 0x1db, 'APM 2 13.1.1', 'Where the last branch was (AMD).', RECORD),
  msr('LAST_BRANCH_TO_IP', 0x1dc, 'APM 2 13.1.1', 'Where the last branch led (AMD).', RECORD),
  msr(
    'LAST_INT_FROM_IP',
    0x1dd,
    'APM 2 13.1.1',
    'Where the last branch before an exception or interrupt was (AMD).',
    RECORD,
  ),
  msr(
    'LAST_INT_TO_IP',
    0x1de,
    'APM 2 13.1.1',
    'Where the last branch before an exception or interrupt led (AMD).',
    RECORD,
  ),
  msr('TSC_RATIO', 0xc0000104, 'APM 2 15.30.5', 'By how much the TSC of guests is faster (AMD).', {
    name: 'TSC_RATIO',
    bits: TSC_RATIO,
    reset: 1n << 32n,
  }),
  msr('SYSCFG', 0xc0010010, 'APM 2 3.2.1', 'Memory and the memory-type ranges (AMD).', {
    name: 'SYSCFG',
  }),
  msr('HWCR', 0xc0010015, 'APM 2 3.2.10', 'Hardware configuration (AMD).', {
    name: 'HWCR',
    bits: HWCR,
    reset: Hwcr.TSC_FREQ_SEL,
  }),
  msr('TOP_MEM', 0xc001001a, 'APM 2 7.9.4', 'Where RAM below 4 GBytes ends (AMD).', {
    name: 'TOP_MEM',
  }),
  msr('TOM2', 0xc001001d, 'APM 2 7.9.4', 'Where RAM above 4 GBytes ends (AMD).', { name: 'TOM2' }),
  msr('NB_CFG', 0xc001001f, 'APM 2 A.7', 'Configuration of the northbridge (AMD).', {
    name: 'NB_CFG',
  }),
  msr('PATCH_LOADER', 0xc0010020, 'APM 2 A.7', 'A write loads a microcode update (AMD).', {
    name: 'PATCH_LOADER',
    only: 'WRMSR',
  }),
  msr('INT_PENDING', 0xc0010055, 'APM 2 A.7', 'Interrupt pending and C1E (AMD).', {
    name: 'INT_PENDING',
  }),
  msr('VM_CR', 0xc0010114, 'APM 2 15.30.1', 'Whether SVM may be enabled (AMD).', {
    name: 'VM_CR',
    bits: VM_CR,
  }),
  msr('VM_HSAVE_PA', 0xc0010117, 'APM 2 15.30.4', 'Where VMRUN saves the host state (AMD).', {
    name: 'VM_HSAVE_PA',
  }),
  msr('SVM_KEY', 0xc0010118, 'APM 2 15.30.3', 'The key that takes VM_CR.LOCK away (AMD).', {
    name: 'SVM_KEY',
  }),
  msr('DE_CFG', 0xc0011029, 'APM 2 A.7', 'Decoding: LFENCE serializes (AMD).', { name: 'DE_CFG' }),
] as const;
