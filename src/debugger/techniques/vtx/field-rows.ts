import * as l10n from '@vscode/l10n';
import { withNote } from '../../../isa/phrases';
import { isDefinedAfter } from '../../../isa/vmx/defined-information';
import { Field, fieldByName, type FieldRow } from '../../../isa/vmx/fields';
import { VM_INSTRUCTION_ERRORS } from '../../../isa/vmx/instruction-errors';
import { instructionInformationTable } from '../../../isa/vmx/instruction-information';
import { describeQualification, qualificationTable } from '../../../isa/vmx/qualification';
import type { ControlLimits, VmxCapabilities } from '../../../processor/vmx/capabilities';
import type { Vmcs } from '../../../processor/vmx/vmcs';
import { fieldOffset } from '../../../processor/vmx/vmcs-layout';
import { bitRows, bitTooltip, summary } from '../../views/bit-rows';
import { formatNumber, hex, type Row, type ViewRequest } from '../../views/row';
import { exitName } from './exit-words';

/** A field of the VMCS as a row, and its bits as the rows below. */

/** The layout of a field's bits; that of some depends on the exit reason. */
function layoutOf(vmcs: Vmcs, row: FieldRow) {
  const reason = vmcs.readNumber(Field.VM_EXIT_REASON) & 0xffff;
  if (row.encoding === Field.EXIT_QUALIFICATION)
    return qualificationTable(reason, vmcs.readNumber(Field.VM_EXIT_INTR_INFO));
  if (row.encoding === Field.VMX_INSTRUCTION_INFO) return instructionInformationTable(reason);
  return row.bits;
}

/** A field with its value and what that means. */
export function fieldRow(
  vmcs: Vmcs,
  parent: string,
  row: FieldRow,
  request: ViewRequest,
  changed: boolean,
): Row {
  const value = vmcs.read(row.encoding);
  const layout = layoutOf(vmcs, row);
  const number = formatNumber(value, request.format);
  const isDefined = definedNow(vmcs, row);
  const names = isDefined
    ? meaningOf(vmcs, row, value) || (layout ? summary(layout, value) : '')
    : l10n.t('undefined after this VM exit');
  return {
    id: `${parent}/${row.id}`,
    label: row.name,
    description: names ? `${number}  ${names}` : number,
    tooltip: tooltip(row, value, layout),
    ...(changed && { changed }),
    ...(!isDefined && { dimmed: true }),
    children: layout ? 'collapsed' : 'none',
    value: number,
    expression: `vmcs.${row.id.toLowerCase()}`,
    editable: true,
  };
}

/** Whether the last VM exit has given the field a value; before the first one there is nothing to tell. */
function definedNow(vmcs: Vmcs, { area, encoding }: FieldRow): boolean {
  const reason = vmcs.readNumber(Field.VM_EXIT_REASON);
  if (area !== 'exit-information' || (reason === 0 && vmcs.launchState === 0)) return true;
  return isDefinedAfter(encoding, {
    reason,
    qualification: vmcs.read(Field.EXIT_QUALIFICATION),
    interruption: vmcs.readNumber(Field.VM_EXIT_INTR_INFO),
    idtVectoring: vmcs.readNumber(Field.IDT_VECTORING_INFO),
  });
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

/** The bits of a field. */
export function fieldChildren(
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
