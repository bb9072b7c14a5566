import * as l10n from '@vscode/l10n';
import { labelled, listed, withNote } from '../../../isa/phrases';
import { vmcbField } from '../../../isa/svm/vmcb';
import type { VmrunFailure } from '../../../processor/svm/vmrun-failures';
import { formatNumber, group, hex, leaf, type Row, type ViewRequest } from '../../views/row';
import { writerRow } from '../last-write';
import type { VmcbView } from './vmcb-view';

/** Why VMRUN fails: the last one, and the next one as the VMCB is now. */

export const FAILED = 'failure';
export const NEXT = 'next';

/** 'Guest ASID: 0x0' */
export const foundText = ({ found }: VmrunFailure): string =>
  listed(found.map(([id, value]) => labelled(vmcbField(id)?.name ?? id, hex(value))));

/** The rows above the groups of fields. */
export function vmrunRows(view: VmcbView): Row[] {
  const { failures } = view;
  const next = view.nextVmrun();
  const failed = group(FAILED, l10n.t('Why VMRUN failed'), true, {
    description: l10n.t('{0} checks', failures.length),
    severity: 'error',
  });
  return [...(failures.length > 0 ? [failed] : []), ...(next ? [nextRow(next)] : [])];
}

function nextRow(failures: readonly VmrunFailure[]): Row {
  const label = l10n.t('Next VMRUN');
  const [first] = failures;
  if (!first) {
    const description = l10n.t('will pass: every check of the VMCB holds');
    return leaf(NEXT, label, description, { icon: 'pass' });
  }
  const one = l10n.t('{0}: {1}', foundText(first), first.allowed());
  const all = failures.length > 1 ? withNote(one, l10n.t('{0} checks', failures.length)) : one;
  return group(NEXT, label, false, {
    description: l10n.t('will fail: {0}', all),
    tooltip: l10n.t('The exit code will be VMEXIT_INVALID, which does not tell the check.'),
    severity: 'warning',
  });
}

/** One row for each check that failed, and below it what was found, what is allowed, and who wrote it. */
export function failureRows(view: VmcbView, request: ViewRequest, node: string): Row[] {
  const [top, number] = node.split('/');
  const failures = top === NEXT ? view.nextVmrun() : view.failures;
  if (!failures) return [];
  if (number === undefined) {
    return failures.map((failure, n) => failureRow(`${top ?? ''}/${String(n)}`, failure));
  }
  const failure = failures[Number(number)];
  if (!failure) return [];
  const fields = failure.found.flatMap(([id]) => {
    const row = vmcbField(id);
    if (!row) return [];
    const value = formatNumber(view.vmcb.read(id), request.format);
    const text = labelled(row.name, value);
    const expression = `vmcb.${id.toLowerCase()}`;
    return [
      leaf(`${node}/${id}`, l10n.t('field'), text, { value, expression }),
      writerRow(`${node}/${id}.writer`, view.lastWrite(row), {
        placeName: (address) => view.placeName(address),
        unknown: l10n.t('not by a store, since the debugger looks'),
      }),
    ];
  });
  return [
    leaf(`${node}/found`, l10n.t('found'), foundText(failure)),
    leaf(`${node}/allowed`, l10n.t('allowed'), failure.allowed()),
    ...fields,
    leaf(`${node}/manual`, l10n.t('manual'), failure.section),
  ];
}

function failureRow(id: string, failure: VmrunFailure): Row {
  return {
    id,
    label: foundText(failure),
    description: failure.allowed(),
    severity: 'error',
    children: 'collapsed',
  };
}
