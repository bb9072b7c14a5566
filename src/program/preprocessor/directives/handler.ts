import * as l10n from '@vscode/l10n';
import { SourceError } from '../../diagnostics';
import { quote, stringBytes } from '../../literals';
import { isOp } from '../../tokens';
import type { Token } from '../../tokens';
import type { Preprocessor } from '../preprocessor';

/** Carries out a directive of the preprocessor. Throws SourceError. */
export type Handler = (p: Preprocessor, args: readonly Token[], directive: Token) => void;

/** The text of a string token. */
export const text = (token: Token): string => new TextDecoder().decode(stringBytes(token.text));

/** The name that a directive begins with. */
export function nameOf(args: readonly Token[], directive: Token): Token {
  const [name] = args;
  if (name?.kind !== 'id')
    throw new SourceError(l10n.t('`{0}` needs a name', directive.text), name ?? directive);
  return name;
}

export const stringToken = (content: string, like: Token): Token => ({
  kind: 'string',
  text: quote(content),
  space: true,
  file: like.file,
  line: like.line,
  column: like.column,
  endColumn: like.endColumn,
});

export function strings(p: Preprocessor, args: readonly Token[], directive: Token): Token[] {
  const tokens = p.expand(args).filter((t) => !isOp(t, ','));
  const wrong = tokens.find((t) => t.kind !== 'string');
  if (wrong || tokens.length === 0)
    throw new SourceError(
      l10n.t('`{0}` needs a string in quotes', directive.text),
      wrong ?? directive,
    );
  return tokens;
}

export const stray =
  (opening: string): Handler =>
  (_p, _args, directive) => {
    throw new SourceError(
      l10n.t('`{0}` without a `{1}` before it', directive.text, opening),
      directive,
    );
  };
