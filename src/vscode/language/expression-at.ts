/** A piece of a source line that the debugger's expression language can evaluate. */
export interface FoundExpression {
  readonly expression: string;
  /** Columns from 0 in the line, end exclusive. */
  readonly start: number;
  readonly end: number;
}

interface Token {
  readonly text: string;
  readonly start: number;
  readonly kind: 'word' | 'number' | 'string' | 'sign';
}

const TOKENS =
  /(?<string>"[^"]*"?|'[^']*'?|`(?:\\.|[^`])*`?)|(?<comment>;.*)|(?<number>\$?\d[\w.]*)|(?<word>[A-Za-z_.?@$%][\w.?@~#$%]*)|(?<sign>\S)/g;

const SIZES = /^(byte|[dqtoyz]?word|tbyte|[xyz]mmword)$/i;
const NOT_VALUES =
  /^(byte|[dqtoyz]?word|tbyte|[xyz]mmword|ptr|rel|abs|short|near|far|strict|nosplit|lock|rep(n?[ez])?|to|o(16|32|64)|a(16|32|64))$/i;
const PREFIXES = /^(lock|rep(n?[ez])?|xacquire|xrelease|bnd|notrack|times)$/i;

/**
 * What a person means who points at a place of a line of assembly: the register or symbol there, or, on
 * the brackets and signs of a memory operand, the whole operand with its size: `dword [rsp+8]`.
 * Nothing for mnemonics, directives, plain numbers, strings and comments.
 *
 * @param lineText the text of a line, by its number from 0
 */
export function expressionAt(
  lineText: (line: number) => string,
  line: number,
  column: number,
): FoundExpression | undefined {
  const text = lineText(line);
  const tokens = tokensOf(text);
  const index = tokens.findIndex(
    ({ start, text: t }) => start <= column && column < start + t.length,
  );
  const token = tokens[index];
  if (!token || token.kind === 'string') return undefined;
  const operand = memoryOperand(text, tokens, index);
  const isName = token.kind === 'word' && !NOT_VALUES.test(token.text);
  if (operand && !isName) return operand;
  if (!isName || token.text.startsWith('%')) return undefined;
  if (!operand && index === mnemonicIndex(tokens)) {
    return undefined;
  }
  return {
    expression: fullName(token.text, lineText, line),
    start: token.start,
    end: token.start + token.text.length,
  };
}

export function tokensOf(text: string): Token[] {
  const tokens: Token[] = [];
  for (const match of text.matchAll(TOKENS)) {
    const { string, comment, number, word } = match.groups ?? {};
    if (comment !== undefined) break;
    const kind =
      string !== undefined
        ? 'string'
        : number !== undefined
          ? 'number'
          : word !== undefined
            ? 'word'
            : 'sign';
    tokens.push({ text: match[0], start: match.index, kind });
  }
  return tokens;
}

/** The word that is the instruction or directive: the first one that is no label and no prefix. */
export function mnemonicIndex(tokens: readonly Token[]): number {
  let index = 0;
  if (tokens[0]?.kind === 'word' && tokens[1]?.text === ':') index = 2;
  while (tokens[index] && PREFIXES.test(tokens[index]?.text ?? '')) index++;
  return index;
}

function memoryOperand(
  text: string,
  tokens: readonly Token[],
  index: number,
): FoundExpression | undefined {
  let first = index;
  const at = tokens[index]?.text ?? '';
  if (SIZES.test(at)) {
    const next = tokens[index + 1]?.text === 'ptr' ? index + 2 : index + 1;
    if (tokens[next]?.text !== '[') return undefined;
    first = next;
  } else {
    while (first >= 0 && tokens[first]?.text !== '[') {
      if (tokens[first]?.text === ']' && first !== index) return undefined;
      first--;
    }
  }
  const open = tokens[first];
  const close = tokens.find((token, n) => n > first && token.text === ']');
  if (!open || !close) return undefined;
  const size = tokens[first - 1];
  const hasSize = size !== undefined && SIZES.test(size.text);
  const inner = text.slice(open.start + 1, close.start).replace(/^\s*(rel|abs|nosplit)\s+/i, '');
  return {
    expression: `${hasSize ? `${size.text} ` : ''}[${inner.trim()}]`,
    start: hasSize ? size.start : open.start,
    end: close.start + 1,
  };
}

/** A local label belongs to the label before it: `.next` under `print` is `print.next`. */
function fullName(name: string, lineText: (line: number) => string, line: number): string {
  if (!name.startsWith('.') || name.startsWith('..')) return name;
  for (let above = line; above >= 0; above--) {
    const label = /^\s*([A-Za-z_?@][\w.?@~#$]*)\s*:/.exec(lineText(above))?.[1];
    if (label !== undefined) return label + name;
  }
  return name;
}
