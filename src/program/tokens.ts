import type { Span } from './diagnostics';

/**
 * What a token is. `pre` is anything that starts with `%` and belongs to the preprocessor (`%define`,
 * `%1`, `%%local`, `%$context`, `%+`, `%[…]`); `bad` is a character or string the language has no use for.
 */
export type TokenKind = 'id' | 'number' | 'string' | 'op' | 'pre' | 'bad';

/** Names of single-line macros that may not be expanded again in a token that came out of them. */
export interface HideSet {
  readonly name: string;
  readonly next: HideSet | undefined;
}

/** A token with its place. After macro expansion the place is where the user wrote the macro's name. */
export interface Token extends Span {
  readonly kind: TokenKind;
  readonly text: string;
  /** White space stood before it. */
  readonly space: boolean;
  readonly hidden?: HideSet;
  /** Where it was written, when a macro moved it to its call. */
  readonly origin?: Span;
}

/** The tokens of one source line. */
export type TokenLine = readonly Token[];

export function isOp(token: Token | undefined, text: string): boolean {
  return token !== undefined && token.kind === 'op' && token.text === text;
}

/** The text of tokens, with a space wherever there was white space. */
export function tokensText(tokens: readonly Token[]): string {
  let text = '';
  tokens.forEach((token, i) => {
    text += (i > 0 && token.space ? ' ' : '') + token.text;
  });
  return text;
}

/** A copy of `token` standing at `place`, as a macro's body does at its call. */
export function movedTo(token: Token, place: Span, space: boolean, hidden?: HideSet): Token {
  const { file, line, column, endColumn } = place;
  const { kind, text, origin = token } = token;
  return hidden
    ? { kind, text, space, file, line, column, endColumn, origin, hidden }
    : { kind, text, space, file, line, column, endColumn, origin };
}

/** Where a token was written: in the body of the macro that gave it, if one did. */
export function writtenAt(span: Span & Partial<Pick<Token, 'origin'>>): Span {
  return span.origin ?? span;
}
