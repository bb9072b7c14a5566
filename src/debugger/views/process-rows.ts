import * as l10n from '@vscode/l10n';
import { entryName, Pte } from '../../isa/paging';
import type { WalkStep } from '../../processor/paging/walk';
import type { HostProcess, PageState } from '../../vmm';
import { entryFlags } from './entry-flags';
import { hex, leaf, type Row } from './row';

/** A guest-physical address in the process of the host's that the guest is: its host-virtual address, and where that leads. */

/** Where the bytes of an address that the process has mapped are, or are not. */
export function pageStateText(state: PageState, offset = 0): string {
  switch (state.kind) {
    case 'present':
      return `HPA ${hex(state.frame + offset)}`;
    case 'swapped':
      return l10n.t('swapped out, slot {0}', state.slot);
    case 'untouched':
      return l10n.t('not touched yet');
  }
}

/** The row between GPA and HPA; none beyond the guest's RAM. */
export function processRows(process: HostProcess, guestPhysical: bigint): Row[] {
  const traced = process.trace(guestPhysical);
  if (!traced) return [];
  const { linear, steps, state } = traced;
  const offset = Number(guestPhysical & 0xfffn);
  const row: Row = {
    id: 'hva',
    label: `= HVA ${hex(linear)}`,
    description: `${l10n.t('{0} references', steps.length)} → ${pageStateText(state, offset)}`,
    tooltip: l10n.t(
      'The guest’s RAM is a mapping in the address space of a host process. The host’s kernel walks these tables when the monitor asks for a page, and makes the second level of translation from them: hardware does not walk them for the guest.',
    ),
    icon: 'arrow-right',
    children: 'collapsed',
    value: hex(linear),
    ...(state.kind !== 'present' && { severity: 'warning' as const }),
  };
  return [row];
}

/** The walk of the process's own tables. */
export function processChildren(process: HostProcess, guestPhysical: bigint): Row[] {
  return process.trace(guestPhysical)?.steps.map(stepRow) ?? [];
}

function stepRow(step: WalkStep): Row {
  const present = (step.entry & Pte.P) !== 0n;
  const flags = present ? ` ${entryFlags(step)}` : '';
  return leaf(
    `hva/${String(step.level)}`,
    `${l10n.t('host')} ${entryName(step.level)}[${String(step.index)}]`,
    `${hex(step.entry)}${flags}`,
    {
      memoryReference: `hpa:${hex(step.entryHostAddress)}`,
      tooltip: `HPA ${hex(step.entryHostAddress)}`,
      ...(!present && { severity: 'warning' as const }),
    },
  );
}
