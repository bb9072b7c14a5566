import type { LineShape } from '../line-shape';
import type { SourceText } from '../text';

/** What a line is to the formatter. Lines of the kind `other` keep their text, but for blanks at their end. */
export type LineKind =
  'blank' | 'comment' | 'label' | 'instruction' | 'data' | 'constant' | 'directive' | 'other';

/** A line cut into the parts that stand in columns. */
export interface SourceLine {
  readonly kind: LineKind;
  /** As it is now. */
  readonly text: string;
  /** With its colon. */
  readonly label: string;
  /** The first word of the statement: its mnemonic, directive, macro or prefix. */
  readonly head: string;
  /** All that follows it. */
  readonly rest: string;
  /** With its semicolon. */
  readonly comment: string;
  /** Columns (from 0, tabs counted) at which the parts stand now. */
  readonly columns: { readonly head: number; readonly rest: number; readonly comment: number };
}

/** The column that a text ends at which begins at column `from`. */
export function widthOf(text: string, tabSize: number, from = 0): number {
  let column = from;
  for (const c of text) column = c === '\t' ? column + tabSize - (column % tabSize) : column + 1;
  return column;
}

/** Whether a line is one with its neighbours by a `\` at its end. */
const isContinued = (text: SourceText, line: number): boolean =>
  text.line(line).endsWith('\\') || (line > 0 && text.line(line - 1).endsWith('\\'));

/**
 * Cuts a line into its parts.
 * @param commas whether a blank may be put after commas
 */
export function cutLine(
  text: SourceText,
  line: number,
  shape: LineShape,
  tabSize: number,
  commas: boolean,
): SourceLine {
  const source = text.line(line);
  const { tokens } = shape;
  const end = (tokens[tokens.length - 1]?.endColumn ?? 1) - 1;
  const comment = source.slice(end).trim();
  const column = (at: number): number => widthOf(source.slice(0, at), tabSize);
  const keep = (kind: LineKind): SourceLine => ({
    kind,
    text: source,
    label: '',
    head: '',
    rest: '',
    comment: kind === 'comment' ? comment : '',
    columns: {
      head: 0,
      rest: 0,
      comment: column(source.length - source.slice(end).trimStart().length),
    },
  });
  if (isContinued(text, line) || (comment !== '' && !comment.startsWith(';'))) return keep('other');
  if (tokens.length === 0) return keep(comment === '' ? 'blank' : 'comment');
  const kind = kindOf(shape);
  if (kind === 'other') return keep('other');
  const first = tokens.findIndex((t) => t === shape.head || shape.prefixes.includes(t));
  const head = first < 0 ? undefined : tokens[first];
  const next = first < 0 ? undefined : tokens[first + 1];
  const labelEnd = (head?.column ?? end + 1) - 1;
  const slice = (from: number, to: number): string => source.slice(from, to).trim();
  const rest = next ? slice(next.column - 1, end) : '';
  const canSpace = commas && (kind === 'instruction' || kind === 'data') && shape.kind !== 'macro';
  return {
    kind,
    text: source,
    label: slice(0, labelEnd),
    head: head ? slice(head.column - 1, (next?.column ?? end + 1) - 1) : '',
    rest: canSpace && next ? spaced(source, shape, next.column, end) : rest,
    comment,
    columns: {
      head: column(labelEnd),
      rest: column((next?.column ?? 1) - 1),
      comment: column(source.length - source.slice(end).trimStart().length),
    },
  };
}

function kindOf({ tokens, kind, word, label, head, prefixes }: LineShape): LineKind {
  if (tokens.some((t) => t.kind === 'bad' || (t.kind === 'pre' && t.text.startsWith('%['))))
    return 'other';
  if (!head) return label && prefixes.length === 0 ? 'label' : 'other';
  if (tokens[0]?.text === '[') return 'other';
  if (word === 'equ') return 'constant';
  switch (kind) {
    case 'instruction':
    case 'macro':
      return 'instruction';
    case 'data':
      return 'data';
    case 'directive':
      return word === 'incbin' || word === 'istruc' || word === 'at' ? 'data' : 'directive';
    default:
      return 'other';
  }
}

/** The text of the operands with a blank after each comma. */
function spaced(source: string, { tokens }: LineShape, column: number, end: number): string {
  let text = '';
  let at = column - 1;
  tokens.forEach((token, i) => {
    const next = tokens[i + 1];
    if (token.column < column || token.text !== ',' || token.kind !== 'op' || !next || next.space)
      return;
    text += `${source.slice(at, token.endColumn - 1)} `;
    at = token.endColumn - 1;
  });
  return (text + source.slice(at, end)).trim();
}
