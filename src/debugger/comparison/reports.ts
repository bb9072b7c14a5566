import * as l10n from '@vscode/l10n';
import { labelled } from '../../isa/phrases';
import { differenceText, holeText, partingText } from '../words/comparison';
import type { Comparison, Trial } from './comparison';
import { asCsv, asMarkdown, asText, gridForMachines, gridForPeople } from './grid';
import { scoreboard } from './scoreboard';

/** A comparison as files and texts. */

export const comparisonText = (comparison: Comparison): string => told(comparison, asText);

export const comparisonMarkdown = (comparison: Comparison): string =>
  `${told(comparison, asMarkdown)}\n`;

export const comparisonCsv = (comparison: Comparison): string =>
  asCsv(gridForMachines(comparison, scoreboard(comparison)));

/** The scoreboard, and what is to be said of single ways. */
function told(comparison: Comparison, table: typeof asText): string {
  const tables = scoreboard(comparison).map((group) => table(gridForPeople(comparison, group)));
  const differing = comparison.trials.flatMap((trial) =>
    differingTexts(trial).map((text) => labelled(trial.way.name, text)),
  );
  const notRun = comparison.refusals.map(({ way, reason }) =>
    labelled(way.name, labelled(l10n.t('cannot run this image'), reason)),
  );
  return [...tables, differing.join('\n'), notRun.join('\n'), modelNote()]
    .filter((part) => part !== '')
    .join('\n\n');
}

/** In what a guest is another than on the bare computer, from which instruction on, and why that may be. */
export function differingTexts({ differences, parting, holes }: Trial): string[] {
  return [
    ...differences.map(differenceText),
    ...(parting ? [partingText(parting)] : []),
    ...(differences.length > 0 ? holes.map(holeText) : []),
  ];
}

export const modelNote = (): string =>
  l10n.t('Cycles are a model’s: sums of published and estimated figures, no time measured.');
