import * as l10n from '@vscode/l10n';
import type { BinaryOperator, Node, OperandType, UnaryOperator } from './ast';
import { ExpressionError } from './error';
import { OPERAND_TYPES, RESERVED_TYPES } from './operand-types';
import { tokenize, type Token } from './tokens';

/** C's precedence, weakest first. */
const LEVELS: readonly (readonly string[])[] = [
  ['||'],
  ['&&'],
  ['|'],
  ['^'],
  ['&'],
  ['==', '!=', '<>'],
  ['<', '<=', '>', '>='],
  ['<<', '>>'],
  ['+', '-'],
  ['*', '/', '%'],
];
const SEGMENTS: ReadonlySet<string> = new Set(['cs', 'ds', 'es', 'fs', 'gs', 'ss']);
/** What can be written like a call. */
export const FUNCTIONS = ['gva', 'gpa', 'hpa', 'msr', 'phys', 'hostphys', 'st', 'nan'] as const;
const MEMORY_FUNCTIONS: ReadonlySet<string> = new Set(['gva', 'gpa', 'hpa']);
/** Deeper nesting than anyone writes; keeps hostile input from overflowing the stack. */
const DEEPEST = 200;

/**
 * Parses an expression or an assignment.
 *
 * @throws ExpressionError with cause and column
 */
export function parse(source: string): Node {
  return new Parser(tokenize(source)).whole();
}

class Parser {
  private at = 0;
  private depth = 0;
  /** How many `? … :` are open, whose colon is not that of a far pointer. */
  private choices = 0;

  constructor(private readonly tokens: readonly Token[]) {}

  whole(): Node {
    const first: Token = this.now;
    if (first.kind === 'end') throw new ExpressionError(l10n.t('an expression is missing'), 1);
    const left = this.choice();
    const { column } = this.now;
    const node: Node = this.take('=')
      ? { kind: 'assign', target: left, value: this.choice(), column }
      : left;
    const rest: Token = this.now;
    if (rest.kind !== 'end') this.fail(l10n.t('unexpected {0}', rest.text));
    return node;
  }

  private get now(): Token {
    return this.tokens[Math.min(this.at, this.tokens.length - 1)] as Token;
  }

  private fail(message: string): never {
    throw new ExpressionError(message, this.now.column);
  }

  private take(text: string): boolean {
    if (this.now.kind !== 'operator' || this.now.text !== text) return false;
    this.at++;
    return true;
  }

  private expect(text: string): void {
    if (!this.take(text)) this.fail(l10n.t('{0} is missing here', text));
  }

  private choice(): Node {
    if (++this.depth > DEEPEST) this.fail(l10n.t('the expression is nested too deeply'));
    const condition = this.far(this.binary(0));
    const { column } = this.now;
    let node = condition;
    if (this.take('?')) {
      this.choices++;
      const yes = this.choice();
      this.choices--;
      this.expect(':');
      node = { kind: 'choice', condition, yes, no: this.choice(), column };
    }
    this.depth--;
    return node;
  }

  /** `segment:offset`, where no `?` waits for the colon. */
  private far(left: Node): Node {
    const { text, column } = this.now;
    const isSegment =
      left.kind === 'number' || (left.kind === 'name' && SEGMENTS.has(left.name.toLowerCase()));
    if (text !== ':' || !isSegment || this.choices > 0) return left;
    this.at++;
    return { kind: 'far', segment: left, offset: this.binary(0), column };
  }

  private binary(level: number): Node {
    const operators = LEVELS[level];
    if (!operators) return this.unary();
    let left = this.binary(level + 1);
    for (;;) {
      const { kind, text, column } = this.now;
      if (kind !== 'operator' || !operators.includes(text)) return left;
      this.at++;
      const operator = (text === '<>' ? '!=' : text) as BinaryOperator;
      left = { kind: 'binary', operator, left, right: this.binary(level + 1), column };
    }
  }

  private unary(): Node {
    const { kind, text, column } = this.now;
    if (kind === 'operator' && ['-', '+', '~', '!'].includes(text)) {
      this.at++;
      if (++this.depth > DEEPEST) this.fail(l10n.t('the expression is nested too deeply'));
      const node: Node = {
        kind: 'unary',
        operator: text as UnaryOperator,
        operand: this.unary(),
        column,
      };
      this.depth--;
      return node;
    }
    return this.primary();
  }

  private primary(): Node {
    const token = this.now;
    const { column } = token;
    if (token.kind === 'number') {
      this.at++;
      return { kind: 'number', value: token.value, column };
    }
    if (token.kind === 'real') {
      this.at++;
      return { kind: 'real', text: token.text, column };
    }
    if (token.text === '[') return this.memory(undefined);
    if (this.take('(')) {
      const inner = this.choice();
      this.expect(')');
      return inner;
    }
    if (token.kind !== 'name') {
      return this.fail(
        token.kind === 'end'
          ? l10n.t('an operand is missing at the end')
          : l10n.t('unexpected {0}', token.text),
      );
    }
    this.at++;
    return this.named(token);
  }

  private named({ text, column }: Token): Node {
    const lower = text.toLowerCase();
    const type = OPERAND_TYPES.get(lower);
    if (type && (RESERVED_TYPES.has(lower) || this.beginsMemory())) return this.typed(type);
    if (SEGMENTS.has(lower) && this.now.text === ':' && this.tokens[this.at + 1]?.text === '[') {
      this.at++;
      return this.memory(undefined, lower);
    }
    if ((FUNCTIONS as readonly string[]).includes(lower) && this.now.text === '(') {
      return this.call(lower, undefined, column);
    }
    if (this.take('[')) {
      const index = this.choice();
      this.expect(']');
      return { kind: 'element', name: text, index, column };
    }
    return { kind: 'name', name: text, column };
  }

  /** Whether what follows is memory: a word such as `float` may be a symbol's name, too. */
  private beginsMemory(): boolean {
    const { kind, text } = this.now;
    const lower = text.toLowerCase();
    if (kind !== 'name') return text === '[';
    return lower === 'ptr' || SEGMENTS.has(lower) || MEMORY_FUNCTIONS.has(lower);
  }

  /** Behind `byte`, `dword`, `float` and the like: memory. */
  private typed(type: OperandType): Node {
    const { kind, text, column } = this.now;
    const lower = text.toLowerCase();
    if (lower === 'ptr') {
      this.at++;
      return this.typed(type);
    }
    if (kind === 'name' && SEGMENTS.has(lower)) {
      this.at++;
      this.expect(':');
      return this.memory(type, lower);
    }
    if (kind === 'name' && MEMORY_FUNCTIONS.has(lower)) {
      this.at++;
      return this.call(lower, type, column);
    }
    return this.memory(type);
  }

  private memory(type: OperandType | undefined, prefix?: string): Node {
    const { column } = this.now;
    this.expect('[');
    const next = this.tokens[this.at + 1];
    let segment = prefix;
    if (SEGMENTS.has(this.now.text.toLowerCase()) && next?.text === ':') {
      segment = this.now.text.toLowerCase();
      this.at += 2;
    }
    const address = this.choice();
    this.expect(']');
    return { kind: 'memory', address, type, segment, column };
  }

  private call(name: string, type: OperandType | undefined, column: number): Node {
    this.expect('(');
    const argument = this.choice();
    this.expect(')');
    return { kind: 'call', name, argument, type, column };
  }
}
