import * as l10n from '@vscode/l10n';
import { Cursor } from './cursor';
import { parseData } from './data-parser';
import { SourceError, UnknownWord, type Span } from './diagnostics';
import { isConstant, type Expression } from './expression';
import { parseExpression } from './expression-parser';
import { stringBytes } from './literals';
import { NO_BRACKETS, parseOperand } from './operand-parser';
import type {
  Body,
  Decoration,
  EncodingPrefix,
  InstructionBody,
  Label,
  Operand,
  Prefixes,
  Statement,
} from './statement';
import { closest } from './suggest';
import { isOp, type Token } from './tokens';
import { misspelledInstruction, unknownWord } from './unknown-word';
import {
  BRACKETED_DIRECTIVES,
  DATA_WORDS,
  DIRECTIVES,
  isStatementWord,
  PREFIX_WORDS,
  RESERVE_WORDS,
  SIZE_WORDS,
} from './words';
import { isMnemonic } from './x86/mnemonics';
import { takesOperands } from './x86/forms';
import { classOf, registerOf } from './x86/registers';

const NO_PREFIXES: Prefixes = {
  words: [],
  segment: 0,
  operandSize: 0,
  addressSize: 0,
  encoding: undefined,
};

const ENCODINGS: readonly EncodingPrefix[] = ['rex', 'vex', 'vex2', 'vex3', 'evex'];

/** An instruction has at most 15 bytes (SDM vol. 2A, 2.3.11). */
const MAX_PREFIXES = 14;

const EMPTY: Body = { kind: 'empty' };

const NO_TIMES: readonly Expression[] = [];

/** Whether `word` (lower case) begins a statement, so that it is no label. */
export function isKeyword(word: string): boolean {
  return isStatementWord(word) || isMnemonic(word);
}

/**
 * Parses one line after macro expansion (NASM manual 3.1). Throws SourceError.
 * @param chain where the line comes from
 * @param warn takes what NASM lets pass and a reader should know
 */
export function parseStatement(
  tokens: readonly Token[],
  chain: readonly Span[],
  warn?: Cursor['warn'],
): Statement {
  const place = chain[chain.length - 1] ?? { file: '', line: 1, column: 1 };
  const cursor = new Cursor(tokens, { ...place, endColumn: place.column }, warn);
  const label = parseLabel(cursor);
  let times = NO_TIMES;
  while (cursor.word === 'times') {
    cursor.index++;
    times = [...times, parseExpression(cursor)];
  }
  const span = cursor.span;
  const body = parseBody(cursor);
  cursor.expectEnd();
  return { label, times, body, span, chain, decision: undefined };
}

/** The label, with its colon, of a line whose rest is wrong: others may use it all the same. */
export function parseLabelAlone(
  tokens: readonly Token[],
  chain: readonly Span[],
): Statement | undefined {
  const [name, colon] = tokens;
  if (!name || !isOp(colon, ':')) return undefined;
  try {
    const label = parseLabel(new Cursor(tokens, name));
    return { label, times: [], body: EMPTY, span: name, chain, decision: undefined };
  } catch (error) {
    if (error instanceof SourceError) return undefined;
    throw error;
  }
}

/** Words that NASM never takes for a label, colon or not; with a colon an instruction's name is a label. */
function isReserved(word: string): boolean {
  return PREFIX_WORDS.has(word) || word === 'times' || word in SIZE_WORDS;
}

function labelOf(token: Token): Label {
  const name = token.text.startsWith('$') ? token.text.slice(1) : token.text;
  return { name, span: token };
}

function parseLabel(cursor: Cursor): Label | undefined {
  const token = cursor.token;
  if (token?.kind !== 'id') return undefined;
  const word = token.text.toLowerCase();
  const next = cursor.peek();
  if (isOp(next, ':') && !(registerOf(word) !== undefined && isOp(cursor.peek(2), '['))) {
    if (registerOf(word) !== undefined)
      throw new SourceError(l10n.t('`{0}` is a register and cannot be a label', token.text), token);
    if (isReserved(word)) {
      throw new SourceError(
        l10n.t('`{0}` is a word of the language and cannot be a label', token.text),
        token,
      );
    }
    cursor.index += 2;
    return labelOf(token);
  }
  if (isKeyword(word)) {
    // `wait db 1`: a keyword where a name is wanted.
    if (next?.kind === 'id' && next.text.toLowerCase() === 'equ' && !isStatementWord(word)) {
      throw new SourceError(
        l10n.t('`{0}` is an instruction and cannot be a name', token.text),
        token,
      );
    }
    return undefined;
  }
  if (next?.kind === 'id' && isKeyword(next.text.toLowerCase())) {
    if (registerOf(word) !== undefined)
      throw new SourceError(l10n.t('`{0}` is a register and cannot be a label', token.text), token);
    cursor.index++;
    return labelOf(token);
  }
  if (next || registerOf(word) !== undefined)
    throw new UnknownWord(unknownWord(token, next), token.text, token);
  cursor.index++;
  return { ...labelOf(token), orphan: { misspelled: misspelledInstruction(token) } };
}

function parseBody(cursor: Cursor): Body {
  const token = cursor.token;
  if (!token) return EMPTY;
  if (isOp(token, '[')) return bracketed(cursor);
  if (isOp(token, '{')) return instruction(cursor);
  if (token.kind !== 'id') {
    throw new SourceError(
      token.kind === 'bad' || token.kind === 'pre'
        ? preprocessorWord(token)
        : l10n.t('expected an instruction here, found `{0}`', token.text),
      token,
    );
  }
  const word = token.text.toLowerCase();
  const size = DATA_WORDS[word];
  if (size !== undefined) {
    cursor.index++;
    return { kind: 'data', size, items: parseData(cursor, token) };
  }
  const unit = RESERVE_WORDS[word];
  if (unit !== undefined) {
    cursor.index++;
    return { kind: 'reserve', size: unit, count: parseExpression(cursor) };
  }
  if (word === 'equ') {
    cursor.index++;
    return { kind: 'equ', value: parseFarOrPlain(cursor) };
  }
  if (word === 'incbin') return incbin(cursor);
  if (word === 'align' || word === 'alignb') return align(cursor, word === 'alignb');
  if (DIRECTIVES.has(word)) return directive(cursor, cursor.tokens.length, false);
  return instruction(cursor);
}

function preprocessorWord(token: Token): string {
  if (token.kind === 'bad') {
    return /^["'`]/.test(token.text)
      ? l10n.t('this string is not closed: its quote {0} is missing', token.text.charAt(0))
      : l10n.t('the character `{0}` has no meaning here', token.text);
  }
  return l10n.t('`{0}` means something only inside a macro', token.text);
}

function parseFarOrPlain(cursor: Cursor): Expression {
  const value = parseExpression(cursor);
  if (cursor.isOp(':')) {
    throw new SourceError(
      l10n.t('a far address cannot be given a name: define selector and offset apart'),
      cursor.span,
    );
  }
  return value;
}

/** `[bits 32]`: the primitive form of a directive. */
function bracketed(cursor: Cursor): Body {
  cursor.index++;
  let close = cursor.tokens.length - 1;
  while (close > cursor.index && !isOp(cursor.tokens[close], ']')) close--;
  const word = cursor.word;
  if (word === undefined || !(DIRECTIVES.has(word) || BRACKETED_DIRECTIVES.has(word))) {
    const better = word === undefined ? undefined : closest(word, DIRECTIVES);
    throw new SourceError(
      better === undefined
        ? l10n.t('a line cannot begin with a memory operand: the instruction is missing')
        : l10n.t('`{0}`: no such directive; did you mean `{1}`?', word ?? '', better),
      cursor.span,
    );
  }
  if (!isOp(cursor.tokens[close], ']')) {
    cursor.index = cursor.tokens.length;
    cursor.expectOp(']');
  }
  const body = directive(cursor, close, true);
  cursor.index = close + 1;
  return body;
}

function directive(cursor: Cursor, end: number, primitive: boolean): Body {
  const name = cursor.word ?? '';
  const args = cursor.tokens.slice(cursor.index + 1, end);
  cursor.index = end;
  return { kind: 'directive', name, arguments: args, primitive };
}

function incbin(cursor: Cursor): Body {
  cursor.index++;
  const token = cursor.token;
  if (token?.kind !== 'string')
    throw new SourceError(l10n.t('`incbin` needs a file name in quotes'), cursor.span);
  cursor.index++;
  const skip = cursor.skipOp(',') && !cursor.isOp(',') ? parseExpression(cursor) : undefined;
  const length = cursor.skipOp(',') ? parseExpression(cursor) : undefined;
  const path = new TextDecoder().decode(stringBytes(token.text));
  return { kind: 'incbin', path, span: token, skip, length };
}

function align(cursor: Cursor, reserve: boolean): Body {
  cursor.index++;
  const boundary = parseExpression(cursor);
  const fill = cursor.skipOp(',') && !cursor.atEnd ? parseBody(cursor) : undefined;
  return { kind: 'align', reserve, boundary, fill };
}

/** `{vex3}` and its kin. */
function encodingPrefix(cursor: Cursor): EncodingPrefix {
  cursor.expectOp('{');
  const word = cursor.word ?? '';
  const known = ENCODINGS.find((name) => name === word);
  if (known === undefined) {
    throw new SourceError(
      l10n.t(
        '`{0}` cannot stand before an instruction (`{1}` can)',
        `{${cursor.token?.text ?? ''}}`,
        ENCODINGS.map((name) => `{${name}}`).join('`, `'),
      ),
      cursor.span,
    );
  }
  cursor.index++;
  cursor.expectOp('}');
  return known;
}

function parsePrefixes(cursor: Cursor): Prefixes {
  let prefixes = NO_PREFIXES;
  let count = 0;
  const token = cursor.token;
  for (;;) {
    if (cursor.isOp('{')) {
      prefixes = { ...prefixes, encoding: encodingPrefix(cursor) };
      continue;
    }
    const word = cursor.word;
    if (word === undefined || !PREFIX_WORDS.has(word)) return prefixes;
    // `wait` is also an instruction, and a prefix only when one follows.
    if (word === 'wait' && cursor.peek()?.kind !== 'id') return prefixes;
    if (/^[oa]\d\d$/.test(word)) {
      const bits = Number(word.slice(1)) as 16 | 32 | 64;
      prefixes = word.startsWith('o')
        ? { ...prefixes, operandSize: bits }
        : { ...prefixes, addressSize: bits };
    } else {
      const reg = registerOf(word);
      prefixes =
        reg === undefined
          ? { ...prefixes, words: [...prefixes.words, word] }
          : { ...prefixes, segment: reg };
    }
    cursor.index++;
    if (++count > MAX_PREFIXES)
      throw new SourceError(
        l10n.t('an instruction has at most 15 bytes: too many prefixes'),
        token,
      );
  }
}

function instruction(cursor: Cursor): Body {
  const prefixes = parsePrefixes(cursor);
  const token = cursor.token;
  const word = cursor.word;
  if (!token || word === undefined || !isMnemonic(word)) {
    // Prefixes may stand alone (NASM manual 3.1).
    if (!token && prefixes !== NO_PREFIXES) return instructionOf('', prefixes, []);
    if (token?.kind === 'id')
      throw new UnknownWord(unknownWord(token, cursor.peek()), token.text, token);
    throw new SourceError(l10n.t('an instruction is missing here'), cursor.span);
  }
  cursor.index++;
  const operands: Operand[] = [];
  while (!cursor.atEnd) {
    if (cursor.isOp('{')) {
      loneDecoration(cursor, operands);
    } else {
      const operand = parseOperand(cursor);
      operands.push(word === 'lea' && operands.length === 1 ? asAddress(operand) : operand);
      if (word.startsWith('bnd')) joinIndex(operands);
    }
    if (cursor.atEnd) break;
    if (!cursor.isOp(',')) {
      const found = cursor.token?.text ?? '';
      throw new SourceError(
        l10n.t('expected a comma or the end of the line, found `{0}`', found),
        cursor.span,
      );
    }
    cursor.index++;
    // A comma too many is overlooked where the instruction needs no more operands, as in NASM.
    if (cursor.atEnd && !takesOperands(word, operands.length))
      throw new SourceError(l10n.t('an operand is missing after the comma'), cursor.span);
  }
  const kept = KEEPS_INDEX.test(word) ? operands.map(unsplit) : operands;
  return instructionOf(word, prefixes, kept);
}

const instructionOf = (
  mnemonic: string,
  prefixes: Prefixes,
  operands: readonly Operand[],
): InstructionBody => ({
  kind: 'instruction',
  mnemonic,
  prefixes,
  operands,
  constant: operands.every(isConstantOperand),
  decision: undefined,
});

function isConstantOperand(operand: Operand): boolean {
  switch (operand.kind) {
    case 'register':
      return true;
    case 'immediate':
      return isConstant(operand.value);
    case 'memory':
      return isConstant(operand.address);
    case 'far':
      return isConstant(operand.selector) && isConstant(operand.offset);
  }
}

/** Base and index mean something of their own here, so that `[2*rax]` does not become `[rax+rax]`. */
const KEEPS_INDEX = /^(tileload|tilestore|bndldx$|bndstx$|bndmk$)/;

const unsplit = (operand: Operand): Operand =>
  operand.kind === 'memory' ? { ...operand, nosplit: true } : operand;

/** `bndldx bnd0, [rax], rbx`: an index that is an operand of its own belongs to the address before it. */
function joinIndex(operands: Operand[]): void {
  const at = operands.findIndex(
    (o) => o.kind === 'register' && /^r(32|64)$/.test(classOf(o.register) ?? ''),
  );
  const index = operands[at];
  const memory = operands.findIndex((o) => o.kind === 'memory');
  const address = operands[memory];
  if (operands.length !== 3 || index?.kind !== 'register' || address?.kind !== 'memory') return;
  const { span, register } = index;
  const right = { kind: 'register', register, span } as const;
  const sum = { kind: 'binary', operator: '+', left: address.address, right, span } as const;
  operands[memory] = { ...address, address: sum, hint: { register, base: false } };
  operands.splice(at, 1);
}

/** `lea eax, label` means `lea eax, [label]`, as in MASM. */
function asAddress(operand: Operand): Operand {
  if (operand.kind !== 'immediate') return operand;
  const { value, size, strict, span } = operand;
  return { ...NO_BRACKETS, address: value, size, strict, span };
}

/** `{rn-sae}` as an operand of its own decorates the one before it. */
function loneDecoration(cursor: Cursor, operands: Operand[]): void {
  const open: Span = cursor.span;
  const rest = new Cursor(
    [{ ...open, kind: 'id', text: 'k0', space: false }, ...cursor.tokens.slice(cursor.index)],
    open,
  );
  const parsed = parseOperand(rest);
  cursor.index += rest.index - 1;
  const last = operands.pop();
  if (!last) throw new SourceError(l10n.t('a decoration needs an operand before it'), open);
  const merged: Decoration = { ...last.decoration, ...parsed.decoration };
  operands.push({ ...last, decoration: merged });
}
