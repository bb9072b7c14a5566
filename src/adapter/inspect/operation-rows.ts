import * as l10n from '@vscode/l10n';
import { formatValue } from '../../debugger/expressions';
import type { Target } from '../../debugger/target';
import type { Operation } from '../../vmm';
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
      ? [row(l10n.t('last'), operationText(last)), row(l10n.t('result'), resultText(last))]
      : []),
    {
      ...row(l10n.t('done'), l10n.t('{0} operations', done.length)),
      ...(done.length > 0 && {
        children: () =>
          done.map((operation, n) =>
            row(String(n + 1), `${operationText(operation)} → ${resultText(operation)}`),
          ),
      }),
    },
    row(l10n.t('cycles'), String(done.reduce((sum, { cycles }) => sum + cycles, 0))),
  ];
}

const row = (name: string, value: string): Row => ({ name, value, readOnly: true });

function operationText({ name, operands }: Operation): string {
  return operands === '' ? name : `${name} ${operands}`;
}

function resultText({ result = 0n }: Operation): string {
  return formatValue({ value: result, width: undefined });
}

/** The VMCS fields that the handler has read or written, and those that the next operation will. */
export function fieldRows({ monitor, technique }: Target, { hex }: Display): Row[] {
  const activity = monitor?.activity;
  const { structure } = technique;
  if (!activity || !structure) return [];
  const operations = [activity.next, ...[...activity.done].reverse()];
  return structure.touched(operations).map((field): Row => {
    const value = field.read();
    const { id, name, width, bits } = field;
    return {
      name: id,
      value: formatValue({ value, width }, hex ? 'x' : 'u'),
      type: name,
      expression: `${structure.name.toLowerCase()}.${id.toLowerCase()}`,
      ...(bits && { children: () => bitRows(bits, value) }),
    };
  });
}
