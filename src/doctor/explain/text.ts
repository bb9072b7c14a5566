import * as l10n from '@vscode/l10n';
import { labelled, listed, withNote } from '../../isa/phrases';
import type { Diagnosis } from '../diagnose';
import type { Damage } from '../dump';
import type { Failure } from '../judging/verdict';
import {
  dumpName,
  exitSentence,
  notJudgedSentences,
  outcomeSentences,
  verdictSentence,
  verdictWord,
} from './words';

/** What the doctor says, as lines for a terminal. */
export function diagnosisText(diagnosis: Diagnosis): string {
  const { dump, verdict, failures, notJudged } = diagnosis;
  const exit = exitSentence(diagnosis);
  const suspects = notJudged.flatMap(({ suspect }) => suspect ?? []);
  const lines = [
    labelled(withNote(dumpName(dump), l10n.t('line {0}', dump.place.line)), verdictWord(verdict)),
    ...outcomeSentences(diagnosis),
    verdictSentence(diagnosis),
    ...failures.flatMap((failure, n) => failureLines(diagnosis, failure, n + 1)),
    ...section(
      verdict === 'not judged' ? l10n.t('Allowed only by processors that have it:') : '',
      verdict === 'not judged'
        ? suspects.flatMap((failure, n) => failureLines(diagnosis, failure, n + 1))
        : [],
    ),
    ...(exit === '' ? [] : ['', labelled(l10n.t('Exit'), exit)]),
    ...section(
      l10n.t('Not judged:'),
      notJudgedSentences(notJudged).map((line) => `  ${line}`),
    ),
    ...section(
      l10n.t('Not read:'),
      dump.damages.map((damage) => `  ${damageLine(damage)}`),
    ),
  ];
  return `${lines.join('\n')}\n`;
}

const section = (title: string, lines: readonly string[]): string[] =>
  lines.length === 0 ? [] : ['', title, ...lines];

/** Where the fields of a rule stand in the text. */
export function linesOf({ dump }: Diagnosis, { fields }: Failure): string {
  const lines = fields.flatMap((id) => dump.fields.get(id)?.place.line ?? []);
  const unique = [...new Set(lines)].map(String);
  if (unique.length === 1) return l10n.t('line {0}', unique.join());
  return unique.length === 0 ? '' : l10n.t('lines {0}', listed(unique));
}

function failureLines(diagnosis: Diagnosis, failure: Failure, number: number): string[] {
  return [
    '',
    `${String(number)}. ${withNote(failure.found, linesOf(diagnosis, failure))}`,
    `   ${labelled(l10n.t('allowed'), failure.allowed)}`,
    `   ${failure.rule}  ${failure.section}`,
  ];
}

/** `12:40: cut: 0x8005 has 4 of 16 digits` */
export const damageLine = ({ place, message }: Damage): string =>
  `${String(place.line)}:${String(place.column)}: ${message}`;
