import * as l10n from '@vscode/l10n';
import { entryName, Pte } from '../../isa/paging';
import type { Access, WalkResult, WalkStep } from '../../processor/paging/walk';
import type { World } from '../target';
import { entryFlags } from './entry-flags';
import { hex, leaf, type Row } from './row';

/** What the processor itself walks where the monitor translates by shadow tables. */
export interface ShadowTrace {
  readonly steps: readonly WalkStep[];
  readonly result: WalkResult;
}

/** @returns undefined where the processor walks the guest's own tables */
export function traceShadow(
  { memory }: World,
  linear: bigint,
  access: Access,
): ShadowTrace | undefined {
  const steps: WalkStep[] = [];
  const result = memory.walkShadow(linear, access, (step) => steps.push(step));
  return result && { steps, result };
}

/** The shadow walk in a row: where it ends, or what the processor does about it. */
export function shadowSummary(shadow: ShadowTrace, guestAllows: boolean): Row {
  const { steps, result } = shadow;
  const { translation } = result;
  const end = `${translation ? '→' : '·'} ${shadowEnd(shadow, guestAllows)}`;
  return {
    id: 'shadow',
    label: l10n.t('shadow walk, by hardware'),
    description: `${l10n.t('{0} references', references(steps))} ${end}`,
    tooltip: l10n.t(
      'The processor walks these tables, which the monitor makes of the guest’s tables and of its map of the guest’s memory; never the guest’s own.',
    ),
    children: 'collapsed',
    ...(!translation && { severity: 'warning' as const }),
  };
}

/** The address that the walk leads to, or what becomes of its fault. */
export const shadowEnd = ({ result }: ShadowTrace, guestAllows: boolean): string =>
  result.translation ? `HPA ${hex(result.translation.address)}` : faultText(guestAllows);

/** A PDPTE of PAE paging is a register. */
const references = (steps: readonly WalkStep[]): number =>
  steps.filter(({ isRegister }) => !isRegister).length;

export const shadowReferences = ({ steps }: ShadowTrace): number => references(steps);

const faultText = (guestAllows: boolean): string =>
  guestAllows
    ? l10n.t('not filled in yet: a hidden page fault, which comes to the VMM')
    : l10n.t('a page fault: it comes to the VMM, which gives it to the guest');

export function shadowChildren({ steps }: ShadowTrace): Row[] {
  return steps.map((step) => {
    const present = (step.entry & Pte.P) !== 0n;
    const where = step.isRegister ? '' : `HPA ${hex(step.entryHostAddress)}`;
    return leaf(
      `shadow/${String(step.level)}`,
      `${l10n.t('shadow')} ${entryName(step.level)}[${String(step.index)}]`,
      `${hex(step.entry)} ${entryFlags(step)}`,
      {
        ...(where && { tooltip: where, memoryReference: `hpa:${hex(step.entryHostAddress)}` }),
        ...(!present && { severity: 'warning' as const }),
      },
    );
  });
}
