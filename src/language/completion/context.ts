import type { Token } from '../../program/tokens';
import { isOp } from '../../program/tokens';
import type { LineShape } from '../line-shape';
import type { FileView } from '../program-view';
import type { Position, Range } from '../text';

/** Where the cursor stands in its line. */
export interface CompletionContext {
  readonly view: FileView;
  readonly position: Position;
  readonly shape: LineShape;
  /** The word that is being written, up to the cursor; empty at its beginning. */
  readonly typed: string;
  readonly range: Range;
  /** The tokens before that word. */
  readonly before: readonly Token[];
  readonly place: 'statement' | 'operand' | 'file' | 'nowhere';
}

const WORD = /(?:[%$]{1,2})?[A-Za-z_.?@][\w.?@~#$]*$|%{1,2}\$*$|\.{1,2}@?$/;

export function contextAt(view: FileView, position: Position): CompletionContext {
  const { line, character } = position;
  const left = view.text.line(line).slice(0, character);
  const tokens = (view.text.tokens[line] ?? []).filter((t) => t.line === line + 1);
  const inside = tokens.find((t) => t.column - 1 < character && character < t.endColumn - 1);
  const string = stringAt(tokens, character);
  const shape = view.shape(line);
  if (string) {
    const isFile = /^%include$|^incbin$/i.test(tokens[tokens.indexOf(string) - 1]?.text ?? '');
    const typed = left.slice(string.column);
    return { ...make(view, position, shape, typed, tokens), place: isFile ? 'file' : 'nowhere' };
  }
  const typed = WORD.exec(left)?.[0] ?? '';
  const context = make(view, position, shape, typed, tokens);
  if (isComment(tokens, left) || (inside?.kind === 'number' && typed === ''))
    return { ...context, place: 'nowhere' };
  if (/(?:^|[^\w.?@~#$%])\d[\w.]*$/.test(left)) return { ...context, place: 'nowhere' };
  return context;
}

function make(
  view: FileView,
  position: Position,
  shape: LineShape,
  typed: string,
  tokens: readonly Token[],
): CompletionContext {
  const from = position.character - typed.length;
  const before = tokens.filter((t) => t.column - 1 < from);
  const range = { start: { line: position.line, character: from }, end: position };
  return { view, position, shape, typed, range, before, place: placeOf(view, shape, before) };
}

/** The string that the cursor is in, closed or not. */
function stringAt(tokens: readonly Token[], character: number): Token | undefined {
  return tokens.find((t) => {
    const open = t.kind === 'bad' && /^["'`]/.test(t.text);
    const end = open ? Infinity : t.endColumn - 1;
    return (t.kind === 'string' || open) && t.column - 1 < character && character < end;
  });
}

function isComment(tokens: readonly Token[], left: string): boolean {
  const end = tokens
    .filter((t) => t.column - 1 < left.length)
    .reduce((most, t) => Math.max(most, t.endColumn - 1), 0);
  return left.slice(end).includes(';');
}

/** Whether a statement begins after these tokens: nothing stands there, or a label, or prefixes. */
function placeOf(
  view: FileView,
  shape: LineShape,
  before: readonly Token[],
): 'statement' | 'operand' {
  const [first, second] = before;
  if (!first) return 'statement';
  const last = before[before.length - 1];
  if (last && shape.prefixes.includes(last)) return 'statement';
  if (before.length === 2 && isOp(second, ':')) return 'statement';
  if (/^(lock|rep|repn?[ez])$/i.test(last?.text ?? '')) return 'statement';
  if (before.length > 1 && first.text.toLowerCase() === 'times' && last?.kind === 'number')
    return 'statement';
  // `name db 1`, `name equ 2`: a label without a colon.
  const unknown =
    first.kind === 'id' && before.length === 1 && shape.head === first && shape.kind === 'unknown';
  const label = before.length === 1 && first === shape.label;
  return (unknown && !view.isMacro(first.text)) || label ? 'statement' : 'operand';
}
