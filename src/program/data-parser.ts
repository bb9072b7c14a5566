import * as l10n from '@vscode/l10n';
import type { Cursor } from './cursor';
import { SourceError, type Span } from './diagnostics';
import type { Expression } from './expression';
import { parseExpression } from './expression-parser';
import { stringBytes } from './literals';
import type { DataItem, SizedItem } from './statement';
import { isOp, type Token } from './tokens';
import { SIZE_WORDS } from './words';

/** How deep `dup` lists may nest. */
const MAX_DEPTH = 50;

const ITEM_BYTES: Readonly<Record<string, number>> = Object.fromEntries(
  Object.entries(SIZE_WORDS).map(([word, bits]) => [word, bits / 8]),
);

/** Parses the list after `db` and its family (NASM manual 3.2.1). */
export function parseData(cursor: Cursor, keyword: Token): DataItem[] {
  const items: DataItem[] = [];
  if (cursor.atEnd) {
    throw new SourceError(l10n.t('`{0}` has nothing to store', keyword.text), keyword);
  }
  for (;;) {
    items.push(parseItem(cursor, 0));
    skipStray(cursor);
    if (!cursor.skipOp(',')) return items;
    // A trailing comma is allowed, as in NASM.
    if (cursor.atEnd) return items;
  }
}

/** NASM reads over one word after an item: `db 1 2` stores 1. */
function skipStray(cursor: Cursor): void {
  const { token } = cursor;
  const next = cursor.peek();
  if (!token || token.kind === 'bad' || isOp(token, ',') || isOp(token, ')')) return;
  if (next && !isOp(next, ',') && !isOp(next, ')')) return;
  cursor.index++;
  cursor.warn(
    l10n.t('`{0}` is not stored (as in NASM): a comma is missing before it', token.text),
    token,
  );
}

/** `[size] [count dup] [size] item`, or a list of items in parentheses. */
function parseItem(cursor: Cursor, depth: number): DataItem {
  if (depth > MAX_DEPTH)
    throw new SourceError(l10n.t('`dup` is nested too deep here'), cursor.span);
  const token = cursor.token;
  const size = sizeWord(cursor);
  if (size !== undefined && token) return listOf(once(token), contents(cursor, size, depth), token);
  if (token && isOp(token, '%') && isOp(cursor.peek(), '('))
    return listOf(once(token), contents(cursor, undefined, depth), token);
  return parseAtom(cursor, depth);
}

const once = (span: Span): Expression => ({ kind: 'number', value: 1n, span });

const listOf = (count: Expression, items: readonly SizedItem[], span: Span): DataItem => ({
  kind: 'repeat',
  count,
  items,
  span,
});

/** A list in parentheses, perhaps with a `%` before it, or a single item. */
function contents(cursor: Cursor, size: number | undefined, depth: number): SizedItem[] {
  if (cursor.isOp('%') && isOp(cursor.peek(), '(')) cursor.index++;
  if (!cursor.skipOp('(')) return [{ item: parseItem(cursor, depth + 1), size }];
  const items: SizedItem[] = [];
  while (!cursor.isOp(')')) {
    items.push({ item: parseItem(cursor, depth + 1), size });
    skipStray(cursor);
    if (!cursor.skipOp(',')) break;
  }
  cursor.expectOp(')');
  return items;
}

function parseAtom(cursor: Cursor, depth: number): DataItem {
  const token = cursor.token;
  const next = cursor.peek();
  const last = next === undefined || isOp(next, ',') || isOp(next, ')');
  if (token?.kind === 'string' && last) {
    cursor.index++;
    return { kind: 'string', bytes: stringBytes(token.text), span: token };
  }
  if (token && (isOp(token, '?') || (token.kind === 'id' && token.text === '?')) && last) {
    cursor.index++;
    return { kind: 'reserve', span: token };
  }
  const value = parseExpression(cursor);
  const span = cursor.spanFrom(token);
  if (cursor.skipWord('dup') === undefined) {
    return value.kind === 'string'
      ? { kind: 'string', bytes: value.bytes, span }
      : { kind: 'expression', value, span };
  }
  return listOf(value, contents(cursor, sizeWord(cursor), depth), span);
}

function sizeWord(cursor: Cursor): number | undefined {
  const word = cursor.word;
  const bytes = word === undefined ? undefined : ITEM_BYTES[word];
  if (bytes !== undefined) cursor.index++;
  return bytes;
}
