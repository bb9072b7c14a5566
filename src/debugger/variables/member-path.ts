import { bare } from '../../debug-info';
import * as l10n from '@vscode/l10n';
import { ExpressionError } from '../expressions/error';
import type { ExpressionContext } from '../expressions/context';
import type { CompiledValue } from './compiled-value';
import { variableNamed } from './compiled-variables';
import { partsOf } from './value-text';

/** `p->next`, `first.name[2]`, `*p`, `&total`: a way from a variable of a compiled program, as C writes it. */

const TOKEN = /\s*(->|[A-Za-z_]\w*|[*&.()]|\[[^[\]]*\])/y;

/** What a text means that is such a way; undefined where it is none, or begins at no variable. */
export function pathValue(
  text: string,
  context: ExpressionContext,
  indexOf: (text: string) => bigint,
): { readonly value: CompiledValue; readonly isAddress: boolean } | undefined {
  const tokens = tokensOf(text.trim());
  const root = tokens?.find((token) => /^[A-Za-z_]/.test(token));
  if (!tokens || root === undefined) return undefined;
  const variable = variableNamed(context, root);
  if (!variable) return undefined;
  if (typeof variable.value === 'string') {
    throw new ExpressionError(`${root}: ${variable.value}`, 1);
  }
  return new Path(tokens, variable.value, indexOf).whole();
}

function tokensOf(text: string): string[] | undefined {
  const tokens: string[] = [];
  for (let at = 0; at < text.length; at = TOKEN.lastIndex) {
    TOKEN.lastIndex = at;
    const [, token] = TOKEN.exec(text) ?? [];
    if (token === undefined) return undefined;
    tokens.push(token);
  }
  return tokens;
}

class Path {
  private at = 0;

  constructor(
    private readonly tokens: readonly string[],
    private readonly variable: CompiledValue,
    private readonly indexOf: (text: string) => bigint,
  ) {}

  /** Undefined where the text is another kind of expression: `p & q`. */
  whole() {
    const isAddress = this.take('&');
    const value = this.unary();
    return value && this.at === this.tokens.length ? { value, isAddress } : undefined;
  }

  private take(token: string): boolean {
    if (this.tokens[this.at] !== token) return false;
    this.at++;
    return true;
  }

  private unary(): CompiledValue | undefined {
    if (!this.take('*')) return this.postfix();
    const inner = this.unary();
    return inner && pointed(inner);
  }

  private postfix(): CompiledValue | undefined {
    let value = this.primary();
    while (value && this.at < this.tokens.length) {
      const token = this.tokens[this.at] ?? '';
      if (token === '.' || token === '->') {
        const name = this.tokens[this.at + 1] ?? '';
        this.at += 2;
        value = memberOf(token === '->' ? pointed(value) : value, name);
      } else if (token.startsWith('[')) {
        this.at++;
        value = elementOf(value, Number(this.indexOf(token.slice(1, -1))));
      } else break;
    }
    return value;
  }

  private primary(): CompiledValue | undefined {
    if (this.take('(')) {
      const inner = this.unary();
      return this.take(')') ? inner : undefined;
    }
    const token = this.tokens[this.at++];
    return token === this.variable.expression ? this.variable : undefined;
  }
}

function pointed(value: CompiledValue): CompiledValue {
  const target = value.target();
  if (!target) {
    throw new ExpressionError(l10n.t('{0} is no pointer', value.expression), 1);
  }
  return target;
}

function memberOf(value: CompiledValue, name: string): CompiledValue {
  const isStruct = bare(value.type).kind === 'struct';
  const member = isStruct ? partsOf(value).find((part) => part.name === name) : undefined;
  if (member) return member.value;
  throw new ExpressionError(l10n.t('{0} has no member {1}', value.expression, name), 1);
}

function elementOf(value: CompiledValue, index: number): CompiledValue {
  const type = bare(value.type);
  const found = type.kind === 'array' ? value.element(index, type.element) : value.target(index);
  if (found) return found;
  throw new ExpressionError(l10n.t('{0} has no elements', value.expression), 1);
}
