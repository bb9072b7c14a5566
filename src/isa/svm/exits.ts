import * as l10n from '@vscode/l10n';
import { EXCEPTIONS, describeVector } from '../exceptions';
import { SvmExit as E } from './exit-codes';

/** SVM's exits for people: their names, and why they happen (APM 2 15.9 to 15.14, appendix C). */
export interface SvmExitRow {
  /** The manual's name: 'VMEXIT_CPUID'. */
  readonly id: string;
  /** The name for people, in their language. */
  readonly name: () => string;
  /** Why it happened, for a reader who meets it for the first time. */
  readonly gloss: () => string;
}

type Text = () => string;

const row = (id: string, name: Text, gloss: Text): SvmExitRow => ({
  id: `VMEXIT_${id}`,
  name,
  gloss,
});

/** An instruction whose intercept is set. */
const instruction = (id: string, name = id): SvmExitRow =>
  row(
    id,
    () => name,
    () => l10n.t('The guest executed {0}, which the VMCB intercepts.', name),
  );

const NAMED: readonly (readonly [number, SvmExitRow])[] = [
  [
    E.INTR,
    row(
      'INTR',
      () => l10n.t('External interrupt'),
      () => l10n.t('An interrupt from a device arrived, which the VMCB intercepts.'),
    ),
  ],
  [
    E.NMI,
    row(
      'NMI',
      () => 'NMI',
      () => l10n.t('A non-maskable interrupt arrived, which the VMCB intercepts.'),
    ),
  ],
  [
    E.SMI,
    row(
      'SMI',
      () => 'SMI',
      () => l10n.t('A system-management interrupt arrived.'),
    ),
  ],
  [
    E.INIT,
    row(
      'INIT',
      () => 'INIT',
      () => l10n.t('An INIT signal arrived.'),
    ),
  ],
  [
    E.VINTR,
    row(
      'VINTR',
      () => l10n.t('Virtual interrupt'),
      () => l10n.t('The guest can take an interrupt now, which the host asked to be told (V_IRQ).'),
    ),
  ],
  [
    E.CR0_SEL_WRITE,
    row(
      'CR0_SEL_WRITE',
      () => l10n.t('CR0 write (selective)'),
      () => l10n.t('The guest changed bits of CR0 other than TS and MP.'),
    ),
  ],
  [E.IDTR_READ, instruction('IDTR_READ', 'SIDT')],
  [E.GDTR_READ, instruction('GDTR_READ', 'SGDT')],
  [E.LDTR_READ, instruction('LDTR_READ', 'SLDT')],
  [E.TR_READ, instruction('TR_READ', 'STR')],
  [E.IDTR_WRITE, instruction('IDTR_WRITE', 'LIDT')],
  [E.GDTR_WRITE, instruction('GDTR_WRITE', 'LGDT')],
  [E.LDTR_WRITE, instruction('LDTR_WRITE', 'LLDT')],
  [E.TR_WRITE, instruction('TR_WRITE', 'LTR')],
  [E.RDTSC, instruction('RDTSC')],
  [E.RDPMC, instruction('RDPMC')],
  [E.PUSHF, instruction('PUSHF')],
  [E.POPF, instruction('POPF')],
  [E.CPUID, instruction('CPUID')],
  [E.RSM, instruction('RSM')],
  [E.IRET, instruction('IRET')],
  [E.INTN, instruction('SWINT', 'INT n')],
  [E.INVD, instruction('INVD')],
  [E.PAUSE, instruction('PAUSE')],
  [E.HLT, instruction('HLT')],
  [E.INVLPG, instruction('INVLPG')],
  [E.INVLPGA, instruction('INVLPGA')],
  [
    E.IOIO,
    row(
      'IOIO',
      () => l10n.t('I/O instruction'),
      () => l10n.t('The guest accessed a port whose bit is set in the I/O permissions map.'),
    ),
  ],
  [
    E.MSR,
    row(
      'MSR',
      () => 'RDMSR, WRMSR',
      () => l10n.t('The guest accessed an MSR that the MSR permissions map intercepts.'),
    ),
  ],
  [
    E.TASK_SWITCH,
    row(
      'TASK_SWITCH',
      () => l10n.t('Task switch'),
      () => l10n.t('The guest attempted a hardware task switch.'),
    ),
  ],
  [
    E.FERR_FREEZE,
    row(
      'FERR_FREEZE',
      () => l10n.t('FERR freeze'),
      () => l10n.t('An x87 exception is reported by the pin FERR, as in old computers.'),
    ),
  ],
  [
    E.SHUTDOWN,
    row(
      'SHUTDOWN',
      () => l10n.t('Shutdown'),
      () =>
        l10n.t(
          'A triple fault: an exception came while a double fault was being delivered. The VMCB is undefined on processors, and the guest cannot go on.',
        ),
    ),
  ],
  [E.VMRUN, instruction('VMRUN')],
  [
    E.VMMCALL,
    row(
      'VMMCALL',
      () => 'VMMCALL',
      () => l10n.t('The guest executed VMMCALL: it asks its host for a service.'),
    ),
  ],
  [E.VMLOAD, instruction('VMLOAD')],
  [E.VMSAVE, instruction('VMSAVE')],
  [E.STGI, instruction('STGI')],
  [E.CLGI, instruction('CLGI')],
  [E.SKINIT, instruction('SKINIT')],
  [E.RDTSCP, instruction('RDTSCP')],
  [E.ICEBP, instruction('ICEBP', 'INT1')],
  [E.WBINVD, instruction('WBINVD')],
  [E.MONITOR, instruction('MONITOR')],
  [E.MWAIT, instruction('MWAIT')],
  [E.MWAIT_ARMED, instruction('MWAIT_CONDITIONAL', 'MWAIT')],
  [E.XSETBV, instruction('XSETBV')],
  [0x8e, instruction('RDPRU')],
  [
    E.EFER_WRITE_TRAP,
    row(
      'EFER_WRITE_TRAP',
      () => l10n.t('EFER written'),
      () => l10n.t('The guest has written EFER: the exit comes behind the instruction.'),
    ),
  ],
  [0xa0, instruction('INVLPGB')],
  [0xa1, instruction('INVLPGB_ILLEGAL', 'INVLPGB')],
  [E.INVPCID, instruction('INVPCID')],
  [0xa3, instruction('MCOMMIT')],
  [0xa4, instruction('TLBSYNC')],
  [
    0xa5,
    row(
      'BUSLOCK',
      () => l10n.t('Bus lock'),
      () => l10n.t('The counter of bus locks has run down.'),
    ),
  ],
  [0xa6, instruction('IDLE_HLT', 'HLT')],
  [
    E.NPF,
    row(
      'NPF',
      () => l10n.t('Nested page fault'),
      () =>
        l10n.t(
          'The nested page tables do not allow an access to a guest-physical address, or do not map it.',
        ),
    ),
  ],
  [
    0x401,
    row(
      'AVIC_INCOMPLETE_IPI',
      () => l10n.t('AVIC: incomplete IPI'),
      () => l10n.t('AVIC could not deliver an interrupt between processors by itself.'),
    ),
  ],
  [
    0x402,
    row(
      'AVIC_NOACCEL',
      () => l10n.t('AVIC: not accelerated'),
      () => l10n.t('The guest accessed a register of its APIC that AVIC leaves to the host.'),
    ),
  ],
  [
    0x403,
    row(
      'VMGEXIT',
      () => 'VMGEXIT',
      () => l10n.t('An encrypted guest asks its host for a service.'),
    ),
  ],
  [
    -1,
    row(
      'INVALID',
      () => l10n.t('Invalid guest state'),
      () =>
        l10n.t(
          'VMRUN found something in the VMCB that is not allowed; the guest has executed nothing.',
        ),
    ),
  ],
  [
    -2,
    row(
      'BUSY',
      () => l10n.t('Busy'),
      () => l10n.t('The VMSA of an encrypted guest is in use.'),
    ),
  ],
];

const EXIT_ROWS: ReadonlyMap<number, SvmExitRow> = new Map(NAMED);

/** Of a control or debug register. */
function register(kind: 'CR' | 'DR', code: number): SvmExitRow {
  const name = `${kind}${String(code % 16)}`;
  const isWrite = (code & 0x10) !== 0;
  return row(
    `${name}_${isWrite ? 'WRITE' : 'READ'}`,
    () => (isWrite ? l10n.t('{0} write', name) : l10n.t('{0} read', name)),
    () =>
      isWrite
        ? l10n.t('The guest wrote {0}, which the VMCB intercepts.', name)
        : l10n.t('The guest read {0}, which the VMCB intercepts.', name),
  );
}

const exception = (vector: number): SvmExitRow =>
  row(
    `EXCP${String(vector)}`,
    () => l10n.t('Exception {0}', EXCEPTIONS[vector]?.mnemonic || String(vector)),
    () => l10n.t('{0} was raised in the guest, which the VMCB intercepts.', describeVector(vector)),
  );

function writeTrap(number: number): SvmExitRow {
  const name = `CR${String(number)}`;
  return row(
    `${name}_WRITE_TRAP`,
    () => l10n.t('{0} written', name),
    () => l10n.t('The guest has written {0}: the exit comes behind the instruction.', name),
  );
}

/**
 * The exit with a code.
 *
 * @param code as a signed number: VMEXIT_INVALID is -1
 * @returns undefined for a code that is not in use
 */
export function svmExit(code: number): SvmExitRow | undefined {
  const found = EXIT_ROWS.get(code);
  if (found || code < 0) return found;
  if (code < E.DR_READ) return register('CR', code);
  if (code < E.EXCEPTION) return register('DR', code);
  if (code < E.INTR) return exception(code - E.EXCEPTION);
  const trap = code - E.CR_WRITE_TRAP;
  return trap >= 0 && trap < 16 ? writeTrap(trap) : undefined;
}
