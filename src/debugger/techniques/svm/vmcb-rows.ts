import * as l10n from '@vscode/l10n';
import { labelled, listed } from '../../../isa/phrases';
import { formatNumber, group, hex, type Row, type ViewRequest } from '../../views/row';
import { exitId, exitName } from './exit-words';
import { codeOf, fieldChildren, fieldRow } from './field-rows';
import {
  partsOf,
  registerOf,
  SHOWN_FIELDS,
  type Changes,
  type FieldRow,
  type VmcbView,
} from './vmcb-view';
import { FAILED, failureRows, NEXT, vmrunRows } from './vmrun-rows';

/** A VMCB, read from its page of host-physical memory. */

interface Group {
  readonly id: string;
  readonly label: () => string;
  readonly open: boolean;
  holds(row: FieldRow): boolean;
}

const named =
  (pattern: RegExp) =>
  ({ area, id }: FieldRow): boolean =>
    area === 'control' && pattern.test(id);

const CONTROLS: readonly Group[] = [
  {
    id: 'exit',
    label: () => l10n.t('Why we are here'),
    open: true,
    holds: named(/^(EXIT|NRIP|BYTES_FETCHED)/),
  },
  {
    id: 'guest',
    label: () => l10n.t('Guest state'),
    open: false,
    holds: ({ area }) => area === 'save',
  },
  {
    id: 'intercepts',
    label: () => l10n.t('Intercepts'),
    open: false,
    holds: named(/^(INTERCEPT_|PAUSE_|IOPM|MSRPM|BUS_LOCK)/),
  },
  {
    id: 'translation',
    label: () => l10n.t('Nested paging, ASID, TLB'),
    open: false,
    holds: named(/^(NESTED_CONTROL|N_CR3|GUEST_ASID|TLB_CONTROL)/),
  },
  {
    id: 'events',
    label: () => l10n.t('Event injection'),
    open: false,
    holds: named(/^EVENTINJ/),
  },
  {
    id: 'interrupts',
    label: () => l10n.t('Virtual interrupts'),
    open: false,
    holds: named(/^(VIRTUAL_INTERRUPT|V_INTR|INTERRUPT_SHADOW|AVIC|UPDATE_IRR|REQUESTED_IRR)/),
  },
  { id: 'clean', label: () => l10n.t('Clean bits'), open: false, holds: named(/^VMCB_CLEAN/) },
];

const GROUPS: readonly Group[] = [
  ...CONTROLS,
  {
    id: 'others',
    label: () => l10n.t('Other controls'),
    open: false,
    holds: (row) => !CONTROLS.some(({ holds }) => holds(row)),
  },
];

export function vmcbRows(view: VmcbView, request: ViewRequest, changes: Changes): Row[] {
  const { node } = request;
  const [top = '', fieldId] = (node ?? '').split('/');
  if (!node) return topRows(view, request, changes);
  if (top === FAILED || top === NEXT) return failureRows(view, request, node);
  if (fieldId !== undefined) return fieldChildren(view, node, fieldId, changes.before);
  const [groupId, register] = top.split('.');
  const inGroup = GROUPS.find(({ id }) => id === groupId);
  if (!inGroup) return [];
  const isWanted = ({ id }: FieldRow): boolean => !request.changedOnly || changes.changed(id);
  const rowOf = (row: FieldRow): Row => fieldRow(view, top, row, request, changes.changed(row.id));
  if (register !== undefined) return partsOf(register).filter(isWanted).map(rowOf);
  const wanted = SHOWN_FIELDS.filter((row) => inGroup.holds(row) && isWanted(row));
  const registers = new Set<string>();
  return wanted.flatMap((row): Row[] => {
    const name = registerOf(row);
    if (name === undefined) return [rowOf(row)];
    if (registers.has(name)) return [];
    registers.add(name);
    return [registerRow(view, `${top}.${name}`, name, request, changes)];
  });
}

/** A segment or a table, whose parts are fields: all of them at a glance. */
function registerRow(
  { vmcb }: VmcbView,
  id: string,
  name: string,
  { format }: ViewRequest,
  { changed }: Changes,
): Row {
  const parts = partsOf(name);
  const texts = parts.map((row) =>
    labelled(partName(row), formatNumber(vmcb.read(row.id), format)),
  );
  const isChanged = parts.some((row) => changed(row.id));
  return group(id, name, false, {
    description: listed(texts),
    ...(isChanged && { changed: true }),
  });
}

function partName({ id }: FieldRow): string {
  if (id.endsWith('_SELECTOR')) return l10n.t('selector');
  if (id.endsWith('_BASE')) return l10n.t('base');
  return id.endsWith('_LIMIT') ? l10n.t('limit') : l10n.t('attributes');
}

function topRows(view: VmcbView, { changedOnly }: ViewRequest, { changed }: Changes): Row[] {
  const { vmcb } = view;
  const groups = GROUPS.flatMap(({ id, label, open, holds }) => {
    const changes = SHOWN_FIELDS.filter((row) => holds(row) && changed(row.id)).length;
    if (changedOnly && changes === 0) return [];
    const description =
      id === 'exit' ? whyHere(view) : changes > 0 ? l10n.t('{0} changed', changes) : '';
    const isOpen = open || changedOnly === true;
    return [group(id, label(), isOpen, { description, ...(changes > 0 && { changed: true }) })];
  });
  if (changedOnly) return [...vmrunRows(view), ...groups];
  const raw: Row = {
    id: 'raw',
    label: l10n.t('The page of the VMCB'),
    description: l10n.t('host-physical {0}', hex(vmcb.address)),
    memoryReference: `hpa:${hex(vmcb.address)}`,
    children: 'none',
  };
  return [...vmrunRows(view), ...groups, raw];
}

/** '0x72: CPUID' */
function whyHere({ vmcb, hasRun }: VmcbView): string {
  if (!hasRun) return l10n.t('no #VMEXIT yet');
  const code = codeOf(vmcb);
  return labelled(code < 0 ? exitId(code) : hex(code), exitName(code));
}
