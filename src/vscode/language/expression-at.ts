import { tokenize } from '../../program/lexer';
import { isOp, type TokenLine } from '../../program/tokens';
import { PREFIX_WORDS, SIZE_WORDS } from '../../program/words';

/** A piece of a source line that the debugger's expression language can evaluate. */
export interface FoundExpression {
  readonly expression: string;
  /** Columns from 0 in the line, end exclusive. */
  readonly start: number;
  readonly end: number;
}

const isSize = (word: string): boolean => word.toLowerCase() in SIZE_WORDS;

/** Words among the operands that are no values themselves. */
const NOT_VALUES = /^(ptr|rel|abs|short|near|far|strict|nosplit|to)$/i;

const isValue = (word: string): boolean =>
  !isSize(word) && !NOT_VALUES.test(word) && !isRepetition(word);

const isRepetition = (word: string): boolean =>
  /^times$/i.test(word) || (PREFIX_WORDS.has(word.toLowerCase()) && !/^[c-gs]s$/i.test(word));

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
  const index = tokens.findIndex((t) => t.column - 1 <= column && column < t.endColumn - 1);
  const token = tokens[index];
  if (!token || token.kind === 'string') return undefined;
  const operand = memoryOperand(text, tokens, index);
  const isName = token.kind === 'id' && isValue(token.text);
  if (operand && !isName) return operand;
  if (!isName || (!operand && index === mnemonicIndex(tokens))) return undefined;
  return {
    expression: fullName(token.text, lineText, line),
    start: token.column - 1,
    end: token.endColumn - 1,
  };
}

/** The tokens of one line, as the assembler sees them. */
export const tokensOf = (text: string): TokenLine => tokenize(text, '', 1);

/** The word that is the instruction or directive: the first one that is no label and no prefix. */
export function mnemonicIndex(tokens: TokenLine): number {
  let index = 0;
  if (tokens[0]?.kind === 'id' && isOp(tokens[1], ':')) index = 2;
  while (isRepetition(tokens[index]?.text ?? '')) index++;
  return index;
}

function memoryOperand(
  text: string,
  tokens: TokenLine,
  index: number,
): FoundExpression | undefined {
  let first = index;
  if (isSize(tokens[index]?.text ?? '')) {
    const next = /^ptr$/i.test(tokens[index + 1]?.text ?? '') ? index + 2 : index + 1;
    if (!isOp(tokens[next], '[')) return undefined;
    first = next;
  } else {
    while (first >= 0 && !isOp(tokens[first], '[')) {
      if (isOp(tokens[first], ']') && first !== index) return undefined;
      first--;
    }
  }
  const open = tokens[first];
  const close = tokens.find((token, n) => n > first && isOp(token, ']'));
  if (!open || !close) return undefined;
  const size = tokens[first - 1];
  const sized = size !== undefined && isSize(size.text) ? size : undefined;
  const inner = text
    .slice(open.endColumn - 1, close.column - 1)
    .replace(/^\s*(rel|abs|nosplit)\s+/i, '');
  return {
    expression: `${sized ? `${sized.text} ` : ''}[${inner.trim()}]`,
    start: (sized ?? open).column - 1,
    end: close.endColumn - 1,
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
