import type { ManualReference } from '../manual';
import { ANY, ANY_CR, ANY_DR, concerns, SEGMENT, type InstructionForm } from './forms';

/** What an instruction demands of the privilege level. */
export interface PrivilegeRow extends InstructionForm {
  /** Whether ring 3 may execute it: never, only as the system allows, or always. */
  readonly ring3: 'no' | 'depends' | 'yes';
  /** The rule, as a sentence (English; translate on display). */
  readonly gloss: string;
  readonly section: ManualReference;
}

const row = (
  mnemonics: string,
  ring3: PrivilegeRow['ring3'],
  gloss: string,
  section: ManualReference,
  operands?: readonly RegExp[],
): PrivilegeRow => ({
  mnemonics: mnemonics.split(' '),
  ring3,
  gloss,
  section,
  ...(operands && { operands }),
});

const RING0 = 'Ring 0 only: elsewhere #GP(0).';
const RING0_UD = 'Ring 0 only: elsewhere #UD.';

/** Privileged instructions (SDM 3A 5.9) and those whose permission depends on a control. The first row that fits counts. */
export const PRIVILEGE_ROWS: readonly PrivilegeRow[] = [
  row('mov', 'no', RING0, 'SDM 3A 5.9', [ANY_CR]),
  row('mov', 'no', RING0, 'SDM 3A 5.9', [ANY, ANY_CR]),
  row('mov', 'no', RING0, 'SDM 3A 5.9', [ANY_DR]),
  row('mov', 'no', RING0, 'SDM 3A 5.9', [ANY, ANY_DR]),
  row(
    'cli sti',
    'depends',
    'Needs CPL ≤ IOPL (or CR4.PVI or CR4.VME, which keep a virtual IF): else #GP(0).',
    'SDM 2A CLI',
  ),
  row(
    'in out insb insw insd outsb outsw outsd',
    'depends',
    'Needs CPL ≤ IOPL, or the port’s bit clear in the I/O permission bitmap of the TSS: else #GP(0).',
    'SDM 1 19.5',
  ),
  row(
    'sgdt sidt sldt str smsw',
    'depends',
    'Any ring while CR4.UMIP = 0; with CR4.UMIP = 1, ring 0 only: else #GP(0).',
    'SDM 3A 2.5',
  ),
  row(
    'rdtsc rdtscp tpause umwait',
    'depends',
    'Any ring while CR4.TSD = 0; with CR4.TSD = 1, ring 0 only: else #GP(0).',
    'SDM 3A 2.5',
  ),
  row(
    'rdpmc',
    'depends',
    'Any ring while CR4.PCE = 1; with CR4.PCE = 0, ring 0 only: else #GP(0).',
    'SDM 3A 2.5',
  ),
  row('monitor mwait', 'no', RING0_UD, 'SDM 2B MONITOR'),
  row('clac stac', 'no', RING0_UD, 'SDM 2A CLAC'),
  row('encls enclv', 'no', RING0_UD, 'SDM 3D 38'),
  row('enclu', 'yes', 'Ring 3 only: elsewhere #UD.', 'SDM 3D 38'),
  row('pconfig', 'no', RING0_UD, 'SDM 2B PCONFIG'),
  row('lkgs erets eretu', 'no', RING0_UD, 'FRED 346446'),
  row(
    'getsec',
    'depends',
    'CAPABILITIES and PARAMETERS in any ring, the other leaves in ring 0 only: else #GP(0). #UD while CR4.SMXE = 0.',
    'SDM 2D GETSEC',
  ),
  row(
    'rdpru',
    'depends',
    'Any ring while CR4.TSD = 0; with CR4.TSD = 1, ring 0 only: else #UD.',
    'APM 3 RDPRU',
  ),
  row('rsm', 'depends', 'Only in system-management mode: elsewhere #UD.', 'SDM 3C 32.2'),
  row(
    'vmxon vmxoff vmclear vmptrld vmptrst vmread vmwrite vmlaunch vmresume invept invvpid',
    'no',
    'Ring 0 only: elsewhere #GP(0). In a guest the VM exit comes first, in every ring.',
    'SDM 3C 26.1.1',
  ),
  row(
    'cpuid',
    'yes',
    'Any ring, unless the system has turned on CPUID faulting: then #GP(0) outside ring 0.',
    'SDM 2A CPUID',
  ),
  row(
    'vmcall',
    'yes',
    'In the guest any ring may execute it; in VMX root operation ring 0 only.',
    'SDM 3C 31.3',
  ),
  row('vmmcall', 'yes', 'Any ring, if the VMM intercepts it: else #UD.', 'APM 2 15.9'),
  row(
    'rdfsbase rdgsbase wrfsbase wrgsbase',
    'depends',
    'Any ring, in 64-bit mode with CR4.FSGSBASE = 1: else #UD.',
    'SDM 2B RDFSBASE',
  ),
  row('rdpkru wrpkru', 'yes', 'Any ring, with CR4.PKE = 1: else #UD.', 'SDM 3A 2.7'),
  row('xgetbv', 'yes', 'Any ring, with CR4.OSXSAVE = 1: else #UD.', 'SDM 2D XGETBV'),
  row(
    'syscall',
    'yes',
    'Any ring, with IA32_EFER.SCE = 1 and, on Intel processors, in 64-bit mode: else #UD.',
    'SDM 2B SYSCALL',
  ),
  row(
    'sysenter',
    'yes',
    'Any ring, in protected mode with a selector in IA32_SYSENTER_CS: else #GP(0). AMD processors raise #UD in long mode.',
    'SDM 2B SYSENTER',
  ),
  row(
    'vmfunc',
    'yes',
    'In a guest whose VMM enables VM functions any ring may execute it: else #UD.',
    'SDM 3C 26.5.6.2',
  ),
  row(
    'popf popfw popfd popfq',
    'yes',
    'Any ring, but ring 1 to 3 cannot change IOPL, and IF only with CPL ≤ IOPL: no fault tells of it.',
    'SDM 2B POPF',
  ),
  row(
    'iret iretw iretd iretq',
    'yes',
    'Any ring, but not to an inner ring: #GP. Rings 1 to 3 cannot change IOPL, and IF only with CPL ≤ IOPL.',
    'SDM 2A IRET',
  ),
  row(
    'int int3 int03 into int1 int01 icebp',
    'yes',
    'Any ring; INT n, INT3 and INTO need CPL ≤ DPL of the gate: else #GP.',
    'SDM 3A 6.12.1',
  ),
  row(
    'lds les lfs lgs lss',
    'yes',
    'Any ring; the selector is checked as for a load of the segment register.',
    'SDM 3A 5.6',
  ),
  row(
    'hlt lgdt lidt lldt ltr lmsw clts invlpg invd wbinvd wbnoinvd rdmsr wrmsr swapgs sysexit sysexitq sysret ' +
      'sysretq invpcid xsetbv xsaves xsaves64 xrstors xrstors64 ' +
      'vmrun vmload vmsave stgi clgi skinit invlpga',
    'no',
    RING0,
    'SDM 3A 5.9',
  ),
];

export const RING0_ONLY = RING0;
export const ANY_RING = 'Any ring.';

/** The rule for this use of an instruction, if it has one of its own. */
export function privilegeOf(
  mnemonic: string,
  operands: readonly string[],
): PrivilegeRow | undefined {
  return PRIVILEGE_ROWS.find((r) => concerns(r, mnemonic, operands));
}

/**
 * A sensitive instruction shows or changes the state of the real machine. Popek and Goldberg (1974): a processor can be
 * virtualized by trapping alone only if every sensitive instruction is privileged. On x86 these are not; the list is that of
 * Robin and Irvine, "Analysis of the Intel Pentium's Ability to Support a Secure Virtual Machine Monitor" (USENIX
 * Security 2000), with IRET, which shares POPF's fault.
 */
export interface SensitiveRow extends InstructionForm {
  /** Why, as a sentence (English; translate on display). */
  readonly gloss: string;
}

const sensitive = (
  mnemonics: string,
  gloss: string,
  operands?: readonly RegExp[],
): SensitiveRow => ({ mnemonics: mnemonics.split(' '), gloss, ...(operands && { operands }) });

const SHOWS_CPL = 'a kernel pushed out of ring 0 sees by the RPL that it is not in ring 0.';

export const SENSITIVE_ROWS: readonly SensitiveRow[] = [
  sensitive('sgdt', 'shows the real GDTR, without a fault, to any ring (unless CR4.UMIP = 1).'),
  sensitive('sidt', 'shows the real IDTR, without a fault, to any ring (unless CR4.UMIP = 1).'),
  sensitive('sldt', 'shows the real LDTR, without a fault, to any ring (unless CR4.UMIP = 1).'),
  sensitive(
    'str',
    'shows the real task register, without a fault, to any ring (unless CR4.UMIP = 1).',
  ),
  sensitive(
    'smsw',
    'shows bits of the real CR0, without a fault, to any ring (unless CR4.UMIP = 1).',
  ),
  sensitive('pushf pushfw pushfd pushfq', 'shows the real IF and IOPL to any ring.'),
  sensitive(
    'popf popfw popfd popfq',
    'outside ring 0, changes of IF and IOPL are dropped without a fault: a VMM never hears of them.',
  ),
  sensitive(
    'iret iretw iretd iretq',
    'outside ring 0, changes of IF and IOPL are dropped without a fault: a VMM never hears of them.',
  ),
  sensitive(
    'lar lsl verr verw',
    'its answer depends on the real CPL and the real descriptor tables.',
  ),
  sensitive('push', SHOWS_CPL, [SEGMENT]),
  sensitive('pop', 'loads a descriptor of the real tables and checks it against the real CPL.', [
    SEGMENT,
  ]),
  sensitive('mov', 'loads a descriptor of the real tables and checks it against the real CPL.', [
    SEGMENT,
  ]),
  sensitive('mov', SHOWS_CPL, [ANY, SEGMENT]),
  sensitive('int', 'goes through the real IDT and checks the real CPL.'),
  sensitive('retf retfw retfd retfq', 'a return between rings checks the real CPL.'),
  sensitive(
    'call jmp',
    'a far transfer goes through the real descriptor tables and checks the real CPL.',
    [/^far$/],
  ),
];

/** Why this use of an instruction is sensitive though not privileged; undefined for the others. */
export function sensitivityOf(
  mnemonic: string,
  operands: readonly string[],
): SensitiveRow | undefined {
  return SENSITIVE_ROWS.find((r) => concerns(r, mnemonic, operands));
}
