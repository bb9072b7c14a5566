import { LOCAL_APIC } from '../physical-addresses';
import { EFER } from './control';
import {
  APIC_BASE,
  ApicBase,
  DEBUGCTL,
  FEATURE_CONTROL,
  MISC_ENABLE,
  MiscEnable,
  MTRRCAP,
  MTRR_DEF_TYPE,
  MTRR_PHYSBASE,
  MTRR_PHYSMASK,
  PAT,
  STAR,
  SYSENTER_CS,
  XSS,
} from './msr-fields';
import { ARCHITECTURAL_MSRS, NUMBERED_MSRS } from './msr-architectural';
import { AMD_MSRS, FRED_MSRS } from './msr-later';
import { msr, type MsrRow } from './msr-row';
import { VMX_MSRS } from './msr-vmx';
import { X2APIC_MSRS } from './msr-x2apic';

/** Model-specific registers (SDM 4 2.1, table 2-2). */

export type { MsrRow } from './msr-row';

const READ_ONLY = { only: 'RDMSR' } as const;
const CANONICAL = { canonical: true } as const;

const ORDINARY = [
  msr('TSC', 0x10, 'SDM 3B 18.17', 'Time-stamp counter.'),
  msr('APIC_BASE', 0x1b, 'SDM 3A 11.4.4', 'Where the local APIC is, and its mode.', {
    bits: APIC_BASE,
    reset: BigInt(LOCAL_APIC) | ApicBase.EN | ApicBase.BSP,
  }),
  msr('FEATURE_CONTROL', 0x3a, 'SDM 3C 24.7', 'Whether VMXON is allowed.', {
    bits: FEATURE_CONTROL,
  }),
  msr('TSC_ADJUST', 0x3b, 'SDM 3B 18.17.3', 'What was added to the time-stamp counter.'),
  msr('SPEC_CTRL', 0x48, 'SDM 4 2.1', 'Control of speculative execution.'),
  msr('PRED_CMD', 0x49, 'SDM 4 2.1', 'Commands to the branch predictors.'),
  msr('BIOS_UPDT_TRIG', 0x79, 'SDM 3A 10.11.6', 'A write loads a microcode update.', {
    only: 'WRMSR',
  }),
  msr('BIOS_SIGN_ID', 0x8b, 'SDM 3A 10.11.7', 'Revision of the microcode update.'),
  msr('MTRRCAP', 0xfe, 'SDM 3A 12.11.1', 'What the memory-type ranges can do.', {
    bits: MTRRCAP,
    only: 'RDMSR',
  }),
  msr(
    'ARCH_CAPABILITIES',
    0x10a,
    'SDM 4 2.1',
    'Which speculation problems do not exist.',
    READ_ONLY,
  ),
  msr('SYSENTER_CS', 0x174, 'SDM 3A 5.8.7', 'Code segment of SYSENTER.', { bits: SYSENTER_CS }),
  msr('SYSENTER_ESP', 0x175, 'SDM 3A 5.8.7', 'Stack pointer SYSENTER loads.', CANONICAL),
  msr('SYSENTER_EIP', 0x176, 'SDM 3A 5.8.7', 'Instruction pointer SYSENTER loads.', CANONICAL),
  msr('MCG_CAP', 0x179, 'SDM 3B 16.3.1.1', 'Machine-check capabilities.', READ_ONLY),
  msr('MCG_STATUS', 0x17a, 'SDM 3B 16.3.1.2', 'Machine-check status.'),
  msr('MISC_ENABLE', 0x1a0, 'SDM 4 2.1', 'Miscellaneous processor features.', {
    bits: MISC_ENABLE,
    reset: BigInt(MiscEnable.FAST_STRINGS),
  }),
  msr('DEBUGCTL', 0x1d9, 'SDM 3B 18.4.1', 'Control of branch tracing and stepping.', {
    bits: DEBUGCTL,
  }),
  msr('MTRR_FIX64K_00000', 0x250, 'SDM 3A 12.11.2.2', 'Memory types of 0 to 512 KBytes.'),
  msr('MTRR_FIX16K_80000', 0x258, 'SDM 3A 12.11.2.2', 'Memory types of 0x80000 to 0x9ffff.'),
  msr('MTRR_FIX16K_A0000', 0x259, 'SDM 3A 12.11.2.2', 'Memory types of 0xa0000 to 0xbffff.'),
  msr('MTRR_FIX4K_C0000', 0x268, 'SDM 3A 12.11.2.2', 'Memory types of 0xc0000 to 0xc7fff.'),
  msr('MTRR_FIX4K_C8000', 0x269, 'SDM 3A 12.11.2.2', 'Memory types of 0xc8000 to 0xcffff.'),
  msr('MTRR_FIX4K_D0000', 0x26a, 'SDM 3A 12.11.2.2', 'Memory types of 0xd0000 to 0xd7fff.'),
  msr('MTRR_FIX4K_D8000', 0x26b, 'SDM 3A 12.11.2.2', 'Memory types of 0xd8000 to 0xdffff.'),
  msr('MTRR_FIX4K_E0000', 0x26c, 'SDM 3A 12.11.2.2', 'Memory types of 0xe0000 to 0xe7fff.'),
  msr('MTRR_FIX4K_E8000', 0x26d, 'SDM 3A 12.11.2.2', 'Memory types of 0xe8000 to 0xeffff.'),
  msr('MTRR_FIX4K_F0000', 0x26e, 'SDM 3A 12.11.2.2', 'Memory types of 0xf0000 to 0xf7fff.'),
  msr('MTRR_FIX4K_F8000', 0x26f, 'SDM 3A 12.11.2.2', 'Memory types of 0xf8000 to 0xfffff.'),
  msr('PAT', 0x277, 'SDM 3A 12.12.2', 'Page-attribute table.', {
    bits: PAT,
    reset: 0x0007_0406_0007_0406n,
  }),
  msr('MTRR_DEF_TYPE', 0x2ff, 'SDM 3A 12.11.2.1', 'Default memory type.', { bits: MTRR_DEF_TYPE }),
  msr('PERF_GLOBAL_CTRL', 0x38f, 'SDM 3B 20.2.2', 'Which performance counters run.'),
  msr('XSS', 0xda0, 'SDM 1 13.11', 'Supervisor state components XSAVES saves.', { bits: XSS }),
  msr('EFER', 0xc0000080, 'SDM 3A 2.2.1', 'Long mode, SYSCALL and execute-disable.', {
    bits: EFER,
  }),
  msr('STAR', 0xc0000081, 'SDM 3A 5.8.8', 'Segments of SYSCALL and SYSRET.', { bits: STAR }),
  msr('LSTAR', 0xc0000082, 'SDM 3A 5.8.8', 'SYSCALL target in 64-bit mode.', CANONICAL),
  msr(
    'CSTAR',
    0xc0000083,
    'SDM 3A 5.8.8',
    'SYSCALL target in compatibility mode (AMD only).',
    CANONICAL,
  ),
  msr('FMASK', 0xc0000084, 'SDM 3A 5.8.8', 'RFLAGS bits SYSCALL clears.'),
  msr('FS_BASE', 0xc0000100, 'SDM 3A 3.4.4', 'Base address of FS.', CANONICAL),
  msr('GS_BASE', 0xc0000101, 'SDM 3A 3.4.4', 'Base address of GS.', CANONICAL),
  msr(
    'KERNEL_GS_BASE',
    0xc0000102,
    'SDM 3A 3.4.4',
    'Exchanged with the base of GS by SWAPGS.',
    CANONICAL,
  ),
  msr('TSC_AUX', 0xc0000103, 'SDM 3B 18.17.2', 'What RDPID returns, and RDTSCP beside the TSC.'),
] as const;

/** Number of variable memory-type ranges this table has rows for. */
export const MTRR_VARIABLE_RANGES = 10;

const VARIABLE_MTRRS: readonly MsrRow[] = Array.from(
  { length: MTRR_VARIABLE_RANGES },
  (_, n): MsrRow[] => [
    msr(
      `MTRR_PHYSBASE${n}`,
      0x200 + 2 * n,
      'SDM 3A 12.11.2.3',
      'First page and memory type of a variable range.',
      {
        bits: MTRR_PHYSBASE,
      },
    ),
    msr(
      `MTRR_PHYSMASK${n}`,
      0x201 + 2 * n,
      'SDM 3A 12.11.2.3',
      'Address bits that decide whether an access lies in a variable range.',
      {
        bits: MTRR_PHYSMASK,
      },
    ),
  ],
).flat();

const NAMED = [...ORDINARY, ...ARCHITECTURAL_MSRS, ...FRED_MSRS, ...VMX_MSRS, ...AMD_MSRS] as const;

export const MSRS: readonly MsrRow[] = [
  ...NAMED,
  ...VARIABLE_MTRRS,
  ...NUMBERED_MSRS,
  ...X2APIC_MSRS,
].sort((a, b) => a.number - b.number);

/** The memory-type range registers, and the one that tells what they can do. */
export const MTRRS: readonly number[] = MSRS.filter(({ id }) => id.startsWith('MTRR')).map(
  ({ number }) => number,
);

/** MSR numbers by the manual's name without IA32_. Variable MTRRs start at 0x200. */
export const Msr = Object.fromEntries(NAMED.map((row) => [row.id, row.number])) as {
  readonly [Id in (typeof NAMED)[number]['id']]: number;
};

/** All MSRs of the memory-type ranges. */
export const MTRR_MSRS: readonly number[] = MSRS.filter(({ id }) => id.startsWith('MTRR')).map(
  ({ number }) => number,
);

const BY_NUMBER = new Map(MSRS.map((row) => [row.number, row]));

/** The row of an MSR, or undefined when the tables do not know it. */
export function msrByNumber(number: number): MsrRow | undefined {
  return BY_NUMBER.get(number);
}

/** What an MSR holds after reset. */
export function msrReset(number: number): bigint {
  return BY_NUMBER.get(number)?.reset ?? 0n;
}

/** The row of an MSR by name, with or without `IA32_`, any case. */
export function msrByName(name: string): MsrRow | undefined {
  const id = name.toUpperCase().replace(/^IA32_/, '');
  return MSRS.find((row) => row.id === id);
}

/** MSRs that must hold a canonical address: WRMSR of any other value raises #GP (SDM 2D WRMSR). */
export const CANONICAL_MSRS: ReadonlySet<number> = new Set(
  MSRS.filter(({ canonical }) => canonical).map(({ number }) => number),
);
