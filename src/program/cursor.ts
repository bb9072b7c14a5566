import * as l10n from '@vscode/l10n';
import { SourceError, type Span } from './diagnostics';
import { isOp, type Token } from './tokens';
import { registerOf } from './x86/registers';

/** A reading position in a line's tokens. */
export class Cursor {
  index = 0;

  constructor(
    readonly tokens: readonly Token[],
    /** What to point at when the line ends too soon and has no tokens. */
    private readonly line: Span,
    /** Takes warnings about what is read. */
    readonly warn: (message: string, span: Span) => void = () => undefined,
  ) {}

  get token(): Token | undefined {
    return this.tokens[this.index];
  }

  get atEnd(): boolean {
    return this.index >= this.tokens.length;
  }

  peek(ahead = 1): Token | undefined {
    return this.tokens[this.index + ahead];
  }

  isOp(text: string): boolean {
    return isOp(this.token, text);
  }

  /** Steps over the operator `text` if it stands here. */
  skipOp(text: string): boolean {
    if (!this.isOp(text)) return false;
    this.index++;
    return true;
  }

  /** The lower-case text of an identifier standing here. */
  get word(): string | undefined {
    const token = this.token;
    return token?.kind === 'id' ? token.text.toLowerCase() : undefined;
  }

  skipWord(...words: readonly string[]): string | undefined {
    const word = this.word;
    if (word === undefined || !words.includes(word)) return undefined;
    this.index++;
    return word;
  }

  /** The stretch from `token` to what was read last. */
  spanFrom(token: Token | undefined): Span {
    const last = this.tokens[this.index - 1];
    const first = token ?? last ?? this.line;
    if (!last || last.line !== first.line || last.file !== first.file) return first;
    if (first.endColumn >= last.endColumn) return first;
    const { file, line, column } = first;
    return { file, line, column, endColumn: last.endColumn };
  }

  /** The token here, or the end of the line. */
  get span(): Span {
    const token = this.token;
    if (token) return token;
    const last = this.tokens[this.tokens.length - 1] ?? this.line;
    const { file, line, endColumn } = last;
    return { file, line, column: endColumn, endColumn };
  }

  expectOp(text: string): Token {
    const token = this.token;
    if (!token || !isOp(token, text)) {
      throw new SourceError(
        token
          ? l10n.t('expected `{0}` here, found `{1}`', text, token.text)
          : l10n.t('expected `{0}` at the end of the line', text),
        this.span,
      );
    }
    this.index++;
    return token;
  }

  /** Complains about anything left over. */
  expectEnd(): void {
    const token = this.token;
    if (!token) return;
    throw new SourceError(unexpected(token), token);
  }
}

export function unexpected(token: Token): string {
  if (token.kind === 'bad') {
    return /^["'`]/.test(token.text)
      ? l10n.t('this string is not closed: its quote {0} is missing', token.text.charAt(0))
      : l10n.t('the character `{0}` has no meaning here', token.text);
  }
  if (token.kind === 'pre' && registerOf(token.text.slice(1).toLowerCase()) !== undefined)
    return l10n.t('NASM writes registers without `%`: `{0}`', token.text.slice(1));
  const text = token.text.length > 40 ? token.text.slice(0, 40) + '…' : token.text;
  return l10n.t('unexpected `{0}`', text);
}
