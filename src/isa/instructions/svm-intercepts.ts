import type { ManualReference } from '../manual';
import { ANY, concerns, type InstructionForm } from './forms';

/**
 * A bit of the VMCB's control area that makes an instruction exit under SVM (APM 2 15.9, table 15-7; appendix B, table B-1)
 * and the exit code that the VMM then sees (appendix C).
 */
export interface SvmInterceptRow extends InstructionForm {
  /** What the manual calls the intercept. */
  readonly name: string;
  /** The vector in the VMCB that holds its bit, and the bit; undefined when it always exits. */
  readonly vector: { readonly offset: number; readonly bit: number } | undefined;
  readonly exitCode: number;
  /** What else there is to know (English; translate on display). */
  readonly gloss?: string;
  readonly section: ManualReference;
}

/** Exit codes follow the bits of the vectors at these offsets. */
const FIRST_CODE: Readonly<Record<number, number>> = {
  0x8: 0x40,
  0xc: 0x60,
  0x10: 0x80,
  0x14: 0xa0,
};

type Vector = 0x8 | 0xc | 0x10 | 0x14;

const at = (
  offset: Vector,
  bit: number,
  name: string,
  mnemonics: string,
  gloss?: string,
  section: ManualReference = 'APM 2 15.9',
): SvmInterceptRow => ({
  mnemonics: mnemonics.split(' '),
  name,
  vector: { offset, bit },
  exitCode: (FIRST_CODE[offset] ?? 0) + bit,
  section,
  ...(gloss !== undefined && { gloss }),
});

const TASK =
  'A hardware task switch exits by an intercept of its own (VMCB 00Ch bit 29, exit code 07Dh).';
const SELECTIVE =
  'VMCB 00Ch bit 5 intercepts only writes that change other bits than TS and MP (exit code 065h).';
const SELECTIVE_LMSW =
  'VMCB 00Ch bit 5, the selective intercept of such writes, intercepts LMSW whatever it changes (exit code 065h).';
const MSR_MAP =
  'The MSR’s bits in the MSR permissions map decide; MSRs that have no bits there always exit.';
const TRAPS =
  'Bit 16 + n of VMCB 010h lets CRn be written and exits then (exit codes 090h to 09Fh).';

/** Accesses to control or debug register `n`: one bit and one exit code each (APM 2 15.9). */
const moves = (n: number): SvmInterceptRow[] =>
  (
    [
      [0x0, 'CR', 0x0],
      [0x4, 'DR', 0x20],
    ] as const
  ).flatMap(([offset, kind, code]) => {
    const register = new RegExp(`^${kind.toLowerCase()}${n}$`);
    const one = (
      what: string,
      bit: number,
      operands: readonly RegExp[],
      gloss?: string,
    ): SvmInterceptRow => ({
      mnemonics: ['mov'],
      operands,
      name: `${kind}${n} ${what}`,
      vector: { offset, bit },
      exitCode: code + bit,
      section: 'APM 2 15.9',
      ...(gloss !== undefined && { gloss }),
    });
    const gloss = kind === 'DR' ? undefined : n === 0 ? SELECTIVE : TRAPS;
    return [one('write', 16 + n, [register], gloss), one('read', n, [ANY, register])];
  });

/** Instructions that count as accesses to CR0. */
const cr0 = (mnemonics: string, name: string, bit: number, gloss?: string): SvmInterceptRow => ({
  mnemonics: mnemonics.split(' '),
  name,
  vector: { offset: 0, bit },
  exitCode: bit,
  section: 'APM 2 15.9',
  ...(gloss !== undefined && { gloss }),
});

/** The first row that fits counts. */
export const SVM_INTERCEPTS: readonly SvmInterceptRow[] = [
  ...Array.from({ length: 16 }, (_, n) => moves(n)).flat(),
  cr0('lmsw', 'CR0 write', 16, SELECTIVE_LMSW),
  cr0('clts', 'CR0 write', 16),
  cr0('smsw', 'CR0 read', 0),
  at(0xc, 6, 'IDTR read', 'sidt'),
  at(0xc, 7, 'GDTR read', 'sgdt'),
  at(0xc, 8, 'LDTR read', 'sldt'),
  at(0xc, 9, 'TR read', 'str'),
  at(0xc, 10, 'IDTR write', 'lidt'),
  at(0xc, 11, 'GDTR write', 'lgdt'),
  at(0xc, 12, 'LDTR write', 'lldt'),
  at(0xc, 13, 'TR write', 'ltr'),
  at(0xc, 14, 'RDTSC', 'rdtsc'),
  at(0xc, 15, 'RDPMC', 'rdpmc'),
  at(0xc, 16, 'PUSHF', 'pushf pushfw pushfd pushfq'),
  at(0xc, 17, 'POPF', 'popf popfw popfd popfq'),
  at(0xc, 18, 'CPUID', 'cpuid'),
  at(0xc, 19, 'RSM', 'rsm'),
  at(0xc, 20, 'IRET', 'iret iretw iretd iretq', TASK),
  at(0xc, 21, 'INTn', 'int', TASK),
  at(0xc, 22, 'INVD', 'invd'),
  at(0xc, 23, 'PAUSE', 'pause', 'The pause filter can let a number of them pass.'),
  at(
    0xc,
    24,
    'HLT',
    'hlt',
    'VMCB 014h bit 6 intercepts it only while no virtual interrupt waits (exit code 0A6h).',
  ),
  at(0xc, 25, 'INVLPG', 'invlpg'),
  at(0xc, 26, 'INVLPGA', 'invlpga'),
  at(
    0xc,
    27,
    'IOIO_PROT',
    'in out insb insw insd outsb outsw outsd',
    'The port’s bit in the I/O permissions map decides.',
    'APM 2 15.10',
  ),
  at(0xc, 28, 'MSR_PROT', 'rdmsr', MSR_MAP, 'APM 2 15.11'),
  at(
    0xc,
    28,
    'MSR_PROT',
    'wrmsr',
    'The MSR’s bits in the MSR permissions map decide; MSRs that have no bits there always exit. VMCB 010h bit 15 lets EFER be written and exits then (exit code 08Fh).',
    'APM 2 15.11',
  ),
  {
    ...at(0xc, 29, 'TASK_SWITCH', 'call jmp', 'Only through a task gate or TSS.', 'APM 2 15.14.1'),
    operands: [/^far$/],
  },
  at(0x10, 0, 'VMRUN', 'vmrun', 'VMRUN in the host fails unless the guest’s VMCB sets it.'),
  at(0x10, 1, 'VMMCALL', 'vmmcall', 'Not intercepted, it raises #UD.'),
  at(0x10, 2, 'VMLOAD', 'vmload'),
  at(0x10, 3, 'VMSAVE', 'vmsave'),
  at(0x10, 4, 'STGI', 'stgi'),
  at(0x10, 5, 'CLGI', 'clgi'),
  at(0x10, 6, 'SKINIT', 'skinit'),
  at(0x10, 7, 'RDTSCP', 'rdtscp'),
  at(0x10, 8, 'ICEBP', 'int1 int01 icebp'),
  at(0x10, 9, 'WBINVD', 'wbinvd wbnoinvd'),
  at(0x10, 10, 'MONITOR', 'monitor monitorx'),
  at(
    0x10,
    11,
    'MWAIT',
    'mwait mwaitx',
    'Bit 12 intercepts it only while the monitor is armed (exit code 8Ch).',
  ),
  at(0x10, 13, 'XSETBV', 'xsetbv'),
  at(0x10, 14, 'RDPRU', 'rdpru'),
  at(
    0x14,
    0,
    'INVLPGB',
    'invlpgb',
    'Bit 1 intercepts only those that ask for what is not allowed (exit code 0A1h).',
  ),
  at(0x14, 2, 'INVPCID', 'invpcid'),
  at(0x14, 3, 'MCOMMIT', 'mcommit'),
  at(0x14, 4, 'TLBSYNC', 'tlbsync'),
  at(0x8, 3, '#BP', 'int3 int03', undefined, 'APM 2 15.12'),
  at(0x8, 4, '#OF', 'into', undefined, 'APM 2 15.12'),
  at(0x8, 5, '#BR', 'bound', undefined, 'APM 2 15.12'),
  at(0x8, 6, '#UD', 'ud0 ud1 ud2', undefined, 'APM 2 15.12'),
  {
    mnemonics: ['vmgexit'],
    name: 'VMGEXIT',
    vector: undefined,
    exitCode: 0x403,
    gloss: 'In a guest without SEV-ES it is VMMCALL.',
    section: 'APM 2 15.35',
  },
];

/** What SVM can intercept of this use of an instruction; undefined: it never exits by itself. */
export function svmInterceptOf(
  mnemonic: string,
  operands: readonly string[],
): SvmInterceptRow | undefined {
  return SVM_INTERCEPTS.find((row) => concerns(row, mnemonic, operands));
}
