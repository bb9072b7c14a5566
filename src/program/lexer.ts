import type { Token, TokenKind, TokenLine } from './tokens';

/**
 * One alternative per token kind, tried in order (NASM manual 3.1, 3.4 and 4). The preprocessor's `%x` forms come
 * before the operators `%` and `%%`, as in NASM, which reads `%name` as a directive wherever it stands.
 */
const TOKEN = new RegExp(
  [
    /(?<number>\$[0-9][0-9A-Fa-f_]*\.[0-9A-Fa-f_]*(?:[pP][+-]?[0-9_]+)?|\$[0-9][0-9A-Za-z_]*|0[dDtT][0-9_]*\.[0-9_]*(?:[eE][+-]?[0-9_]+)?|0[bByYoOqQ](?:[0-7_]*\.[0-7_]*(?:[pP][+-]?[0-9_]+)?|[0-7_]+[pP][+-]?[0-9_]+)|0[xXhH][0-9A-Fa-f_]*\.?[0-9A-Fa-f_]*(?:[pP][+-]?[0-9_]+|[0-9A-Za-z_]*)|[0-9][0-9_]*\.[0-9_]*(?:[eE][+-]?[0-9_]+)?|[0-9][0-9_]*[eE][+-][0-9_]+|[0-9][0-9A-Za-z_]*)/,
    /(?<id>\$?[A-Za-z_.?@\u0080-\uffff][A-Za-z0-9_.?@#~$\u0080-\uffff]*)/,
    /(?<string>"[^"\n]*"|'[^'\n]*'|`(?:\\.|[^`\\\n])*`)/,
    /(?<pre>%(?:[+-]?[0-9]+|\+|,|%[A-Za-z_.?@][A-Za-z0-9_.?@#~$]*|\$+[A-Za-z_.?@0-9][A-Za-z0-9_.?@#~$]*|![A-Za-z_]\w*|!(?:"[^"]*"|'[^']*')|[A-Za-z_][A-Za-z0-9_]*|\*?\?\??))/,
    /(?<op>\$\$?|<=>|<<<|>>>|<<|>>|<=|>=|<>|==|!=|&&|\|\||\^\^|\/\/|%%|[-+*/%&|^~!=<>()[\]{},:?\\#])/,
  ]
    .map((r) => r.source)
    .join('|'),
  'y',
);

const CLOSING: Readonly<Record<string, string>> = { '[': ']', '{': '}' };

/** Where the brackets of one kind close in a line: for each opening place the end (exclusive) of its partner. */
function closings(text: string, opening: string): Map<number, number> {
  const closing = CLOSING[opening];
  const open: number[] = [];
  const found = new Map<number, number>();
  for (let i = 0; i < text.length; i++) {
    const c = text[i];
    if (c === opening) open.push(i);
    else if (c === closing) {
      const start = open.pop();
      if (start !== undefined) found.set(start, i + 1);
    } else if (c === '"' || c === "'" || c === '`') {
      const close = text.indexOf(c, i + 1);
      if (close < 0) return found;
      i = close;
    }
  }
  return found;
}

/**
 * Cuts one line into tokens. Comments and white space are dropped (the latter kept as `space` on the next token).
 * @param column the column (from 1) of the text's first character
 */
export function tokenize(text: string, file: string, line: number, column = 1): TokenLine {
  const tokens: Token[] = [];
  let at = 0;
  let space = false;
  const closed: Record<string, Map<number, number>> = {};
  const push = (kind: TokenKind, end: number, content = text.slice(at, end)): void => {
    tokens.push({
      kind,
      text: content,
      space,
      file,
      line,
      column: column + at,
      endColumn: column + end,
    });
    at = end;
    space = false;
  };
  while (at < text.length) {
    const c = text.charCodeAt(at);
    if (c === 0x3b) break;
    if (c <= 0x20) {
      space = true;
      at++;
      continue;
    }
    if (c === 0x25 && (text[at + 1] === '{' || text[at + 1] === '[')) {
      const opening = text[at + 1] ?? '';
      const end = (closed[opening] ??= closings(text, opening)).get(at + 1);
      if (end !== undefined) {
        // %{name} is %name with its end marked, so that text may follow it at once.
        const braced = text[at + 1] === '{';
        push('pre', end, braced ? '%' + text.slice(at + 2, end - 1).trim() : undefined);
        continue;
      }
    }
    TOKEN.lastIndex = at;
    const match = TOKEN.exec(text);
    if (!match?.groups) {
      const quote = c === 0x22 || c === 0x27 || c === 0x60;
      push('bad', quote ? text.length : at + 1);
      continue;
    }
    const g = match.groups;
    const kind: TokenKind =
      g.id !== undefined
        ? 'id'
        : g.number !== undefined
          ? 'number'
          : g.op !== undefined
            ? 'op'
            : g.string !== undefined
              ? 'string'
              : 'pre';
    push(kind, TOKEN.lastIndex);
  }
  return tokens;
}

/**
 * Cuts a whole file into lines of tokens. A line ending in `\` goes on in the next (NASM manual 3.1); the joined
 * tokens stand in the first line's entry, and the lines they came from are empty.
 */
export function tokenizeFile(text: string, file: string): TokenLine[] {
  const lines = text.split(/\r\n|\n|\r/);
  const result: TokenLine[] = [];
  for (let i = 0; i < lines.length; i++) {
    const first = i;
    let source = lines[i] ?? '';
    if (!source.endsWith('\\')) {
      result.push(tokenize(source, file, i + 1));
      continue;
    }
    const joined: Token[] = [];
    for (;;) {
      const more = source.endsWith('\\') && i + 1 < lines.length;
      const part = tokenize(more ? source.slice(0, -1) : source, file, i + 1);
      part.forEach((token, k) =>
        joined.push(k === 0 && i > first ? { ...token, space: true } : token),
      );
      if (!more) break;
      source = lines[++i] ?? '';
    }
    result.push(joined);
    for (let k = first; k < i; k++) result.push([]);
  }
  return result;
}
