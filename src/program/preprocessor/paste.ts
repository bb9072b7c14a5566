import { tokenize } from '../lexer';
import { isOp, type Token } from '../tokens';

const joins = (token: Token): boolean => token.kind === 'id' || token.kind === 'number';

/** Two tokens without white space between them that form a name together: `irq` `3`. */
function adjacent(left: Token, right: Token): boolean {
  return !right.space && joins(left) && joins(right);
}

/** Joins two tokens into what their texts spell together, at the first one's place. */
function join(left: Token, right: Token): Token[] {
  const text = left.text + right.text;
  return tokenize(text, left.file, left.line).map((token, i) => ({
    ...token,
    column: left.column,
    endColumn: Math.max(left.endColumn, left.column + 1),
    space: i === 0 ? left.space : token.space,
    ...(left.hidden ? { hidden: left.hidden } : {}),
  }));
}

const isPaste = (token: Token | undefined): boolean =>
  token !== undefined && token.kind === 'pre' && token.text === '%+';

/** Joins names that expansion has brought together, and with `%+` the tokens beside it (NASM manual 4.1.4). */
export function paste(tokens: readonly Token[]): readonly Token[] {
  return pasteWhere(tokens, true);
}

/** Joins names that stand side by side, and leaves each `%+` for later. */
export function pasteAdjacent(tokens: readonly Token[]): readonly Token[] {
  return pasteWhere(tokens, false);
}

function pasteWhere(tokens: readonly Token[], operator: boolean): readonly Token[] {
  const needed = tokens.some((token, i) => {
    const next = tokens[i + 1];
    return (operator && isPaste(token)) || (next && adjacent(token, next));
  });
  if (!needed) return tokens;
  const out: Token[] = [];
  for (let i = 0; i < tokens.length; i++) {
    const token = tokens[i];
    if (!token) break;
    const last = out[out.length - 1];
    const next = tokens[i + 1];
    if (operator && isPaste(token)) {
      if (last && next) {
        out.pop();
        out.push(...join(last, next));
        i++;
      }
    } else if (last && adjacent(last, token)) {
      out.pop();
      out.push(...join(last, token));
    } else {
      out.push(token);
    }
  }
  return out;
}

/** Cuts tokens at the commas that stand outside parentheses, brackets and braces. */
export function splitAtCommas(tokens: readonly Token[]): Token[][] {
  const parts: Token[][] = [[]];
  let depth = 0;
  for (const token of tokens) {
    if (token.kind === 'op') {
      if (/^[([{]$/.test(token.text)) depth++;
      else if (/^[)\]}]$/.test(token.text)) depth--;
    }
    if (depth === 0 && isOp(token, ',')) parts.push([]);
    else parts[parts.length - 1]?.push(token);
  }
  return parts;
}
