import type { SourceLine } from './source-line';

/** The columns that a file is written in. */
export interface Style {
  /** Where statements begin. */
  readonly head: number;
  /** Where operands begin; 0: one blank after the mnemonic. */
  readonly rest: number;
  /** Where labelled data begins; 0: right behind its label. */
  readonly data: number;
  /** Comments behind code, and behind data, which often reaches further to the right. */
  readonly comment: number;
  readonly dataComment: number;
}

/** What the person has set; 0: as most lines of the file have it. */
export interface FormatOptions {
  readonly mnemonicColumn: number;
  readonly operandColumn: number;
  readonly commentColumn: number;
  readonly spaceAfterComma: boolean;
  readonly tabSize: number;
  readonly insertSpaces: boolean;
}

const DEFAULT_HEAD = 8;
const DEFAULT_COMMENT = 36;

/** The value that most of them have; of several, the smallest. */
export function mostFrequent(
  values: readonly number[],
): { value: number; count: number } | undefined {
  const counts = new Map<number, number>();
  for (const value of values) counts.set(value, (counts.get(value) ?? 0) + 1);
  let best: { value: number; count: number } | undefined;
  for (const [value, count] of counts)
    if (!best || count > best.count || (count === best.count && value < best.value))
      best = { value, count };
  return best;
}

/** The style of a file: what is set, else what its writer does most of the time. */
export function styleOf(lines: readonly SourceLine[], options: FormatOptions): Style {
  const data = lines.filter(({ kind }) => kind === 'data');
  const code = lines.filter(({ kind }) => kind === 'instruction');
  const indented = [...code, ...data].filter(
    ({ label, columns }) => label === '' && columns.head > 1,
  );
  const head =
    options.mnemonicColumn ||
    (mostFrequent(indented.map((l) => l.columns.head))?.value ?? DEFAULT_HEAD);
  const named = data.filter(({ label, columns }) => columns.head > label.length + 1);
  const others = lines.filter(({ kind }) => kind !== 'data');
  const comment =
    options.commentColumn || commentColumn(others) || commentColumn(data) || DEFAULT_COMMENT;
  return {
    head: onTab(head, options),
    rest: onTab(options.operandColumn || operandColumn([...code, ...data]), options),
    data: onTab(
      mostFrequent(named.filter((l) => l.label !== '').map((l) => l.columns.head))?.value ?? 0,
      options,
    ),
    comment: onTab(comment, options),
    dataComment: onTab(options.commentColumn || commentColumn(data) || comment, options),
  };
}

/** A file written with tabs has its columns where tabs lead. */
export function onTab(column: number, { insertSpaces, tabSize }: FormatOptions): number {
  return insertSpaces ? column : Math.ceil(column / tabSize) * tabSize;
}

function operandColumn(code: readonly SourceLine[]): number {
  const short = code.filter(({ head, rest }) => rest !== '' && head.length <= 4);
  const apart = short.filter(({ head, columns }) => columns.rest > columns.head + head.length + 1);
  const best = mostFrequent(apart.map((l) => l.columns.rest));
  return best && best.count * 2 > short.length ? best.value : 0;
}

/** The column of most comments behind statements; 0 where there are none. */
function commentColumn(lines: readonly SourceLine[]): number {
  const behind = lines.filter(
    ({ kind, comment }) => comment !== '' && kind !== 'comment' && kind !== 'other',
  );
  // One blank before a comment shows no column.
  const apart = behind.filter(({ text, comment }) =>
    /\s\s$|\t$/.test(text.slice(0, text.length - comment.length)),
  );
  return mostFrequent(apart.map((l) => l.columns.comment))?.value ?? 0;
}
