import * as l10n from '@vscode/l10n';
import { SourceError } from '../../diagnostics';
import { isOp, type Token } from '../../tokens';
import { splitAtCommas } from '../paste';
import type { Preprocessor } from '../preprocessor';
import type { Parameter } from '../single-line-macros';
import { nameOf, type Handler } from './handler';

/** `%define` and its kin (NASM manual 4.1). */

/** A parameter list that follows the name at once. */
function parseParameters(args: readonly Token[]): {
  parameters: Parameter[] | undefined;
  body: readonly Token[];
} {
  const open = args[1];
  if (!open || !isOp(open, '(') || open.space)
    return { parameters: undefined, body: args.slice(1) };
  const close = args.findIndex((token) => isOp(token, ')'));
  if (close < 0) throw new SourceError(l10n.t('the parameter list has no closing `)`'), open);
  const parts = splitAtCommas(args.slice(2, close));
  const parameters = parts.flatMap((part) => {
    const own = part.filter((t) => t.kind === 'id')[0];
    if (!own && parts.length === 1) return [];
    const signs = part.filter((t) => t.kind === 'op').map((t) => t.text);
    return [{ name: own?.text ?? '', evaluated: signs.includes('='), greedy: signs.includes('+') }];
  });
  return { parameters, body: args.slice(close + 1) };
}

export const define =
  (caseless: boolean, expandNow: boolean): Handler =>
  (p, args, directive) => {
    const name = nameOf(args, directive);
    const { parameters, body } = parseParameters(args);
    const own = expandNow ? p.expand(body) : body;
    p.macros.define({ name: name.text, caseless, parameters, body: own, span: name });
  };

export function setText(
  p: Preprocessor,
  name: Token,
  caseless: boolean,
  body: readonly Token[],
): void {
  p.macros.define({ name: name.text, caseless, parameters: undefined, body, span: name });
}

export const assign =
  (caseless: boolean): Handler =>
  (p, args, directive) => {
    const name = nameOf(args, directive);
    setText(p, name, caseless, p.numberTokens(p.evaluate(args.slice(1), directive), name));
  };
