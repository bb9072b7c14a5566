import * as l10n from '@vscode/l10n';
import { labelled, withNote } from '../../../isa/phrases';
import { VMCS_FIELDS, Field, fieldByName, type FieldRow } from '../../../isa/vmx/fields';
import { VM_INSTRUCTION_ERRORS } from '../../../isa/vmx/instruction-errors';
import { describeQualification, qualificationTable } from '../../../isa/vmx/qualification';
import { instructionInformationTable } from '../../../isa/vmx/instruction-information';
import {
  fieldExists,
  type ControlLimits,
  type VmxCapabilities,
} from '../../../processor/vmx/capabilities';
import { formatFailure, type EntryCheckFailure } from '../../../processor/vmx/entry-checks';
import type { Vmcs } from '../../../processor/vmx/vmcs';
import { fieldOffset } from '../../../processor/vmx/vmcs-layout';
import { bitRows, bitTooltip, summary } from '../../views/bit-rows';
import { formatNumber, group, hex, leaf, type Row, type ViewRequest } from '../../views/row';
import { exitName } from './exit-words';

/** The current VMCS, read from its region in host-physical memory. */

interface Group {
  readonly id: string;
  readonly label: () => string;
  readonly open: boolean;
  holds(row: FieldRow): boolean;
}

const isExecution = (row: FieldRow): boolean =>
  row.area === 'control' && !isExit(row) && !isEntry(row);
const isExit = (row: FieldRow): boolean => row.area === 'control' && /VM_EXIT/.test(row.id);
const isEntry = (row: FieldRow): boolean => row.area === 'control' && /VM_ENTRY/.test(row.id);

const GROUPS: readonly Group[] = [
  {
    id: 'exit',
    label: () => l10n.t('Why we are here'),
    open: true,
    holds: (row) => row.area === 'exit-information',
  },
  {
    id: 'guest',
    label: () => l10n.t('Guest state'),
    open: false,
    holds: (row) => row.area === 'guest',
  },
  {
    id: 'host',
    label: () => l10n.t('Host state'),
    open: false,
    holds: (row) => row.area === 'host',
  },
  { id: 'execution', label: () => l10n.t('Execution controls'), open: false, holds: isExecution },
  { id: 'exit-controls', label: () => l10n.t('Exit controls'), open: false, holds: isExit },
  { id: 'entry-controls', label: () => l10n.t('Entry controls'), open: false, holds: isEntry },
];

/** What a person asks first of an exit; the other fields follow in the order of their encodings. */
const FIRST: readonly number[] = [
  Field.VM_EXIT_REASON,
  Field.EXIT_QUALIFICATION,
  Field.VM_EXIT_INSTRUCTION_LEN,
  Field.GUEST_PHYSICAL_ADDRESS,
  Field.GUEST_LINEAR_ADDRESS,
];

/** What the rows are made from. */
export interface VmcsView {
  readonly vmcs: Vmcs;
  readonly capabilities: VmxCapabilities;
  readonly failures: readonly EntryCheckFailure[];
}

/** The fields that this processor has. */
export function fieldsOf({ capabilities }: VmcsView): readonly FieldRow[] {
  return VMCS_FIELDS.filter((row) => fieldExists(capabilities, row));
}

function interest({ encoding }: FieldRow): number {
  const place = FIRST.indexOf(encoding);
  return place < 0 ? FIRST.length : place;
}

export function vmcsRows(
  view: VmcsView,
  request: ViewRequest,
  changedSince: (key: string) => boolean,
  before: (key: string) => bigint | undefined,
): Row[] {
  const { vmcs } = view;
  const [top, fieldId] = (request.node ?? '').split('/');
  if (!request.node) return topRows(view, changedSince);
  if (top === 'failure') return failureRows(view.failures, request.node);
  if (top === 'raw') return rawRows(vmcs);
  if (fieldId !== undefined)
    return fieldChildren(vmcs, view.capabilities, request.node, fieldId, before);
  const inGroup = GROUPS.find(({ id }) => id === top);
  if (!inGroup) return [];
  return fieldsOf(view)
    .filter((row) => inGroup.holds(row))
    .sort((a, b) => interest(a) - interest(b))
    .map((row) => fieldRow(vmcs, inGroup.id, row, request, changedSince(row.id)));
}

function topRows(view: VmcsView, changedSince: (key: string) => boolean): Row[] {
  const { vmcs, failures } = view;
  const first: Row[] = failures.length
    ? [
        group('failure', l10n.t('Why entry failed'), true, {
          description: l10n.t('{0} checks', failures.length),
          severity: 'error',
        }),
      ]
    : [];
  const groups = GROUPS.map(({ id, label, open, holds }) => {
    const changes = fieldsOf(view).filter((row) => holds(row) && changedSince(row.id)).length;
    const description =
      id === 'exit' ? whyHere(vmcs) : changes > 0 ? l10n.t('{0} changed', changes) : '';
    return group(id, label(), open, { description, ...(changes > 0 && { changed: true }) });
  });
  const raw = group('raw', l10n.t('The raw region'), false, {
    description: l10n.t('host-physical {0}', hex(vmcs.address)),
    memoryReference: `hpa:${hex(vmcs.address)}`,
  });
  return [...first, ...groups, raw];
}

/** '10: CPUID', with the qualification decoded. */
function whyHere(vmcs: Vmcs): string {
  const reason = vmcs.readNumber(Field.VM_EXIT_REASON);
  const basic = reason & 0xffff;
  if (reason === 0 && vmcs.launchState === 0) return l10n.t('no VM exit yet');
  const detail = describeQualification(
    basic,
    vmcs.read(Field.EXIT_QUALIFICATION),
    vmcs.readNumber(Field.VM_EXIT_INTR_INFO),
  );
  return labelled(String(basic), withNote(exitName(basic), detail));
}

/** The layout of a field's bits; that of some depends on the exit reason. */
function layoutOf(vmcs: Vmcs, row: FieldRow) {
  const reason = vmcs.readNumber(Field.VM_EXIT_REASON) & 0xffff;
  if (row.encoding === Field.EXIT_QUALIFICATION)
    return qualificationTable(reason, vmcs.readNumber(Field.VM_EXIT_INTR_INFO));
  if (row.encoding === Field.VMX_INSTRUCTION_INFO) return instructionInformationTable(reason);
  return row.bits;
}

function fieldRow(
  vmcs: Vmcs,
  parent: string,
  row: FieldRow,
  request: ViewRequest,
  changed: boolean,
): Row {
  const value = vmcs.read(row.encoding);
  const layout = layoutOf(vmcs, row);
  const names = meaningOf(vmcs, row, value) || (layout ? summary(layout, value) : '');
  const number = formatNumber(value, request.format);
  return {
    id: `${parent}/${row.id}`,
    label: row.name,
    description: names ? `${number}  ${names}` : number,
    tooltip: tooltip(row, value, layout),
    ...(changed && { changed }),
    children: layout ? 'collapsed' : 'none',
    value: number,
    expression: `vmcs.${row.id.toLowerCase()}`,
    editable: true,
  };
}

function meaningOf(vmcs: Vmcs, row: FieldRow, value: bigint): string {
  if (row.encoding === Field.VM_EXIT_REASON && vmcs.launchState !== 0) {
    return exitName(Number(value & 0xffffn));
  }
  if (row.encoding === Field.VM_INSTRUCTION_ERROR && value !== 0n) {
    return l10n.t(VM_INSTRUCTION_ERRORS[Number(value)] ?? '');
  }
  if (row.encoding === Field.EXIT_QUALIFICATION) {
    const reason = vmcs.readNumber(Field.VM_EXIT_REASON) & 0xffff;
    return describeQualification(reason, value, vmcs.readNumber(Field.VM_EXIT_INTR_INFO));
  }
  return '';
}

function tooltip(row: FieldRow, value: bigint, layout: ReturnType<typeof layoutOf>): string {
  const width = row.width === 'natural' ? l10n.t('natural width') : l10n.t('{0} bits', row.width);
  const head = [
    `**${row.name}**  \n\`${row.id}\` · ${l10n.t('encoding {0}', `0x${row.encoding.toString(16).padStart(4, '0')}`)} · ${width}`,
    l10n.t('offset {0} in the region', hex(fieldOffset(row.encoding))),
    `*${row.section}*`,
  ].join('  \n');
  return layout ? `${head}\n\n${bitTooltip(layout, value)}` : head;
}

/** The settings that the processor allows for a set of controls. */
function allowedOf(fieldId: string, limits: VmxCapabilities): ControlLimits | undefined {
  switch (fieldId) {
    case 'PIN_BASED_VM_EXEC_CONTROL':
      return limits.pinBased;
    case 'CPU_BASED_VM_EXEC_CONTROL':
      return limits.primary;
    case 'SECONDARY_VM_EXEC_CONTROL':
      return limits.secondary;
    case 'VM_EXIT_CONTROLS':
      return limits.exit;
    case 'VM_ENTRY_CONTROLS':
      return limits.entry;
    default:
      return undefined;
  }
}

function fieldChildren(
  vmcs: Vmcs,
  capabilities: VmxCapabilities,
  parent: string,
  fieldId: string,
  before: (key: string) => bigint | undefined,
): Row[] {
  const row = fieldByName(fieldId);
  const layout = row && layoutOf(vmcs, row);
  if (!row || !layout) return [];
  const rows = bitRows(parent, layout, vmcs.read(row.encoding), before(row.id));
  const allowed = allowedOf(row.id, capabilities);
  return allowed
    ? rows.map((bit, n) => withAllowed(bit, layout.fields[n]?.low ?? 0, allowed))
    : rows;
}

/** Adds which settings of a control bit a VM entry would accept. */
function withAllowed(bit: Row, low: number, { mustBe1, mayBe1 }: ControlLimits): Row {
  const mask = 2 ** low;
  const must = Math.floor(mustBe1 / mask) % 2 === 1;
  const may = Math.floor(mayBe1 / mask) % 2 === 1;
  const text = must ? l10n.t('must be 1') : may ? l10n.t('may be 0 or 1') : l10n.t('must be 0');
  return { ...bit, description: withNote(bit.description ?? '', text) };
}

/** One row for each check that failed: what was found, what is allowed, and the fields it concerns. */
function failureRows(failures: readonly EntryCheckFailure[], node: string): Row[] {
  const number = node.split('/')[1];
  if (number !== undefined) {
    const failure = failures[Number(number)];
    if (!failure) return [];
    return [
      leaf(`${node}/found`, l10n.t('found'), failure.found),
      leaf(`${node}/allowed`, l10n.t('allowed'), failure.allowed),
      ...failure.fields.map((field) => {
        const row = VMCS_FIELDS.find(({ encoding }) => encoding === field);
        return leaf(`${node}/${row?.id ?? hex(field)}`, l10n.t('field'), row?.name ?? hex(field), {
          expression: `vmcs.${(row?.id ?? '').toLowerCase()}`,
        });
      }),
    ];
  }
  return failures.map((failure, n) => ({
    id: `failure/${String(n)}`,
    label: failure.found,
    description: failure.allowed,
    tooltip: formatFailure(failure),
    severity: 'error',
    children: 'collapsed',
  }));
}

/** The first bytes of the region: what software may rely on, and the launch state. */
function rawRows(vmcs: Vmcs): Row[] {
  return [
    leaf('raw/revision', l10n.t('VMCS revision identifier'), hex(vmcs.revision)),
    leaf('raw/abort', l10n.t('VMX-abort indicator'), hex(vmcs.abortIndicator)),
    leaf('raw/launch', l10n.t('launch state'), vmcs.launchState === 0 ? 'clear' : 'launched'),
  ];
}
