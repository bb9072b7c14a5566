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

/** Where the parts of a line that goes on in the next ones begin in the joined text. */
interface Joined {
  readonly text: string;
  readonly starts: readonly number[];
}

/** Joins the line at `first` with those it goes on in: one that ends in `\\` does, in a comment, too. */
function joinLines(lines: readonly string[], first: number): Joined {
  const starts: number[] = [];
  let text = '';
  for (let i = first; ; i++) {
    starts.push(text.length);
    const line = lines[i] ?? '';
    if (!line.endsWith('\\') || i + 1 >= lines.length) return { text: text + line, starts };
    text += line.slice(0, -1);
  }
}

/** The places of a joined line's tokens in the lines that they came from. */
function placeInParts(tokens: TokenLine, { starts }: Joined): TokenLine {
  let part = 0;
  return tokens.map((token) => {
    while ((starts[part + 1] ?? Infinity) < token.column) part++;
    const before = starts[part] ?? 0;
    const { line, column, endColumn } = token;
    const end = Math.min(endColumn, (starts[part + 1] ?? Infinity) + 1);
    return { ...token, line: line + part, column: column - before, endColumn: end - before };
  });
}

/**
 * Cuts a whole file into lines of tokens. A line ending in `\` goes on in the next (NASM manual 3.1); the joined
 * tokens stand in the first line's entry, and the lines they came from are empty.
 */
export function tokenizeFile(text: string, file: string): TokenLine[] {
  const lines = text.split(/\r\n|\n|\r/);
  const result: TokenLine[] = [];
  while (result.length < lines.length) {
    const first = result.length;
    const joined = joinLines(lines, first);
    const tokens = tokenize(joined.text, file, first + 1);
    result.push(joined.starts.length === 1 ? tokens : placeInParts(tokens, joined));
    for (let k = 1; k < joined.starts.length; k++) result.push([]);
  }
  return result;
}
