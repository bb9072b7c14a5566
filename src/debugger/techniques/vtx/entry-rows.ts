import * as l10n from '@vscode/l10n';
import { labelled, withNote } from '../../../isa/phrases';
import { ExitReason } from '../../../isa/vmx/exit-reasons';
import { fieldByEncoding, type Field } from '../../../isa/vmx/fields';
import { VM_INSTRUCTION_ERRORS, VmInstructionError } from '../../../isa/vmx/instruction-errors';
import { formatFailure, type EntryCheckFailure } from '../../../processor/vmx/entry-checks';
import { formatNumber, group, hex, leaf, type Row, type ViewRequest } from '../../views/row';
import { writerRow } from '../last-write';
import { exitName } from './exit-words';
import type { NextEntry } from './next-entry';
import type { VmcsView } from './vmcs-view';

/** Why a VM entry fails: the last one, and the next one as the VMCS is now. */

export const FAILED = 'failure';
export const NEXT = 'next';

/** The rows above the groups of fields. */
export function entryRows(view: VmcsView): Row[] {
  const { failures } = view;
  const next = view.nextEntry();
  const failed = group(FAILED, l10n.t('Why entry failed'), true, {
    description: l10n.t('{0} checks', failures.length),
    severity: 'error',
  });
  return [...(failures.length > 0 ? [failed] : []), ...(next ? [nextRow(next)] : [])];
}

function nextRow({ instruction, failures, error }: NextEntry): Row {
  const label = l10n.t('Next VM entry');
  const [first] = failures;
  if (error !== undefined) {
    const description = l10n.t('{0} will fail: {1}', instruction, errorText(error));
    return leaf(NEXT, label, description, { severity: 'warning' });
  }
  if (!first) {
    const description = l10n.t('{0} will pass: every check of the VMCS holds', instruction);
    return leaf(NEXT, label, description, { icon: 'pass' });
  }
  const one = l10n.t('{0}: {1}', first.found, first.allowed);
  const all = failures.length > 1 ? withNote(one, l10n.t('{0} checks', failures.length)) : one;
  return group(NEXT, label, false, {
    description: l10n.t('{0} will fail: {1}', instruction, all),
    tooltip: wayOfFailing(first),
    severity: 'warning',
  });
}

const errorText = (error: number): string =>
  l10n.t('VM-instruction error {0}: {1}', error, l10n.t(VM_INSTRUCTION_ERRORS[error] ?? ''));

/** The processor stops after the first area that has failures (SDM 3C 27.1). */
function wayOfFailing({ area }: EntryCheckFailure): string {
  if (area === 'controls') return errorText(VmInstructionError.ENTRY_INVALID_CONTROLS);
  if (area === 'host') return errorText(VmInstructionError.ENTRY_INVALID_HOST_STATE);
  const reason = ExitReason.ENTRY_FAILURE_GUEST_STATE;
  return l10n.t('VM exit with reason {0}: {1}', reason, exitName(reason));
}

/** One row for each check that failed, and below it what was found, what is allowed, and who wrote it. */
export function failureRows(view: VmcsView, request: ViewRequest, node: string): Row[] {
  const [top, number] = node.split('/');
  const failures = top === NEXT ? view.nextEntry()?.failures : view.failures;
  if (!failures) return [];
  if (number === undefined) {
    return failures.map((failure, n) => failureRow(`${top ?? ''}/${String(n)}`, failure));
  }
  const failure = failures[Number(number)];
  if (!failure) return [];
  return [
    leaf(`${node}/found`, l10n.t('found'), failure.found),
    leaf(`${node}/allowed`, l10n.t('allowed'), failure.allowed),
    ...failure.fields.flatMap((field) => fieldRows(view, request, node, field)),
    leaf(`${node}/manual`, l10n.t('manual'), failure.section),
  ];
}

function failureRow(id: string, failure: EntryCheckFailure): Row {
  return {
    id,
    label: failure.found,
    description: failure.allowed,
    tooltip: formatFailure(failure),
    severity: 'error',
    children: 'collapsed',
  };
}

/** A field that a check is about, and who wrote it. */
function fieldRows(view: VmcsView, request: ViewRequest, node: string, field: Field): Row[] {
  const row = fieldByEncoding(field);
  if (!row) return [leaf(`${node}/${hex(field)}`, l10n.t('field'), hex(field))];
  const value = formatNumber(view.vmcs.read(row.encoding), request.format);
  const expression = `vmcs.${row.id.toLowerCase()}`;
  return [
    leaf(`${node}/${row.id}`, l10n.t('field'), labelled(row.name, value), { value, expression }),
    writerRow(`${node}/${row.id}.writer`, view.lastWrite(row), {
      placeName: (address) => view.placeName(address),
      unknown: l10n.t('not by VMWRITE, since the debugger looks'),
    }),
  ];
}
