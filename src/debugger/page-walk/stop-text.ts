import * as l10n from '@vscode/l10n';
import { clauses, labelled } from '../../isa/phrases';
import { Vector } from '../../isa/exceptions';
import type { PageFault } from '../../processor/paging/walk';
import type { Target } from '../target';
import { hex } from '../views/row';
import type { TranslationRequest } from '../views/translation-request';
import type { TranslationTrace, WalkStop } from '../views/translation-trace';
import { errorCodeText, faultCause } from '../words/page-faults';
import type { StopText, WalkCell, WalkColumn } from './picture';

/** Why a walk ends before the page, and who hears of it. */
export function stopText(
  target: Target,
  request: TranslationRequest,
  trace: TranslationTrace,
  stop: WalkStop,
  columns: readonly WalkColumn[],
): StopText {
  const cell = columns.flatMap(cellsOf).find(({ stops }) => stops === true);
  const title = cell ? titleOf(cell) : l10n.t('The walk ends');
  if (stop.at !== 'entry') {
    const receiverText = l10n.t('the guest does not hear of it');
    const { text, information: outcome = '' } = stop.fault;
    return { title, why: text, outcome, receiver: 'vmm', receiverText };
  }
  return {
    title,
    why: faultCause(stop.fault),
    outcome: outcomeOf(stop.fault, trace.linear),
    ...receiverOf(target, request),
  };
}

const cellsOf = ({ second, entry }: WalkColumn): WalkCell[] => [
  ...second,
  ...(entry ? [entry] : []),
];

const titleOf = ({ order, name }: WalkCell): string =>
  order === undefined ? name : labelled(l10n.t('Reference {0}', order), name);

const outcomeOf = (fault: PageFault, linear: bigint): string =>
  clauses(`#PF (${errorCodeText(fault)})`, `CR2 = ${hex(linear)}`);

function receiverOf(
  { technique }: Target,
  { world }: TranslationRequest,
): Pick<StopText, 'receiver' | 'receiverText'> {
  if (world.side === 'host' || !technique.host) {
    const receiverText = l10n.t('the handler in its own IDT receives it');
    return { receiver: 'guest', receiverText };
  }
  if (technique.withholds?.(Number(Vector.PF)) || technique.shadowPaging) {
    return {
      receiver: 'vmm',
      receiverText: l10n.t('it comes to the VMM, which gives it to the guest'),
    };
  }
  return { receiver: 'guest', receiverText: l10n.t('the guest’s own handler receives it') };
}

/** An address that is not canonical never comes to the tables. */
export const refusedText = (why: string): StopText => ({
  title: l10n.t('no translation'),
  why,
  outcome: '',
  receiver: 'guest',
  receiverText: l10n.t('the handler in its own IDT receives it'),
});
