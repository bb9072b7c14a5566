import * as l10n from '@vscode/l10n';
import { labelled, listed, withNote } from '../../../isa/phrases';
import { Field, type FieldRow } from '../../../isa/vmx/fields';
import { describeQualification } from '../../../isa/vmx/qualification';
import type { Vmcs } from '../../../processor/vmx/vmcs';
import { formatNumber, group, hex, leaf, type Row, type ViewRequest } from '../../views/row';
import { entryRows, FAILED, failureRows, NEXT } from './entry-rows';
import { exitName } from './exit-words';
import { fieldChildren, fieldRow } from './field-rows';
import { byRegister } from './vmcs-registers';
import { fieldsOf, type VmcsView } from './vmcs-view';

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

function interest({ encoding }: FieldRow): number {
  const place = FIRST.indexOf(encoding);
  return place < 0 ? FIRST.length : place;
}

/** Which fields have changed since the last stop, and what they were. */
export interface Changes {
  changed(key: string): boolean;
  before(key: string): bigint | undefined;
}

export function vmcsRows(view: VmcsView, request: ViewRequest, changes: Changes): Row[] {
  const { vmcs } = view;
  const [top = '', fieldId] = (request.node ?? '').split('/');
  if (!request.node) return topRows(view, request, changes);
  if (top === FAILED || top === NEXT) return failureRows(view, request, request.node);
  if (top === 'raw') return rawRows(vmcs);
  if (fieldId !== undefined)
    return fieldChildren(vmcs, view.capabilities, request.node, fieldId, changes.before);
  const [groupId, register] = top.split('.');
  const inGroup = GROUPS.find(({ id }) => id === groupId);
  if (!inGroup) return [];
  const wanted = fieldsOf(view)
    .filter((row) => inGroup.holds(row) && isWanted(row, request, changes))
    .sort((a, b) => interest(a) - interest(b));
  const items = byRegister(wanted);
  const rowOf = (row: FieldRow): Row => fieldRow(vmcs, top, row, request, changes.changed(row.id));
  if (register === undefined) {
    return items.map((item) =>
      item.kind === 'field'
        ? rowOf(item.field)
        : registerRow(vmcs, `${top}.${item.name}`, item, request, changes),
    );
  }
  const found = items.find((item) => item.kind === 'register' && item.name === register);
  if (found) return found.kind === 'register' ? found.fields.map(rowOf) : [];
  return [];
}

const isWanted = ({ id }: FieldRow, { changedOnly }: ViewRequest, changes: Changes): boolean =>
  !changedOnly || changes.changed(id);

/** A register whose parts are fields: all of them at a glance. */
function registerRow(
  vmcs: Vmcs,
  id: string,
  { name, fields }: { readonly name: string; readonly fields: readonly FieldRow[] },
  { format }: ViewRequest,
  { changed }: Changes,
): Row {
  const parts = fields.map((field) => {
    const value = formatNumber(vmcs.read(field.encoding), format);
    return labelled(partName(field), value);
  });
  const description = listed(parts);
  const isChanged = fields.some((field) => changed(field.id));
  return group(id, name, false, { description, ...(isChanged && { changed: true }) });
}

function partName({ id }: FieldRow): string {
  if (id.endsWith('_SELECTOR')) return l10n.t('selector');
  if (id.endsWith('_BASE')) return l10n.t('base');
  return id.endsWith('_LIMIT') ? l10n.t('limit') : l10n.t('access rights');
}

function topRows(view: VmcsView, { changedOnly }: ViewRequest, { changed }: Changes): Row[] {
  const { vmcs } = view;
  const groups = GROUPS.flatMap(({ id, label, open, holds }) => {
    const changes = fieldsOf(view).filter((row) => holds(row) && changed(row.id)).length;
    if (changedOnly && changes === 0) return [];
    const description =
      id === 'exit' ? whyHere(vmcs) : changes > 0 ? l10n.t('{0} changed', changes) : '';
    const isOpen = open || changedOnly === true;
    return [group(id, label(), isOpen, { description, ...(changes > 0 && { changed: true }) })];
  });
  if (changedOnly) return [...entryRows(view), ...groups];
  const raw = group('raw', l10n.t('The raw region'), false, {
    description: l10n.t('host-physical {0}', hex(vmcs.address)),
    memoryReference: `hpa:${hex(vmcs.address)}`,
  });
  return [...entryRows(view), ...groups, raw];
}

/** '10: CPUID', with the qualification decoded. */
function whyHere(vmcs: Vmcs): string {
  const reason = vmcs.readNumber(Field.VM_EXIT_REASON);
  const basic = reason & 0xffff;
  const event = vmcs.readNumber(Field.VM_EXIT_INTR_INFO);
  // An exit for reason 0 tells of a valid event.
  if (reason === 0 && !(event & 0x80000000)) return l10n.t('no VM exit yet');
  const detail = describeQualification(basic, vmcs.read(Field.EXIT_QUALIFICATION), event);
  return labelled(String(basic), withNote(exitName(basic), detail));
}

/** The first bytes of the region: what software may rely on, and the launch state. */
function rawRows(vmcs: Vmcs): Row[] {
  return [
    leaf('raw/revision', l10n.t('VMCS revision identifier'), hex(vmcs.revision)),
    leaf('raw/abort', l10n.t('VMX-abort indicator'), hex(vmcs.abortIndicator)),
    leaf('raw/launch', l10n.t('launch state'), vmcs.launchState === 0 ? 'clear' : 'launched'),
  ];
}
