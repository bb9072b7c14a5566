import { shapeOf } from '../line-shape';
import { SourceText, type Range } from '../text';
import { cutLine, widthOf, type SourceLine } from './source-line';
import { mostFrequent, onTab, styleOf, type FormatOptions, type Style } from './style';

export type { FormatOptions } from './style';

export interface TextEdit {
  readonly range: Range;
  readonly text: string;
}

/** The columns are found in the text, so that formatting may uncover others: it is done again, at most so often. */
const ROUNDS = 4;

/**
 * Puts a source into columns as assembly is written: labels at the left edge, statements, operands and comments below each
 * other. Only blanks change, and only where they mean nothing.
 * @param isMacro whether a name is that of a multi-line macro
 */
export function formatText(
  text: string,
  options: FormatOptions,
  isMacro: (name: string) => boolean,
): string {
  let formatted = text;
  for (let round = 0; round < ROUNDS; round++) {
    const next = formatOnce(formatted, options, isMacro);
    if (next === formatted) return next;
    formatted = next;
  }
  return formatted;
}

/** As `formatText`, as edits of the lines that change; with `range` only of those in it. */
export function formatEdits(
  source: SourceText,
  options: FormatOptions,
  isMacro: (name: string) => boolean,
  range?: Range,
): TextEdit[] {
  const formatted = new SourceText(source.file, formatText(source.text, options, isMacro));
  const edits: TextEdit[] = [];
  source.lines.forEach((old, line) => {
    const text = formatted.line(line);
    if (text === old || (range && (line < range.start.line || line > range.end.line))) return;
    edits.push({
      range: { start: { line, character: 0 }, end: { line, character: old.length } },
      text,
    });
  });
  return edits;
}

function formatOnce(
  text: string,
  options: FormatOptions,
  isMacro: (name: string) => boolean,
): string {
  const source = new SourceText('', text);
  const lines = source.lines.map((_, line) =>
    cutLine(
      source,
      line,
      shapeOf(source.tokens[line] ?? [], isMacro),
      options.tabSize,
      options.spaceAfterComma,
    ),
  );
  const style = styleOf(lines, options);
  const heads = headColumns(lines, style, options);
  const written: string[] = [];
  lines.forEach((line, i) =>
    written.push(write(line, heads[i] ?? style.head, style, options, lines[i - 1])),
  );
  const ends = text.match(/\r\n|\n|\r/g) ?? [];
  return written.map((line, i) => line + (ends[i] ?? '')).join('');
}

/** Where the statement of each line begins: constants and data stand below each other in blocks. */
function headColumns(lines: readonly SourceLine[], style: Style, options: FormatOptions): number[] {
  const columns = lines.map(() => style.head);
  for (let start = 0; start < lines.length; start++) {
    const { kind } = lines[start] ?? {};
    if (kind !== 'constant' && kind !== 'data') continue;
    let end = start;
    while (lines[end + 1]?.kind === kind) end++;
    const block = lines.slice(start, end + 1);
    const column = kind === 'constant' ? constantColumn(block) : dataColumn(block, style);
    columns.fill(onTab(column, options), start, end + 1);
    start = end;
  }
  return columns;
}

const longestLabel = (block: readonly SourceLine[]): number =>
  Math.max(...block.map(({ label }) => label.length));

/** Where most of the block's `equ` stand, if all names leave room. */
function constantColumn(block: readonly SourceLine[]): number {
  const longest = longestLabel(block);
  const kept = block.map(({ columns }) => columns.head).filter((column) => column > longest);
  return mostFrequent(kept)?.value ?? longest + 1;
}

/** Data without any label goes with the code or stays below other data; else where the file has its data, if all labels leave room. */
function dataColumn(block: readonly SourceLine[], style: Style): number {
  const longest = longestLabel(block);
  if (longest === 0) {
    const kept = mostFrequent(block.map(({ columns }) => columns.head))?.value;
    return kept === style.data ? style.data : style.head;
  }
  return style.data > longest ? style.data : Math.max(style.head, longest + 1);
}

/** Blanks from one column to another, at least one. */
function pad(from: number, to: number, { insertSpaces, tabSize }: FormatOptions): string {
  if (insertSpaces) return ' '.repeat(Math.max(to - from, 1));
  if (to <= from) return ' ';
  return '\t'.repeat(Math.ceil((to - from - (tabSize - (from % tabSize))) / tabSize) + 1);
}

function write(
  line: SourceLine,
  headColumn: number,
  style: Style,
  options: FormatOptions,
  before: SourceLine | undefined,
): string {
  switch (line.kind) {
    case 'blank':
      return '';
    case 'other':
      return line.text.endsWith('\\') ? line.text : line.text.trimEnd();
    case 'comment':
      return lead(commentIndent(line, style, before), options) + line.comment;
    default: {
      const code = codeOf(line, headColumn, style, options);
      if (line.comment === '') return code;
      const column = line.kind === 'data' ? style.dataComment : style.comment;
      return code + pad(widthOf(code, options.tabSize), column, options) + line.comment;
    }
  }
}

const lead = (column: number, options: FormatOptions): string =>
  column === 0 ? '' : pad(0, column, options);

/** A comment that stands alone goes with the code below it, or continues the comment behind the line above. */
function commentIndent(
  { columns }: SourceLine,
  style: Style,
  before: SourceLine | undefined,
): number {
  if (columns.comment === 0) return 0;
  const continues =
    before !== undefined && before.comment !== '' && columns.comment === before.columns.comment;
  if (continues && columns.comment > style.head)
    return before.kind === 'data' ? style.dataComment : style.comment;
  return style.head;
}

function codeOf(
  line: SourceLine,
  headColumn: number,
  style: Style,
  options: FormatOptions,
): string {
  const { kind, label, head, rest, columns } = line;
  if (head === '') return label;
  const flush = kind === 'directive' && label === '' && columns.head === 0;
  let code =
    label +
    (label === '' ? lead(flush ? 0 : headColumn, options) : pad(label.length, headColumn, options));
  code += head;
  if (rest === '') return code;
  const inColumn = style.rest > 0 && (kind === 'instruction' || kind === 'data');
  const at = widthOf(code, options.tabSize);
  return code + (inColumn ? pad(at, style.rest, options) : ' ') + rest;
}
