import { isKeyword } from '../program/parser';
import { isOp, type Token, type TokenLine } from '../program/tokens';
import {
  BRACKETED_DIRECTIVES,
  DATA_WORDS,
  DIRECTIVES,
  PREFIX_WORDS,
  RESERVE_WORDS,
} from '../program/words';
import { isMnemonic } from '../program/x86/mnemonics';
import { registerOf } from '../program/x86/registers';

/** What a line's head is: its mnemonic, directive or macro. */
export type HeadKind = 'instruction' | 'data' | 'directive' | 'preprocessor' | 'macro' | 'unknown';

/** A source line as its writer sees it, before any macro is expanded: `label: lock add [x], 1`. */
export interface LineShape {
  readonly tokens: TokenLine;
  readonly label: Token | undefined;
  /** `lock`, `rep`, `times 3`, …: what stands between the label and the head. */
  readonly prefixes: readonly Token[];
  readonly head: Token | undefined;
  /** Lower case. */
  readonly word: string;
  readonly kind: HeadKind;
  /** The tokens between commas after the head. */
  readonly operands: readonly TokenLine[];
}

/**
 * Reads a line's structure. Never fails: what cannot be told is `unknown`.
 * @param isMacro whether a name is that of a multi-line macro
 */
export function shapeOf(tokens: TokenLine, isMacro: (name: string) => boolean): LineShape {
  let at = 0;
  let label: Token | undefined;
  if (startsWithLabel(tokens, isMacro)) {
    label = tokens[0];
    at = isOp(tokens[1], ':') ? 2 : 1;
  }
  const begin = at;
  at = skipPrefixes(tokens, at);
  const bracketed = isOp(tokens[at], '[') && isDirective(tokens[at + 1]);
  const headAt = bracketed ? at + 1 : at;
  const head = tokens[headAt];
  const word = head?.text.toLowerCase() ?? '';
  const end = bracketed && isOp(tokens[tokens.length - 1], ']') ? tokens.length - 1 : tokens.length;
  return {
    tokens,
    label,
    prefixes: tokens.slice(begin, at),
    head,
    word,
    kind: head ? kindOf(head, word, isMacro) : 'unknown',
    operands: head ? splitOperands(tokens.slice(headAt + 1, end)) : [],
  };
}

function startsWithLabel(tokens: TokenLine, isMacro: (name: string) => boolean): boolean {
  const [first, second] = tokens;
  if (first?.kind !== 'id') return first?.kind === 'pre' && isOp(second, ':');
  if (isOp(second, ':')) return registerOf(first.text.toLowerCase()) === undefined;
  if (isKeyword(first.text.toLowerCase()) || isMacro(first.text)) return false;
  const word = second?.kind === 'id' ? second.text.toLowerCase() : '';
  return isKeyword(word) || (second?.kind === 'id' && isMacro(second.text));
}

function skipPrefixes(tokens: TokenLine, from: number): number {
  let at = from;
  for (;;) {
    const word = tokens[at]?.text.toLowerCase() ?? '';
    if (word === 'times') {
      at++;
      while (at < tokens.length && !startsStatement(tokens[at])) at++;
    } else if (PREFIX_WORDS.has(word) && startsStatement(tokens[at + 1])) {
      at++;
    } else {
      return at;
    }
  }
}

const startsStatement = (token: Token | undefined): boolean =>
  token?.kind === 'id' && isKeyword(token.text.toLowerCase());

function isDirective(token: Token | undefined): boolean {
  const word = token?.text.toLowerCase() ?? '';
  return DIRECTIVES.has(word) || BRACKETED_DIRECTIVES.has(word);
}

function kindOf(head: Token, word: string, isMacro: (name: string) => boolean): HeadKind {
  if (head.kind === 'pre') return /^%[A-Za-z]/.test(head.text) ? 'preprocessor' : 'unknown';
  if (head.kind !== 'id') return 'unknown';
  if (isMacro(head.text)) return 'macro';
  if (word in DATA_WORDS || word in RESERVE_WORDS) return 'data';
  if (isMnemonic(word)) return 'instruction';
  return isKeyword(word) || isDirective(head) ? 'directive' : 'unknown';
}

/** Cuts tokens at the commas outside of parentheses and brackets. */
export function splitOperands(tokens: TokenLine): TokenLine[] {
  if (tokens.length === 0) return [];
  const parts: Token[][] = [[]];
  let depth = 0;
  for (const token of tokens) {
    if (token.kind === 'op' && /^[([{]$/.test(token.text)) depth++;
    else if (token.kind === 'op' && /^[)\]}]$/.test(token.text)) depth--;
    if (depth <= 0 && isOp(token, ',')) parts.push([]);
    else parts[parts.length - 1]?.push(token);
  }
  return parts;
}

/** The operands as the tables of `isa/` tell them apart: a register's name, 'mem', 'far' or 'imm'. */
export function operandKeys({ operands }: LineShape): string[] {
  return operands.map((tokens) => {
    const words = tokens.map((t) => t.text.toLowerCase());
    if (words.includes('far')) return 'far';
    if (words.includes('[')) return 'mem';
    if (words.includes(':')) return 'far';
    const register = words.find((word) => registerOf(word) !== undefined);
    return register ?? 'imm';
  });
}
