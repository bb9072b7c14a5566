import * as l10n from '@vscode/l10n';
import { SourceError, type Span } from '../diagnostics';
import { quoteBytes, stringBytes } from '../literals';
import type { Token } from '../tokens';

/** What the preprocessor does with strings, which are bytes (NASM manual 4.2). */

const MAX_STRING = 65_536;

/** A string token of these bytes, standing at `place`. */
export function bytesToken(bytes: Uint8Array, place: Span): Token {
  const { file, line, column, endColumn } = place;
  return { kind: 'string', text: quoteBytes(bytes), space: true, file, line, column, endColumn };
}

/** The bytes of all strings, one after the other. Throws SourceError when there are too many. */
export function concatenated(tokens: readonly Token[], place: Span): Uint8Array {
  const parts = tokens.map((token) => stringBytes(token.text));
  const length = parts.reduce((sum, part) => sum + part.length, 0);
  if (length > MAX_STRING)
    throw new SourceError(l10n.t('this string is longer than {0} characters', MAX_STRING), place);
  const all = new Uint8Array(length);
  let at = 0;
  for (const part of parts) {
    all.set(part, at);
    at += part.length;
  }
  return all;
}

/**
 * A part of a string (NASM manual 4.2.3).
 * @param start counts from 1
 * @param count of bytes; a negative one counts from the end, -1 being the last
 */
export function substring(bytes: Uint8Array, start: number, count: number): Uint8Array {
  const from = Math.max(start - 1, 0);
  const length = count < 0 ? count + bytes.length + 1 - from : count;
  return bytes.slice(from, Math.max(from, from + length));
}
