import * as l10n from '@vscode/l10n';
import { decodeBits, extract, type BitTable, type DecodedField } from '../bits';
import { Vector } from '../exceptions';
import { clauses, labelled, listed } from '../phrases';
import { InterruptionInfo } from './events';
import { ExitReason } from './exit-reasons';
import * as layouts from './qualification-layouts';
import {
  CR_ACCESS,
  CrAccessType,
  IO_INSTRUCTION,
  MOV_DR,
  TASK_SWITCH,
} from './qualification-layouts';

export * from './qualification-layouts';

/** Exit qualifications by exit reason (SDM 3C 28.2.1). */

/** Reasons whose qualification is the displacement of the memory operand. */
const DISPLACED = [
  ExitReason.GDTR_IDTR_ACCESS,
  ExitReason.LDTR_TR_ACCESS,
  ExitReason.INVEPT,
  ExitReason.INVPCID,
  ExitReason.INVVPID,
  ExitReason.VMCLEAR,
  ExitReason.VMPTRLD,
  ExitReason.VMPTRST,
  ExitReason.VMREAD,
  ExitReason.VMWRITE,
  ExitReason.VMXON,
  ExitReason.XRSTORS,
  ExitReason.XSAVES,
];

/** Reasons whose qualification is the number of an MSR. */
const OF_MSR = [
  ExitReason.RDMSRLIST,
  ExitReason.WRMSRLIST,
  ExitReason.URDMSR,
  ExitReason.UWRMSR,
  ExitReason.RDMSR_IMMEDIATE,
  ExitReason.WRMSRNS_IMMEDIATE,
];

const each = (reasons: readonly number[], layout: BitTable): [number, BitTable][] =>
  reasons.map((reason) => [reason, layout]);

const BY_REASON: ReadonlyMap<number, BitTable> = new Map<number, BitTable>([
  [ExitReason.ENTRY_FAILURE_GUEST_STATE, layouts.ENTRY_FAILURE],
  [ExitReason.ENTRY_FAILURE_MSR_LOADING, layouts.MSR_LOADING],
  [ExitReason.TASK_SWITCH, TASK_SWITCH],
  [ExitReason.INVLPG, layouts.INVLPG],
  [ExitReason.CR_ACCESS, CR_ACCESS],
  [ExitReason.MOV_DR, MOV_DR],
  [ExitReason.IO_INSTRUCTION, IO_INSTRUCTION],
  [ExitReason.MWAIT, layouts.MWAIT],
  [ExitReason.APIC_ACCESS, layouts.APIC_ACCESS],
  [ExitReason.VIRTUALIZED_EOI, layouts.VIRTUALIZED_EOI],
  [ExitReason.APIC_WRITE, layouts.APIC_WRITE],
  [ExitReason.PML_FULL, layouts.PML_FULL],
  [ExitReason.SPP_EVENT, layouts.SPP_EVENT],
  [ExitReason.INSTRUCTION_TIMEOUT, layouts.INSTRUCTION_TIMEOUT],
  [ExitReason.EPT_VIOLATION, layouts.EPT_VIOLATION],
  [ExitReason.SIPI, layouts.SIPI],
  [ExitReason.ENQCMD_PASID, layouts.PASID],
  [ExitReason.ENQCMDS_PASID, layouts.PASID],
  ...each(OF_MSR, layouts.MSR_NUMBER),
  ...each(DISPLACED, layouts.DISPLACEMENT),
]);

/** Of an exit because of an exception, by the exception's vector. */
const BY_VECTOR: ReadonlyMap<number, BitTable> = new Map<number, BitTable>([
  [Vector.DB, layouts.DEBUG_EXCEPTION],
  [Vector.PF, layouts.PAGE_FAULT],
]);

/** Every layout, for whoever looks at all of them. */
export const QUALIFICATION_TABLES: readonly BitTable[] = [
  ...new Set([...BY_REASON.values(), ...BY_VECTOR.values()]),
];

/**
 * The layout of the qualification of a basic exit reason, or undefined when the reason has none.
 *
 * @param interruption the VM-exit interruption information: it tells which exception caused the exit,
 *   of which the layout depends when the reason is an exception
 */
export function qualificationTable(reason: number, interruption: number): BitTable | undefined {
  if (reason !== ExitReason.EXCEPTION_NMI) return BY_REASON.get(reason);
  return BY_VECTOR.get(interruption & InterruptionInfo.VECTOR);
}

/** The parts of a qualification; none when there is none. */
export function decodeQualification(
  reason: number,
  qualification: bigint,
  interruption: number,
): DecodedField[] {
  const layout = qualificationTable(reason, interruption);
  return layout ? decodeBits(layout, qualification) : [];
}

function hex(value: bigint): string {
  return `0x${value.toString(16)}`;
}

type Describe = (q: bigint) => string;

function meaning(layout: BitTable, id: string, q: bigint): string {
  const found = layout.fields.find((field) => field.id === id);
  if (!found) return '';
  const value = extract(found, q);
  const named = found.values?.[Number(value)];
  return named === undefined ? hex(value) : l10n.t(named);
}

function describeCrAccess(q: bigint): string {
  const access = Number((q >> 4n) & 3n);
  if (access === CrAccessType.CLTS) return 'CLTS';
  if (access === CrAccessType.LMSW) return `LMSW ${hex((q >> 16n) & 0xffffn)}`;
  const cr = `CR${q & 15n}`;
  const gpr = meaning(CR_ACCESS, 'GPR', q);
  return access === CrAccessType.MOV_TO ? `MOV ${cr}, ${gpr}` : `MOV ${gpr}, ${cr}`;
}

function describeIo(q: bigint): string {
  const input = (q & 8n) !== 0n;
  const string = (q & 16n) !== 0n;
  const name = `${(q & 32n) !== 0n ? 'REP ' : ''}${input ? 'IN' : 'OUT'}${string ? 'S' : ''}`;
  return l10n.t(
    '{0} port {1}, {2}',
    name,
    hex((q >> 16n) & 0xffffn),
    meaning(IO_INSTRUCTION, 'SIZE', q),
  );
}

function describeEptViolation(q: bigint): string {
  const kinds = [
    [1n, l10n.t('read')],
    [2n, l10n.t('write')],
    [4n, l10n.t('instruction fetch')],
  ] as const;
  const access = kinds.filter(([mask]) => (q & mask) !== 0n).map(([, name]) => name);
  const rights = ['R', 'W', 'X'].filter((_, i) => ((q >> BigInt(3 + i)) & 1n) !== 0n).join('');
  const allowed = rights === '' ? l10n.t('not mapped') : l10n.t('EPT allows {0}', rights);
  const walk = (q & 0x180n) === 0x80n ? l10n.t('during the guest page walk') : '';
  return clauses(access.join(' + '), allowed, walk);
}

function describeApicAccess(q: bigint): string {
  return l10n.t('{0} at offset {1}', meaning(layouts.APIC_ACCESS, 'TYPE', q), hex(q & 0xfffn));
}

const DESCRIBE: ReadonlyMap<number, Describe> = new Map<number, Describe>([
  [ExitReason.CR_ACCESS, describeCrAccess],
  [ExitReason.IO_INSTRUCTION, describeIo],
  [ExitReason.EPT_VIOLATION, describeEptViolation],
  [
    ExitReason.MOV_DR,
    (q) => {
      const [dr, gpr] = [`DR${q & 7n}`, meaning(MOV_DR, 'GPR', q)];
      return (q & 16n) !== 0n ? `MOV ${gpr}, ${dr}` : `MOV ${dr}, ${gpr}`;
    },
  ],
  [
    ExitReason.TASK_SWITCH,
    (q) => l10n.t('to TSS {0} by {1}', hex(q & 0xffffn), meaning(TASK_SWITCH, 'SOURCE', q)),
  ],
  [ExitReason.APIC_ACCESS, describeApicAccess],
  [ExitReason.APIC_WRITE, (q) => l10n.t('write at offset {0}', hex(q & 0xfffn))],
  [ExitReason.VIRTUALIZED_EOI, (q) => l10n.t('vector {0}', hex(q & 0xffn))],
  [ExitReason.INVLPG, hex],
]);

/** A qualification in one line for people; empty when there is nothing to say. */
export function describeQualification(
  reason: number,
  qualification: bigint,
  interruption: number,
): string {
  const describe = DESCRIBE.get(reason);
  if (describe) return describe(qualification);
  if (qualification === 0n) return '';
  const parts = decodeQualification(reason, qualification, interruption).filter(
    ({ value }) => value !== 0n,
  );
  if (parts.length === 0) return hex(qualification);
  return listed(
    parts.map(({ field, value, meaning: text }) => {
      if (text !== undefined) return labelled(field.name, l10n.t(text));
      return field.width === 1 ? field.name : labelled(field.name, hex(value));
    }),
  );
}
