import * as l10n from '@vscode/l10n';
import { FatalError, SourceError, type Span } from '../diagnostics';
import { tokenize } from '../lexer';
import type { Recorder } from '../recorder';
import { isOp, movedTo, tokensText, type HideSet, type Token } from '../tokens';
import { paste } from './paste';

export interface SingleLineMacro {
  readonly name: string;
  readonly caseless: boolean;
  /** Undefined for a macro without a parameter list. */
  readonly parameters: readonly Parameter[] | undefined;
  readonly body: readonly Token[];
  /** Where its name stands in its definition. */
  readonly span?: Span;
}

export interface Parameter {
  readonly name: string;
  /** `=x`: evaluated before use. */
  readonly evaluated: boolean;
  /** `x+`: takes the rest, commas included. */
  readonly greedy: boolean;
}

/** One line may not grow beyond this many tokens. */
const MAX_TOKENS = 100_000;

/** How deep `%[…]` may nest. */
const MAX_DEPTH = 50;

const hiddenIn = (hidden: HideSet | undefined, name: string): boolean => {
  for (let h = hidden; h; h = h.next) if (h.name === name) return true;
  return false;
};

/** The `%define`d macros and their expansion (NASM manual 4.1). */
export class SingleLineMacros {
  private readonly table = new Map<string, SingleLineMacro[]>();
  private depth = 0;

  /**
   * @param builtin the text of a macro such as `__LINE__` that the place decides, if `name` is one
   * @param evaluate the value of an expression, for parameters that want it
   */
  constructor(
    private readonly builtin: (name: string) => string | undefined,
    private readonly evaluate: (tokens: readonly Token[]) => readonly Token[],
    private readonly recorder?: Recorder,
  ) {}

  /** Every name, for suggestions. */
  names(): string[] {
    return [...this.table.values()].flat().map((m) => m.name);
  }

  define(macro: SingleLineMacro): void {
    const { name, span } = macro;
    if (span) this.recorder?.define('define', name, span, { as: 'define', macro });
    const key = name.toLowerCase();
    const list = this.table.get(key) ?? [];
    const count = macro.parameters?.length;
    const others = list.filter((m) => !(m.parameters?.length === count && clashes(m, macro)));
    // A macro without parameters and one with them cannot share a name.
    const kept = others.filter(
      (m) => !clashes(m, macro) || (m.parameters === undefined) === (count === undefined),
    );
    this.table.set(key, [...kept, macro]);
  }

  undefine(name: string): void {
    const key = name.toLowerCase();
    const kept = (this.table.get(key) ?? []).filter((m) => !m.caseless && m.name !== name);
    this.table.set(key, kept);
  }

  clear(): void {
    this.table.clear();
  }

  find(name: string): readonly SingleLineMacro[] {
    const list = this.table.get(name.toLowerCase());
    if (!list || list.length === 0) return [];
    return list.filter((m) => m.caseless || m.name === name);
  }

  isDefined(name: string): boolean {
    return this.find(name).length > 0 || this.builtin(name) !== undefined;
  }

  private mayExpand(token: Token): boolean {
    if (token.kind === 'pre') return token.text === '%+' || token.text.startsWith('%[');
    if (token.kind !== 'id') return false;
    return (
      this.table.has(token.text.toLowerCase()) ||
      (token.text.startsWith('__') && this.builtin(token.text) !== undefined)
    );
  }

  /** Expands all macros in a line. Throws SourceError. */
  expand(tokens: readonly Token[]): readonly Token[] {
    if (!tokens.some((token) => this.mayExpand(token))) return tokens;
    const pending = [...tokens].reverse();
    const out: Token[] = [];
    let steps = 0;
    for (let token = pending.pop(); token; token = pending.pop()) {
      if (++steps > MAX_TOKENS || pending.length > MAX_TOKENS) {
        throw new FatalError(
          l10n.t('this line grows beyond {0} tokens when its macros are expanded', MAX_TOKENS),
          token,
        );
      }
      const result = this.expandOne(token, pending);
      if (result) for (let i = result.length - 1; i >= 0; i--) pending.push(result[i] ?? token);
      else out.push(token);
    }
    const pasted = paste(out);
    // What `%+` has put together may be a macro's name in turn.
    return pasted === out ? out : this.expand(pasted);
  }

  /** The replacement of `token` (its arguments are taken off `pending`), or undefined when it stays. */
  private expandOne(token: Token, pending: Token[]): readonly Token[] | undefined {
    if (token.kind === 'pre' && token.text.startsWith('%[')) {
      if (this.depth >= MAX_DEPTH)
        throw new SourceError(l10n.t('`%[…]` is nested more than {0} deep', MAX_DEPTH), token);
      const inner = tokenize(token.text.slice(2, -1), token.file, token.line, token.column + 2);
      this.depth++;
      try {
        return this.expand(inner).map((t, i) => (i === 0 ? { ...t, space: token.space } : t));
      } finally {
        this.depth--;
      }
    }
    if (token.kind !== 'id') return undefined;
    const found = this.find(token.text);
    if (found.length === 0) {
      const text = token.text.startsWith('__') ? this.builtin(token.text) : undefined;
      if (text === undefined) return undefined;
      return tokenize(text, token.file, token.line).map((t, i) =>
        movedTo(t, token, i === 0 ? token.space : t.space),
      );
    }
    const [first] = found;
    if (!first || hiddenIn(token.hidden, first.name)) return undefined;
    const hidden: HideSet = { name: first.name, next: token.hidden };
    if (first.parameters === undefined) {
      this.recorder?.use('define', first.name, token);
      return place(first.body, token, hidden);
    }
    if (!isOp(pending[pending.length - 1], '(')) return undefined;
    const given = takeArguments(pending, token);
    const macro = found.find((m) => accepts(m, given));
    if (!macro) {
      throw new SourceError(
        l10n.t('the macro `{0}` does not take {1} argument(s)', token.text, given.length),
        token,
      );
    }
    this.recorder?.use('define', macro.name, token);
    return this.substitute(macro, given, token, hidden);
  }

  private substitute(
    macro: SingleLineMacro,
    given: Token[][],
    call: Token,
    hidden: HideSet,
  ): Token[] {
    const parameters = macro.parameters ?? [];
    const values = parameters.map((parameter, i): readonly Token[] => {
      const own = parameter.greedy ? joinArguments(given.slice(i), call) : (given[i] ?? []);
      return parameter.evaluated ? this.evaluate(this.expand(own)) : own;
    });
    const fill = (body: readonly Token[]): Token[] => {
      const out: Token[] = [];
      for (const token of body) {
        const at = token.kind === 'id' ? parameters.findIndex((p) => p.name === token.text) : -1;
        const value = at < 0 ? undefined : values[at];
        if (value) {
          value.forEach((t, i) => out.push(i === 0 ? { ...t, space: token.space } : t));
        } else if (token.kind === 'pre' && token.text.startsWith('%[')) {
          const inner = fill(tokenize(token.text.slice(2, -1), token.file, token.line));
          out.push({
            ...movedTo(token, call, token.space, hidden),
            text: `%[${tokensText(inner)}]`,
          });
        } else {
          out.push(movedTo(token, call, token.space, hidden));
        }
      }
      return out;
    };
    const out = fill(macro.body);
    const [head] = out;
    if (head) out[0] = { ...head, space: call.space };
    return out;
  }
}

const clashes = (a: SingleLineMacro, b: SingleLineMacro): boolean =>
  a.caseless || b.caseless ? a.name.toLowerCase() === b.name.toLowerCase() : a.name === b.name;

function place(body: readonly Token[], call: Token, hidden: HideSet): Token[] {
  return body.map((t, i) => movedTo(t, call, i === 0 ? call.space : t.space, hidden));
}

function accepts(macro: SingleLineMacro, given: readonly Token[][]): boolean {
  const wanted = macro.parameters;
  if (!wanted) return false;
  if (wanted.length === given.length) return true;
  if (wanted.length === 0) return given.length === 1 && given[0]?.length === 0;
  return wanted[wanted.length - 1]?.greedy === true && given.length > wanted.length;
}

function joinArguments(given: readonly Token[][], place: Span): Token[] {
  const out: Token[] = [];
  given.forEach((argument, i) => {
    if (i > 0) out.push({ kind: 'op', text: ',', space: false, ...spanOf(place) });
    out.push(...argument);
  });
  return out;
}

const spanOf = ({ file, line, column, endColumn }: Span): Span => ({
  file,
  line,
  column,
  endColumn,
});

/** Takes `( … )` off the reversed token list and cuts it at its commas. Braces protect commas. */
function takeArguments(pending: Token[], name: Token): Token[][] {
  pending.pop();
  const given: Token[][] = [[]];
  let parentheses = 0;
  let braces = 0;
  for (let token = pending.pop(); token; token = pending.pop()) {
    const last = given[given.length - 1] ?? [];
    if (token.kind === 'op') {
      if (token.text === '{' && braces++ === 0) continue;
      if (token.text === '}' && --braces === 0) continue;
      if (braces === 0) {
        if (token.text === '(' || token.text === '[') parentheses++;
        else if ((token.text === ')' || token.text === ']') && parentheses-- === 0) return given;
        else if (token.text === ',' && parentheses === 0) {
          given.push([]);
          continue;
        }
      }
    }
    last.push(token);
  }
  throw new SourceError(
    l10n.t('the arguments of the macro `{0}` have no closing `)`', name.text),
    name,
  );
}
