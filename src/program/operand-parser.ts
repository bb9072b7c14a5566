import * as l10n from '@vscode/l10n';
import { Register, RoundingControl } from 'iced-x86';
import type { Cursor } from './cursor';
import { SourceError, type Span } from './diagnostics';
import type { Expression } from './expression';
import { parseExpression } from './expression-parser';
import type {
  AddressHint,
  Decoration,
  Distance,
  MemoryOperand,
  Operand,
  OperandSize,
} from './statement';
import { isOp, type Token } from './tokens';
import { SIZE_WORDS } from './words';
import { classOf, registerOf } from './x86/registers';

type Mutable<T> = { -readonly [K in keyof T]: T[K] };

const ROUNDINGS: Readonly<Record<string, number>> = {
  'rn-sae': RoundingControl.RoundToNearest,
  'rd-sae': RoundingControl.RoundDown,
  'ru-sae': RoundingControl.RoundUp,
  'rz-sae': RoundingControl.RoundTowardZero,
};

/** Words before an operand: sizes, `strict`, distances (NASM manual 3.7 and 3.8). */
interface Overrides {
  size: OperandSize;
  strict: boolean;
  distance: Distance;
  to: boolean;
}

/** Whether an operand goes on here, so that the word before it cannot be a label. */
const isOperandStart = (token: Token | undefined): boolean =>
  token !== undefined && (token.kind !== 'op' || token.text === '[');

function overrides(cursor: Cursor): Overrides {
  const found: Overrides = { size: 0, strict: false, distance: undefined, to: false };
  for (;;) {
    const word = cursor.word;
    if (word === undefined) return found;
    const size = SIZE_WORDS[word];
    // Of several sizes the first one counts, as in NASM.
    if (size !== undefined) found.size ||= size;
    else if (word === 'strict') found.strict = true;
    else if (word === 'to') found.to = true;
    else if (word === 'short' || word === 'near' || word === 'far') found.distance = word;
    else if (word === 'ptr' && found.size !== 0 && isOperandStart(cursor.peek())) {
      throw withoutPtr(cursor);
    } else if (word === 'offset' && cursor.peek()?.kind === 'id') {
      throw new SourceError(
        l10n.t('NASM has no `offset`: a label without brackets is its address'),
        cursor.span,
      );
    } else return found;
    cursor.index++;
  }
}

/** `dword ptr [x]`. */
function withoutPtr(cursor: Cursor): SourceError {
  const size = cursor.tokens[cursor.index - 1]?.text ?? '';
  const next = cursor.peek();
  const rest = !next || isOp(next, '[') || next.kind === 'id' ? '[…]' : next.text;
  return new SourceError(
    l10n.t('NASM has no `ptr`: write `{0} {1}` without it', size, rest),
    cursor.span,
  );
}

/** Parses `{k1}{z}` and the like after an operand. */
function decoration(cursor: Cursor): Decoration | undefined {
  if (!cursor.isOp('{')) return undefined;
  const result: Mutable<Decoration> = {};
  while (cursor.isOp('{')) {
    const open = cursor.token;
    cursor.index++;
    let text = '';
    while (!cursor.atEnd && !cursor.isOp('}')) {
      text += cursor.token?.text.toLowerCase() ?? '';
      cursor.index++;
    }
    cursor.expectOp('}');
    const register = registerOf(text);
    const broadcast = /^1to(\d+)$/.exec(text);
    if (register !== undefined && classOf(register) === 'k') result.mask = register;
    else if (text === 'z') result.zeroing = true;
    else if (text === 'sae') result.suppressExceptions = true;
    else if (text in ROUNDINGS) result.rounding = ROUNDINGS[text] ?? 0;
    else if (broadcast) result.broadcast = Number(broadcast[1]);
    else {
      throw new SourceError(
        l10n.t('`{0}` is not a decoration of an operand', `{${text}}`),
        cursor.spanFrom(open),
      );
    }
  }
  return result;
}

/** `[,index]`, as MPX's addresses may be written. */
const lacksBase = (cursor: Cursor): boolean =>
  cursor.isOp(',') && registerOf(cursor.peek()?.text.toLowerCase() ?? '') !== undefined;

const zeroAt = (span: Span): Expression => ({ kind: 'number', value: 0n, span });

/** Finds the register that should be the base, from the way the address is written. */
function findHint(e: Expression): AddressHint | undefined {
  if (e.kind === 'register') return { register: e.register, base: true };
  if (e.kind !== 'binary') return undefined;
  if (e.operator === '+' || e.operator === '-') return findHint(e.left) ?? findHint(e.right);
  if (e.operator !== '*') return undefined;
  for (const [reg, factor] of [
    [e.left, e.right],
    [e.right, e.left],
  ] as const) {
    if (reg.kind === 'register' && factor.kind === 'number' && factor.value === 1n)
      return { register: reg.register, base: false };
  }
  return undefined;
}

function findRegister(e: Expression): number | undefined {
  if (e.kind === 'register') return e.register;
  return e.kind === 'binary' ? (findRegister(e.left) ?? findRegister(e.right)) : undefined;
}

function segmentOverride(cursor: Cursor): number {
  const next = cursor.peek();
  if (cursor.word === undefined || !isOp(next, ':')) return 0;
  const reg = registerOf(cursor.word);
  if (reg === undefined || classOf(reg) !== 'seg') return 0;
  cursor.index += 2;
  return reg;
}

function memory(cursor: Cursor, before: Overrides): MemoryOperand {
  const open = cursor.expectOp('[');
  let segment: number = Register.None;
  let relative: 'rel' | 'abs' | undefined;
  let nosplit = false;
  let displacementSize: OperandSize = 0;
  let addressSize: 0 | 16 | 32 | 64 = 0;
  for (;;) {
    const found = segmentOverride(cursor);
    if (found) {
      segment = found;
      continue;
    }
    const word = cursor.word;
    const size = word === undefined ? undefined : SIZE_WORDS[word];
    // Of several sizes the last one counts, but `byte` only where it is alone, as in NASM.
    if (size !== undefined) displacementSize = size === 8 ? displacementSize || size : size;
    else if (word === 'rel' || word === 'abs') relative = word;
    else if (word === 'nosplit') nosplit = true;
    else if (word === 'a16' || word === 'a32' || word === 'a64')
      addressSize = Number(word.slice(1)) as 16 | 32 | 64;
    else break;
    cursor.index++;
  }
  let address = lacksBase(cursor) ? zeroAt(cursor.span) : parseExpression(cursor);
  let hint = findHint(address);
  if (cursor.skipOp(',')) {
    // `[base + displacement, index * scale]`: base and index apart (NASM manual 3.3).
    const { span } = address;
    const right = parseExpression(cursor);
    const index = findRegister(right);
    if (index !== undefined) hint = { register: index, base: false };
    address = { kind: 'binary', operator: '+', left: address, right, span };
  }
  cursor.expectOp(']');
  return {
    kind: 'memory',
    span: cursor.spanFrom(open),
    size: before.size,
    strict: before.strict,
    distance: before.distance,
    address,
    segment,
    relative,
    nosplit,
    displacementSize,
    addressSize,
    hint,
  };
}

/** Words of `%use masm`: `dword ptr x` is `dword [x]`, and `flat:` means nothing. */
function skipMasmWords(cursor: Cursor): boolean {
  let found = false;
  while (/^__\?masm_(ptr|flat)\?__$/.test(cursor.word ?? '')) {
    cursor.index++;
    cursor.skipOp(':');
    found = true;
  }
  return found;
}

/** What stands outside the brackets in `table[ebx]`, or alone in `es:table` (NASM manual 6.5). */
function outsideBrackets(
  cursor: Cursor,
  first: Token | undefined,
  before: Overrides,
  segment: number,
): MemoryOperand {
  const outer = parseExpression(cursor);
  const { size, strict, distance } = before;
  if (cursor.isOp('[')) {
    const inner = memory(cursor, before);
    const { span } = outer;
    const address = {
      kind: 'binary',
      operator: '+',
      left: outer,
      right: inner.address,
      span,
    } as const;
    const chosen = segment === Register.None ? inner.segment : segment;
    return { ...inner, address, segment: chosen, span: cursor.spanFrom(first) };
  }
  const span = cursor.spanFrom(first);
  const hint = findHint(outer);
  return { ...NO_BRACKETS, address: outer, span, size, strict, distance, segment, hint };
}

/** What an address without brackets says beside its value. */
export const NO_BRACKETS = {
  kind: 'memory',
  distance: undefined,
  segment: Register.None,
  relative: undefined,
  nosplit: false,
  displacementSize: 0,
  addressSize: 0,
  hint: undefined,
} as const;

/** Parses one operand of an instruction. */
export function parseOperand(cursor: Cursor): Operand {
  const first = cursor.token;
  // A decoration may stand alone, as the `{rn-sae}` of an EVEX instruction does.
  const before = overrides(cursor);
  const { size, strict, distance } = before;
  const masm = skipMasmWords(cursor);
  const outer = segmentOverride(cursor);
  if (cursor.isOp('[')) {
    const operand = memory(cursor, before);
    if (cursor.isOp('+') || cursor.isOp('-')) {
      throw new SourceError(
        l10n.t('the whole address goes inside the brackets, as in `[{0} + 4]`', 'table'),
        cursor.span,
      );
    }
    const segment = outer === Register.None ? operand.segment : outer;
    return { ...operand, segment, decoration: decoration(cursor) };
  }
  if (outer !== Register.None || masm) {
    const operand = outsideBrackets(cursor, first, before, outer);
    return { ...operand, decoration: decoration(cursor) };
  }
  const start = cursor.index;
  const startText = cursor.token?.text;
  const value = parseExpression(cursor);
  if (cursor.skipOp(':')) {
    const inner = overrides(cursor);
    const sized = { size: size || inner.size, strict: strict || inner.strict };
    const offset = parseExpression(cursor);
    return { kind: 'far', span: cursor.spanFrom(first), ...sized, selector: value, offset };
  }
  if (cursor.isOp('[')) {
    cursor.index = start;
    const operand = outsideBrackets(cursor, first, before, Register.None);
    return { ...operand, decoration: decoration(cursor) };
  }
  if (cursor.isOp('(') && cursor.index > 0) {
    throw new SourceError(
      l10n.t('the whole address goes inside the brackets, as in `[{0} + 4]`', startText ?? ''),
      cursor.spanFrom(first),
    );
  }
  const span = cursor.spanFrom(first);
  const set = registerOfSet(value);
  if (set !== undefined && (startText === '(' || isRegisterToken(startText))) {
    return {
      kind: 'register',
      span,
      size,
      strict,
      register: set,
      to: before.to,
      decoration: decoration(cursor),
    };
  }
  return { kind: 'immediate', span, size, strict, distance, value };
}

/** The register of `zmm4` or, as instructions on four registers are written, of `zmm4+3`. */
function registerOfSet(value: Expression): number | undefined {
  if (value.kind === 'register') return value.register;
  if (value.kind !== 'binary' || value.operator !== '+') return undefined;
  const { left, right } = value;
  if (left.kind !== 'register' || right.kind !== 'number') return undefined;
  return right.value === 0n || classOf(left.register) === 'zmm' ? left.register : undefined;
}

const isRegisterToken = (text: string | undefined): boolean =>
  text !== undefined && registerOf(text.toLowerCase()) !== undefined;
