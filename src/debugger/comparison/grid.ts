import { withNote } from '../../isa/phrases';
import type { Comparison } from './comparison';
import type { Score, ScoreGroup } from './scoreboard';

/** Texts in rows and columns; the first column names the rows. */
export interface Grid {
  readonly header: readonly string[];
  readonly rows: readonly (readonly string[])[];
}

/** A group of the scoreboard for people: numbers beside how they are to the bare computer's. */
export const gridForPeople = ({ trials }: Comparison, { label, scores }: ScoreGroup): Grid => ({
  header: [label, ...trials.map(({ way }) => way.name)],
  rows: scores.map((score) => [
    score.label,
    ...score.values.map((value, column) =>
      column === 0
        ? written(score, value)
        : withNote(written(score, value), relation(score, value)),
    ),
  ]),
});

function written({ as }: Score, value: Score['values'][number]): string {
  if (value === undefined) return '';
  if (typeof value === 'string') return value;
  return as === 'share' ? `${(value * 100).toFixed(1)} %` : value.toLocaleString('en');
}

function relation(score: Score, value: Score['values'][number]): string {
  const ratio = score.as === 'share' ? undefined : relative(score, value);
  return ratio === undefined ? '' : `×${ratio.toPrecision(3)}`;
}

/** A number beside that of the bare computer, where there is one to divide by. */
export function relative({ values }: Score, value: Score['values'][number]): number | undefined {
  const [bare] = values;
  if (typeof bare !== 'number' || typeof value !== 'number' || bare === 0) return undefined;
  return value / bare;
}

/** The whole scoreboard for machines: stable names, plain numbers, and each number's relation to the first column's. */
export const gridForMachines = ({ trials }: Comparison, groups: readonly ScoreGroup[]): Grid => ({
  header: ['measure', ...trials.map(({ way }) => way.name)],
  rows: groups.flatMap(({ scores }) =>
    scores.flatMap((score) => [
      [score.id, ...score.values.map((value) => String(value ?? ''))],
      ...relativeRow(score),
    ]),
  ),
});

function relativeRow(score: Score): string[][] {
  const ratios = score.values.map((value) => relative(score, value));
  if (ratios.every((ratio) => ratio === undefined)) return [];
  return [[`${score.id}.relative`, ...ratios.map((ratio) => String(ratio ?? ''))]];
}

/** Aligned columns for a terminal: numbers to the right. */
export function asText({ header, rows }: Grid): string {
  const all = [header, ...rows];
  const widths = header.map((_, column) =>
    Math.max(...all.map((row) => displayWidth(row[column] ?? ''))),
  );
  const line = (row: readonly string[]): string =>
    widths
      .map((width, column) => {
        const text = row[column] ?? '';
        const blanks = ' '.repeat(width - displayWidth(text));
        return column === 0 ? text + blanks : blanks + text;
      })
      .join('  ')
      .trimEnd();
  return all.map(line).join('\n');
}

/** Terminals show these in two columns. */
const WIDE =
  /[\u1100-\u115f\u2e80-\ua4cf\uac00-\ud7a3\uf900-\ufaff\ufe30-\ufe6f\uff00-\uff60\uffe0-\uffe6]/gu;

const displayWidth = (text: string): number => text.length + (text.match(WIDE)?.length ?? 0);

/** RFC 4180. */
export const asCsv = ({ header, rows }: Grid): string =>
  [header, ...rows].map((row) => `${row.map(csvField).join(',')}\r\n`).join('');

const csvField = (text: string): string =>
  /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;

/** A table of GitHub's Markdown. */
export function asMarkdown({ header, rows }: Grid): string {
  const line = (row: readonly string[]): string => `| ${row.map(markdownCell).join(' | ')} |`;
  const rule = `|${header.map((_, column) => (column === 0 ? ' --- ' : ' ---: ')).join('|')}|`;
  return [line(header), rule, ...rows.map(line)].join('\n');
}

const markdownCell = (text: string): string =>
  text.replaceAll(/[\\|<>*_`[\]]/g, '\\$&').replaceAll(/\r?\n/g, ' ');
