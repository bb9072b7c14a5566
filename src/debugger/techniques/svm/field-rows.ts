import * as l10n from '@vscode/l10n';
import type { BitTable } from '../../../isa/bits';
import { describeVector } from '../../../isa/exceptions';
import { withNote } from '../../../isa/phrases';
import { vmcbField } from '../../../isa/svm/vmcb';
import type { Vmcb } from '../../../processor/svm/vmcb';
import { bitRows, bitTooltip, summary } from '../../views/bit-rows';
import { formatNumber, hex, type Row, type ViewRequest } from '../../views/row';
import { information1Table, information2Table } from './exit-information';
import { exitId, exitName } from './exit-words';
import type { FieldRow, VmcbView } from './vmcb-view';

/** A field of the VMCB as a row, and its bits as the rows below. */

/** The exit code as a signed number. */
export const codeOf = (vmcb: Vmcb): number => Number(BigInt.asIntN(64, vmcb.read('EXITCODE')));

/** The layout of a field's bits; that of some depends on the exit code. */
function layoutOf({ vmcb, hasRun }: VmcbView, row: FieldRow): BitTable | undefined {
  if (row.id === 'EXITINFO1') return hasRun ? information1Table(codeOf(vmcb)) : undefined;
  if (row.id === 'EXITINFO2') return hasRun ? information2Table(codeOf(vmcb)) : undefined;
  return row.bits;
}

/** A field with its value and what that means. */
export function fieldRow(
  view: VmcbView,
  parent: string,
  row: FieldRow,
  request: ViewRequest,
  changed: boolean,
): Row {
  const value = view.vmcb.read(row.id);
  const layout = layoutOf(view, row);
  const number = formatNumber(value, request.format);
  const names = meaningOf(view, row, value) || (layout ? summary(layout, value) : '');
  return {
    id: `${parent}/${row.id}`,
    label: row.name,
    description: names ? `${number}  ${names}` : number,
    tooltip: tooltip(row, value, layout),
    ...(changed && { changed }),
    children: layout ? 'collapsed' : 'none',
    value: number,
    expression: `vmcb.${row.id.toLowerCase()}`,
    editable: true,
  };
}

function meaningOf({ hasRun }: VmcbView, { id }: FieldRow, value: bigint): string {
  if (id === 'EXITCODE' && hasRun) {
    const code = Number(BigInt.asIntN(64, value));
    return withNote(exitName(code), exitId(code));
  }
  const isEvent = id === 'EXITINTINFO' || id === 'EVENTINJ';
  return isEvent && value >> 31n === 1n ? describeVector(Number(value & 0xffn)) : '';
}

function tooltip(row: FieldRow, value: bigint, layout: BitTable | undefined): string {
  const head = [
    `**${row.name}**  \n\`${row.id}\` · ${l10n.t('{0} bits', row.width)}`,
    l10n.t('offset {0} in the VMCB', hex(row.offset)),
    `*${row.section}*`,
  ].join('  \n');
  return layout ? `${head}\n\n${bitTooltip(layout, value)}` : head;
}

/** The bits of a field. */
export function fieldChildren(
  view: VmcbView,
  parent: string,
  fieldId: string,
  before: (key: string) => bigint | undefined,
): Row[] {
  const row = vmcbField(fieldId);
  const layout = row && layoutOf(view, row);
  if (!row || !layout) return [];
  return bitRows(parent, layout, view.vmcb.read(row.id), before(row.id));
}
