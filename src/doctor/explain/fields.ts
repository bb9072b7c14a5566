import * as l10n from '@vscode/l10n';
import { decodeBits, setBits, type BitTable, type DecodedField } from '../../isa/bits';
import { listed } from '../../isa/phrases';
import { svmExitName } from '../../isa/svm/exit-codes';
import { VMCB_FIELDS } from '../../isa/svm/vmcb';
import { exitReasonName } from '../../isa/vmx/exit-reasons';
import { VMCS_FIELDS } from '../../isa/vmx/fields';
import { VM_INSTRUCTION_ERRORS } from '../../isa/vmx/instruction-errors';
import { instructionInformationTable } from '../../isa/vmx/instruction-information';
import { qualificationTable } from '../../isa/vmx/qualification';
import type { Dump, FoundField } from '../dump';
import { eventText, hex } from './words';

/** A field of a dump, with what there is to say of it. */
export interface ExplainedField {
  readonly id: string;
  /** The manual's name. */
  readonly name: string;
  readonly section: string;
  readonly found: FoundField;
  readonly layout: BitTable | undefined;
  /** Its value in words; empty when there are none. */
  readonly meaning: string;
}

export interface FieldGroup {
  readonly title: string;
  readonly fields: readonly ExplainedField[];
}

const valueOf = (dump: Dump, id: string): number => Number(dump.fields.get(id)?.value ?? 0n);

/** The fields of a dump in groups: the exit, controls, guest, host. */
export function fieldGroups(dump: Dump): FieldGroup[] {
  const groups = dump.vendor === 'amd' ? vmcbGroups(dump) : vmcsGroups(dump);
  return groups.filter(({ fields }) => fields.length > 0);
}

function vmcsGroups(dump: Dump): FieldGroup[] {
  const of = (area: string): ExplainedField[] =>
    VMCS_FIELDS.filter((row) => row.area === area).flatMap((row) => {
      const found = dump.fields.get(row.id);
      if (!found) return [];
      const layout = vmcsLayout(dump, row.id) ?? row.bits;
      const meaning = vmcsMeaning(row.id, found.value) || names(layout, found.value);
      return [{ id: row.id, name: row.name, section: row.section, found, layout, meaning }];
    });
  return [
    { title: l10n.t('Exit information'), fields: of('exit-information') },
    { title: l10n.t('Controls'), fields: of('control') },
    { title: l10n.t('Guest state'), fields: of('guest') },
    { title: l10n.t('Host state'), fields: of('host') },
  ];
}

function vmcbGroups(dump: Dump): FieldGroup[] {
  const of = (area: string): ExplainedField[] =>
    VMCB_FIELDS.filter((row) => row.area === area).flatMap((row) => {
      const found = dump.fields.get(row.id);
      if (!found) return [];
      const layout = row.bits;
      const meaning =
        row.id === 'EXITCODE' ? (svmExitName(found.value) ?? '') : names(layout, found.value);
      return [{ id: row.id, name: row.name, section: row.section, found, layout, meaning }];
    });
  return [
    { title: l10n.t('Control area'), fields: of('control') },
    { title: l10n.t('State-save area'), fields: of('save') },
  ];
}

/** The layout of fields that depends on the exit. */
function vmcsLayout(dump: Dump, id: string): BitTable | undefined {
  const reason = valueOf(dump, 'VM_EXIT_REASON') & 0xffff;
  if (id === 'EXIT_QUALIFICATION')
    return qualificationTable(reason, valueOf(dump, 'VM_EXIT_INTR_INFO'));
  return id === 'VMX_INSTRUCTION_INFO' ? instructionInformationTable(reason) : undefined;
}

const EVENTS: ReadonlySet<string> = new Set([
  'VM_ENTRY_INTR_INFO',
  'VM_EXIT_INTR_INFO',
  'IDT_VECTORING_INFO',
]);

function vmcsMeaning(id: string, value: bigint): string {
  if (EVENTS.has(id)) return eventText(value);
  if (id === 'VM_EXIT_REASON') return exitReasonName(Number(value & 0xffffn));
  if (id === 'VM_INSTRUCTION_ERROR') return l10n.t(VM_INSTRUCTION_ERRORS[Number(value)] ?? '');
  return '';
}

const names = (layout: BitTable | undefined, value: bigint): string =>
  layout ? listed(setBits(layout, value)) : '';

/** One bit field in a row: its bits, its name, its value, what it is about. */
export function bitRow({ field, value, meaning }: DecodedField): string[] {
  const [low, high] = [String(field.low), String(field.low + field.width - 1)];
  const shown = field.width === 1 ? String(value) : hex(value);
  const said = meaning === undefined ? shown : `${shown} · ${l10n.t(meaning)}`;
  return [low === high ? low : `${high}:${low}`, field.name, said, l10n.t(field.gloss)];
}

export const bitRowsOf = (layout: BitTable, value: bigint): string[][] =>
  decodeBits(layout, value).map(bitRow);
