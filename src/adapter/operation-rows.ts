import * as l10n from '@vscode/l10n';
import { fieldBits, fieldByEncoding } from '../isa/vmx/fields';
import { formatValue } from '../debugger/expressions';
import type { Target } from '../debugger/target';
import type { Operation } from '../vmm';
import { bitRows } from './register-rows';
import type { Display, Row } from './variable-source';

/** What the monitor is about to do, what it did last, and everything since the VM exit. */
export function operationRows({ monitor }: Target): Row[] {
  const activity = monitor?.activity;
  if (!activity) return [];
  const { next, last, done } = activity;
  return [
    row(l10n.t('next'), operationText(next)),
    ...(last
      ? [
          row(l10n.t('last'), operationText(last.operation)),
          row(l10n.t('result'), formatValue({ value: last.result, width: undefined })),
        ]
      : []),
    {
      ...row(l10n.t('done'), l10n.t('{0} operations', done.length)),
      ...(done.length > 0 && {
        children: () =>
          done.map(({ operation, result }, n) =>
            row(
              String(n + 1),
              `${operationText(operation)} → ${formatValue({ value: result, width: undefined })}`,
            ),
          ),
      }),
    },
    row(l10n.t('cycles'), String(done.reduce((sum, { operation }) => sum + operation.cycles, 0))),
  ];
}

const row = (name: string, value: string): Row => ({ name, value, readOnly: true });

function operationText({ name, operands }: Operation): string {
  return operands === '' ? name : `${name} ${operands}`;
}

/** The VMCS fields that the handler has read or written, and those that the next operation will. */
export function fieldRows({ monitor, computer }: Target, { hex }: Display): Row[] {
  const activity = monitor?.activity;
  const vmcs = computer.processor.vmx.current;
  if (!activity || !vmcs) return [];
  const touched = [activity.next, ...activity.done.map(({ operation }) => operation).reverse()];
  const encodings = [...new Set(touched.flatMap(({ fields }) => fields))];
  return encodings.flatMap((encoding): Row[] => {
    const field = fieldByEncoding(encoding);
    if (!field) return [];
    const value = vmcs.read(encoding);
    const { bits } = field;
    return [
      {
        name: field.id,
        value: formatValue({ value, width: fieldBits(field) }, hex ? 'x' : 'u'),
        type: l10n.t(field.name),
        expression: `vmcs.${field.id.toLowerCase()}`,
        ...(bits && { children: () => bitRows(bits, value) }),
      },
    ];
  });
}
