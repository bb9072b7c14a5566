import { BNDCFGS, CET as CET_BITS } from './msr-fields';
import { msr } from './msr-row';

/** Further MSRs that hypervisors and kernels meet (SDM 4 2.1, table 2-2). */

const TABLE = 'SDM 4 2.1';
const CET = 'SDM 1 17.1';
const CANONICAL = { canonical: true } as const;
const READ_ONLY = { only: 'RDMSR' } as const;
const WRITE_ONLY = { only: 'WRMSR' } as const;

/** Of hypervisors: what VMCS fields mirror, and what VMMs virtualize. */
const FOR_HYPERVISORS = [
  msr('SMM_MONITOR_CTL', 0x9b, 'SDM 3C 32.15.5', 'Where the monitor of SMM lies.'),
  msr('SMBASE', 0x9e, 'SDM 3C 32.15.6.4', 'Base address of SMM code; readable in SMM.', READ_ONLY),
  msr('UMWAIT_CONTROL', 0xe1, TABLE, 'How long and how deeply UMWAIT and TPAUSE may wait.'),
  msr('RTIT_CTL', 0x570, 'SDM 3C 33.2.8.2', 'Control of Intel Processor Trace.'),
  msr('U_CET', 0x6a0, CET, 'Control-flow enforcement in ring 3.', { bits: CET_BITS }),
  msr('S_CET', 0x6a2, CET, 'Control-flow enforcement in rings 0 to 2.', { bits: CET_BITS }),
  msr('PL0_SSP', 0x6a4, CET, 'Shadow-stack pointer of ring 0.', CANONICAL),
  msr('PL1_SSP', 0x6a5, CET, 'Shadow-stack pointer of ring 1.', CANONICAL),
  msr('PL2_SSP', 0x6a6, CET, 'Shadow-stack pointer of ring 2.', CANONICAL),
  msr('PL3_SSP', 0x6a7, CET, 'Shadow-stack pointer of ring 3.', CANONICAL),
  msr(
    'INTERRUPT_SSP_TABLE_ADDR',
    0x6a8,
    CET,
    'Table of shadow-stack pointers for interrupts, by IST index.',
    CANONICAL,
  ),
  msr('TSC_DEADLINE', 0x6e0, 'SDM 3A 11.5.4.1', 'TSC value at which the local APIC interrupts.'),
  msr('PKRS', 0x6e1, 'SDM 3A 4.6.2', 'Protection-key rights for supervisor pages.'),
  msr('UINTR_RR', 0x985, TABLE, 'User interrupts that wait.'),
  msr('UINTR_HANDLER', 0x986, TABLE, 'Handler of user interrupts.', CANONICAL),
  msr('UINTR_STACKADJUST', 0x987, TABLE, 'Stack of user-interrupt handlers.'),
  msr('UINTR_MISC', 0x988, TABLE, 'Notification vector and table size of user interrupts.'),
  msr('UINTR_PD', 0x989, TABLE, 'Address of the user posted-interrupt descriptor.', CANONICAL),
  msr('UINTR_TT', 0x98a, TABLE, 'Address of the table of SENDUIPI targets.'),
  msr('BNDCFGS', 0xd90, TABLE, 'MPX configuration in rings 0 to 2.', { bits: BNDCFGS }),
  msr('PASID', 0xd93, TABLE, 'Process address-space identifier of ENQCMD.'),
  msr('LBR_CTL', 0x14ce, TABLE, 'Control of last-branch records.'),
] as const;

const GENERAL = [
  msr('PLATFORM_ID', 0x17, TABLE, 'Kind of platform, for microcode updates.', READ_ONLY),
  msr('USER_MSR_CTL', 0x1c, TABLE, 'Which MSRs URDMSR and UWRMSR may access in ring 3.'),
  msr('BARRIER', 0x2f, TABLE, 'Serializes, as part of a list of RDMSRLIST or WRMSRLIST.'),
  msr('CORE_CAPABILITIES', 0xcf, TABLE, 'Which features this core model has.', READ_ONLY),
  msr('MPERF', 0xe7, TABLE, 'Counts at the frequency of the TSC while not halted.'),
  msr('APERF', 0xe8, TABLE, 'Counts at the actual frequency while not halted.'),
  msr('FLUSH_CMD', 0x10b, TABLE, 'A write empties the L1 data cache.', WRITE_ONLY),
  msr('MCG_CTL', 0x17b, 'SDM 3B 16.3.1.3', 'Which machine-check features are on.'),
  msr('XFD', 0x1c4, 'SDM 1 13.14', 'State components whose first use raises #NM.'),
  msr('XFD_ERR', 0x1c5, 'SDM 1 13.14', 'State components whose use has raised #NM.'),
  msr('FIXED_CTR_CTRL', 0x38d, 'SDM 3B 20.2.2', 'When the fixed counters count.'),
  msr('DS_AREA', 0x600, 'SDM 3B 18.4.9', 'Where branch and event records are stored.'),
] as const;

/** Rows for registers of which there are several, one after another. */
function several(
  count: number,
  first: number,
  id: (n: number) => string,
  gloss: string,
  step = 1,
): ReturnType<typeof msr>[] {
  return Array.from({ length: count }, (_, n) => msr(id(n), first + n * step, TABLE, gloss));
}

export const ARCHITECTURAL_MSRS = [...FOR_HYPERVISORS, ...GENERAL] as const;

/** Numbered ones; they have no constants. */
export const NUMBERED_MSRS = [
  ...several(8, 0xc1, (n) => `PMC${n}`, 'Performance counter.'),
  ...several(8, 0x186, (n) => `PERFEVTSEL${n}`, 'What a performance counter counts.'),
  ...several(3, 0x309, (n) => `FIXED_CTR${n}`, 'Fixed performance counter.'),
  ...several(10, 0x400, (n) => `MC${n}_CTL`, 'Which errors a bank reports.', 4),
  ...several(10, 0x401, (n) => `MC${n}_STATUS`, 'The last error of a bank.', 4),
  ...several(10, 0x402, (n) => `MC${n}_ADDR`, 'The address of the last error of a bank.', 4),
  ...several(10, 0x403, (n) => `MC${n}_MISC`, 'More about the last error of a bank.', 4),
];
