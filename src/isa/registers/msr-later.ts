import { msr } from './msr-row';

/** MSRs of FRED, which is newer than the edition of the manual, and of AMD. */

const FRED = 'FRED 346446';
const CANONICAL = { canonical: true } as const;

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
  msr('VM_CR', 0xc0010114, 'APM 2 15.30.1', 'Whether SVM may be enabled (AMD).', { name: 'VM_CR' }),
  msr('VM_HSAVE_PA', 0xc0010117, 'APM 2 15.30.4', 'Where VMRUN saves the host state (AMD).', {
    name: 'VM_HSAVE_PA',
  }),
] as const;
