import type { ManualReference } from '../manual';
import {
  EXCEPTION_BITMAP,
  PRIMARY_CONTROLS,
  SECONDARY_CONTROLS,
  TERTIARY_CONTROLS,
} from '../vmx/controls';
import { ExitReason } from '../vmx/exit-reasons';
import type { BitField, BitTable } from '../bits';
import { ANY, ANY_DR, concerns, CR0, CR3, CR4, CR8, type InstructionForm } from './forms';

/**
 * Whether an instruction causes a VM exit under VT-x: always, as a VM-execution control says, on a condition of its own,
 * or never although one might expect it.
 */
export interface VmxExitRow extends InstructionForm {
  readonly when: 'always' | 'control' | 'condition' | 'never';
  /** The control that decides, and the field it belongs to. */
  readonly control?: { readonly field: BitField; readonly table: BitTable };
  /** Number of the basic exit reason. */
  readonly reason?: number;
  /** What else there is to know (English; translate on display). */
  readonly gloss?: string;
  readonly section: ManualReference;
}

type Id<T extends BitTable> = T['fields'][number]['id'];

function fieldOf(table: BitTable, id: string): { field: BitField; table: BitTable } {
  const field = table.fields.find((f) => f.id === id);
  if (!field) throw new RangeError(`no control ${id} in ${table.name}`);
  return { field, table };
}

const primary = (id: Id<typeof PRIMARY_CONTROLS>) => fieldOf(PRIMARY_CONTROLS, id);
const secondary = (id: Id<typeof SECONDARY_CONTROLS>) => fieldOf(SECONDARY_CONTROLS, id);
const tertiary = (id: Id<typeof TERTIARY_CONTROLS>) => fieldOf(TERTIARY_CONTROLS, id);
const exception = (id: string) => fieldOf(EXCEPTION_BITMAP, id);

const ALWAYS = 'SDM 3C 26.1.2';
const SOMETIMES = 'SDM 3C 26.1.3';
const CHANGED = 'SDM 3C 26.3';

const always = (mnemonics: string, reason: number): VmxExitRow => ({
  mnemonics: mnemonics.split(' '),
  when: 'always',
  reason,
  section: ALWAYS,
});

type More = Partial<Pick<VmxExitRow, 'operands' | 'gloss'>>;

const by = (
  mnemonics: string,
  control: ReturnType<typeof fieldOf>,
  reason: number,
  more: More = {},
): VmxExitRow => ({
  mnemonics: mnemonics.split(' '),
  when: 'control',
  control,
  reason,
  section: SOMETIMES,
  ...more,
});

const onCondition = (
  mnemonics: string,
  reason: number,
  gloss: string,
  more: More = {},
): VmxExitRow => ({
  mnemonics: mnemonics.split(' '),
  when: 'condition',
  reason,
  gloss,
  section: SOMETIMES,
  ...more,
});

const never = (mnemonics: string, gloss: string, more: More = {}): VmxExitRow => ({
  mnemonics: mnemonics.split(' '),
  when: 'never',
  gloss,
  section: CHANGED,
  ...more,
});

const raises = (mnemonics: string, id: string): VmxExitRow =>
  by(mnemonics, exception(id), ExitReason.EXCEPTION_NMI, {
    gloss: 'It is the exception that exits, before the guest’s handler sees it.',
  });

const IO_GLOSS = 'Without "Use I/O bitmaps"; with it, the port’s bit in the bitmaps decides.';
const MSR_GLOSS =
  'Without "Use MSR bitmaps" it always exits; with it, the MSR’s bit in the bitmaps decides, and MSRs outside 0 to 1FFFh and C0000000h to C0001FFFh exit.';
const MASKED =
  'It exits if it would change a bit that the guest/host mask keeps for the VMM away from its value in the read shadow.';
const SHADOWED =
  'It does not exit: bits that the guest/host mask keeps for the VMM are read from the read shadow.';
const TASK =
  'Only through a task gate or TSS: a hardware task switch always exits. In IA-32e mode there are none.';
const LIST = 'And only with "Enable MSR-list instructions": without that it raises #UD.';
const XSS =
  'Without it, it raises #UD; with it, it exits if a state component is asked for whose bit is set in the XSS-exiting bitmap.';
const R = ExitReason;

/** Instructions that cause VM exits (SDM 3C 26.1.2, 26.1.3) or change their meaning (26.3). The first row that fits counts. */
export const VMX_EXITS: readonly VmxExitRow[] = [
  always('cpuid', R.CPUID),
  always('getsec', R.GETSEC),
  always('invd', R.INVD),
  always('xsetbv', R.XSETBV),
  always('vmcall', R.VMCALL),
  always('vmclear', R.VMCLEAR),
  always('vmlaunch', R.VMLAUNCH),
  always('vmptrld', R.VMPTRLD),
  always('vmptrst', R.VMPTRST),
  always('vmresume', R.VMRESUME),
  always('vmxoff', R.VMXOFF),
  always('vmxon', R.VMXON),
  always('invept', R.INVEPT),
  always('invvpid', R.INVVPID),
  always('seamcall', R.SEAMCALL),
  always('tdcall', R.TDCALL),
  by('hlt', primary('HLT_EXITING'), R.HLT),
  by('invlpg', primary('INVLPG_EXITING'), R.INVLPG),
  by('invpcid', primary('INVLPG_EXITING'), R.INVPCID, {
    gloss: 'And only with "Enable INVPCID": without that it raises #UD.',
  }),
  by(
    'in out insb insw insd outsb outsw outsd',
    primary('UNCONDITIONAL_IO_EXITING'),
    R.IO_INSTRUCTION,
    {
      gloss: IO_GLOSS,
    },
  ),
  by('rdmsr', primary('USE_MSR_BITMAPS'), R.RDMSR, { gloss: MSR_GLOSS }),
  by('wrmsr wrmsrns', primary('USE_MSR_BITMAPS'), R.WRMSR, { gloss: MSR_GLOSS }),
  by('rdmsrlist', primary('USE_MSR_BITMAPS'), R.RDMSRLIST, { gloss: LIST }),
  by('wrmsrlist', primary('USE_MSR_BITMAPS'), R.WRMSRLIST, { gloss: LIST }),
  by('rdtsc', primary('RDTSC_EXITING'), R.RDTSC),
  by('rdtscp', primary('RDTSC_EXITING'), R.RDTSCP, {
    gloss: 'And only with "Enable RDTSCP": without that it raises #UD.',
  }),
  by('rdpmc', primary('RDPMC_EXITING'), R.RDPMC),
  by('pause', primary('PAUSE_EXITING'), R.PAUSE, {
    gloss: 'In ring 0 "PAUSE-loop exiting" can do it, too.',
  }),
  by('monitor', primary('MONITOR_EXITING'), R.MONITOR),
  by('mwait', primary('MWAIT_EXITING'), R.MWAIT),
  by('mov', primary('CR3_LOAD_EXITING'), R.CR_ACCESS, {
    operands: [CR3],
    gloss: 'Unless the value is one of the CR3-target values.',
  }),
  by('mov', primary('CR3_STORE_EXITING'), R.CR_ACCESS, { operands: [ANY, CR3] }),
  by('mov', primary('CR8_LOAD_EXITING'), R.CR_ACCESS, { operands: [CR8] }),
  by('mov', primary('CR8_STORE_EXITING'), R.CR_ACCESS, { operands: [ANY, CR8] }),
  onCondition('mov', R.CR_ACCESS, MASKED, { operands: [CR0] }),
  onCondition('mov', R.CR_ACCESS, MASKED, { operands: [CR4] }),
  never('mov', SHADOWED, { operands: [ANY, CR0] }),
  never('mov', SHADOWED, { operands: [ANY, CR4] }),
  by('mov', primary('MOV_DR_EXITING'), R.MOV_DR, { operands: [ANY_DR] }),
  by('mov', primary('MOV_DR_EXITING'), R.MOV_DR, { operands: [ANY, ANY_DR] }),
  onCondition(
    'clts',
    R.CR_ACCESS,
    'It exits if the guest/host mask keeps CR0.TS for the VMM and the read shadow shows it set.',
  ),
  onCondition('lmsw', R.CR_ACCESS, MASKED),
  never('smsw', SHADOWED),
  by('lgdt lidt sgdt sidt', secondary('DESCRIPTOR_TABLE_EXITING'), R.GDTR_IDTR_ACCESS),
  by('lldt ltr sldt str', secondary('DESCRIPTOR_TABLE_EXITING'), R.LDTR_TR_ACCESS),
  by('wbinvd wbnoinvd', secondary('WBINVD_EXITING'), R.WBINVD),
  by('rdrand', secondary('RDRAND_EXITING'), R.RDRAND),
  by('rdseed', secondary('RDSEED_EXITING'), R.RDSEED),
  by('vmread', secondary('VMCS_SHADOWING'), R.VMREAD, {
    gloss:
      'Without "VMCS shadowing" it always exits; with it, the field’s bit in the VMREAD bitmap decides.',
  }),
  by('vmwrite', secondary('VMCS_SHADOWING'), R.VMWRITE, {
    gloss:
      'Without "VMCS shadowing" it always exits; with it, the field’s bit in the VMWRITE bitmap decides.',
  }),
  by('umwait', primary('RDTSC_EXITING'), R.UMWAIT, {
    gloss: 'And only with "Enable user wait and pause": without that it raises #UD.',
  }),
  by('tpause', primary('RDTSC_EXITING'), R.TPAUSE, {
    gloss: 'And only with "Enable user wait and pause": without that it raises #UD.',
  }),
  by('encls', secondary('ENABLE_ENCLS_EXITING'), R.ENCLS, {
    gloss: 'The leaf’s bit in the bitmap decides.',
  }),
  by('enclv', secondary('ENABLE_ENCLV_EXITING'), R.ENCLV, {
    gloss: 'The leaf’s bit in the bitmap decides.',
  }),
  by('pconfig', secondary('ENABLE_PCONFIG'), R.PCONFIG, {
    gloss: 'Without it, it raises #UD; with it, the leaf’s bit in the bitmap decides.',
  }),
  by('loadiwkey', tertiary('LOADIWKEY_EXITING'), R.LOADIWKEY),
  by('xsaves xsaves64', secondary('ENABLE_XSAVES'), R.XSAVES, {
    gloss: XSS,
  }),
  by('xrstors xrstors64', secondary('ENABLE_XSAVES'), R.XRSTORS, {
    gloss: XSS,
  }),
  by('vmfunc', secondary('ENABLE_VM_FUNCTIONS'), R.VMFUNC, {
    gloss:
      'It exits only if the function is not enabled or fails: that it does not exit otherwise is its purpose.',
  }),
  onCondition('rsm', R.RSM, 'It exits in system-management mode; elsewhere it raises #UD.'),
  onCondition(
    'enqcmd',
    R.ENQCMD_PASID,
    'With "PASID translation", if the guest PASID cannot be translated.',
  ),
  onCondition(
    'enqcmds',
    R.ENQCMDS_PASID,
    'With "PASID translation", if the guest PASID cannot be translated.',
  ),
  raises('int3 int03', 'BP'),
  raises('int1 int01 icebp', 'DB'),
  raises('into', 'OF'),
  raises('bound', 'BR'),
  raises('ud0 ud1 ud2', 'UD'),
  onCondition('int iret iretw iretd', R.TASK_SWITCH, TASK),
  never('iretq', 'It does not exit: 64-bit mode has no hardware task switches.'),
  never('rdpid', 'It does not exit; without "Enable RDTSCP" it raises #UD.'),
  never('umonitor', 'It does not exit; without "Enable user wait and pause" it raises #UD.'),
  onCondition('senduipi', R.APIC_WRITE, 'It writes to the APIC, which a virtual APIC may pass on.'),
  onCondition('call jmp', R.TASK_SWITCH, TASK, { operands: [/^far$/] }),
  never(
    'cli sti pushf pushfw pushfd pushfq popf popfw popfd popfq',
    'It does not exit: the guest has an RFLAGS of its own.',
  ),
];

/** What VT-x does about this use of an instruction; undefined: it never exits by itself. */
export function vmxExitOf(mnemonic: string, operands: readonly string[]): VmxExitRow | undefined {
  return VMX_EXITS.find((row) => concerns(row, mnemonic, operands));
}
