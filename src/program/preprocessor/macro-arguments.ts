import * as l10n from '@vscode/l10n';
import { SourceError, type Span } from '../diagnostics';
import { isOp, type Token } from '../tokens';
import type { SingleLineMacro } from './single-line-macros';

/** Whether a macro takes arguments of this number; `()` gives one that is empty. */
export function accepts(macro: SingleLineMacro, given: readonly Token[][]): boolean {
  const wanted = macro.parameters;
  if (!wanted) return false;
  if (wanted.length === given.length) return true;
  if (wanted.length === 0) return given.length === 1 && given[0]?.length === 0;
  if (wanted[wanted.length - 1]?.greedy !== true) return false;
  // What a greedy parameter takes may also be nothing.
  return given.length > wanted.length || given.length === wanted.length - 1;
}

/** Arguments joined again, with the commas that stood between them. */
export function joinArguments(given: readonly Token[][], place: Span): Token[] {
  const { file, line, column, endColumn } = place;
  const out: Token[] = [];
  given.forEach((argument, i) => {
    if (i > 0) out.push({ kind: 'op', text: ',', space: false, file, line, column, endColumn });
    out.push(...argument);
  });
  return out;
}

/**
 * Takes `( … )` off the reversed token list and cuts it at its commas. Braces protect commas and are dropped, except
 * in the arguments that `verbatim` names.
 */
export function takeArguments(
  pending: Token[],
  name: Token,
  verbatim: (index: number) => boolean,
): Token[][] {
  pending.pop();
  const given: Token[][] = [[]];
  let parentheses = 0;
  let braces = 0;
  for (let token = pending.pop(); token; token = pending.pop()) {
    const last = given[given.length - 1] ?? [];
    if (token.kind === 'op') {
      const keep = verbatim(given.length - 1);
      if (token.text === '{' && braces++ === 0 && !keep) continue;
      if (token.text === '}' && --braces === 0 && !keep) continue;
      if (braces === 0) {
        if (token.text === '(' || token.text === '[') parentheses++;
        else if ((token.text === ')' || token.text === ']') && parentheses-- === 0) return given;
        else if (isOp(token, ',') && parentheses === 0) {
          given.push([]);
          continue;
        }
      }
    }
    last.push(token);
  }
  throw new SourceError(
    l10n.t('the arguments of the macro `{0}` have no closing `)`', name.text),
    name,
  );
}
