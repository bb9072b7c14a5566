import * as l10n from '@vscode/l10n';
import { FatalError, SourceError } from '../diagnostics';
import { tokenize } from '../lexer';
import { stringBytes } from '../literals';
import { isOp, movedTo, tokensText, type HideSet, type Token } from '../tokens';
import { FUNCTIONS, type FunctionHost } from './functions';
import type { Recorder } from '../recorder';
import { accepts, joinArguments, takeArguments } from './macro-arguments';
import { paste } from './paste';
import type { Parameter, SingleLineMacro, SingleLineMacros } from './single-line-macros';
import { bytesToken } from './string-values';

/** One line may not grow beyond this many tokens. */
const MAX_TOKENS = 100_000;

/** How many tokens may be moved while one line is expanded: taken as arguments, and put in place of a call. */
const MAX_WORK = 2_000_000;

/** How deep `%[…]`, functions and arguments that are expanded first may nest. */
const MAX_DEPTH = 50;

/** What tells a macro from others of its name. */
const hideKey = ({ name, parameters }: SingleLineMacro): string =>
  parameters === undefined ? name : `${name}(${parameters.length}`;

/** Keeps a macro from being expanded in what comes out of it. */
export const hide = (macro: SingleLineMacro, next: HideSet | undefined): HideSet => ({
  name: hideKey(macro),
  next,
});

function hiddenIn(hidden: HideSet | undefined, macro: SingleLineMacro): boolean {
  if (!hidden) return false;
  const key = hideKey(macro);
  for (let h: HideSet | undefined = hidden; h; h = h.next) if (h.name === key) return true;
  return false;
}

/** What the expansion needs from the preprocessor around it. */
export interface ExpansionHost extends FunctionHost {
  /** The text of a macro such as `__LINE__` that the place decides, if `name` is one. */
  builtin(name: string): string | undefined;
  readonly recorder: Recorder | undefined;
  /** The name that stands for `%$x` in the contexts of the moment. */
  contextName(token: Token): Token;
  /** The value of an environment variable (`%!NAME`). */
  environment(name: string): string | undefined;
}

/** Expands single-line macros, functions, `%[…]` and `%!…` in lines (NASM manual 4.1 and 4.4). */
export class Expander {
  private depth = 0;
  private work = 0;

  constructor(
    private readonly macros: SingleLineMacros,
    private readonly host: ExpansionHost,
  ) {}

  private mayExpand(token: Token): boolean {
    if (token.kind === 'pre')
      return /^%(?:[+,[!$]|[A-Za-z])/.test(token.text) && !token.text.startsWith('%!=');
    if (token.kind !== 'id') return false;
    return (
      this.macros.has(token.text) ||
      (token.text.startsWith('__') && this.host.builtin(token.text) !== undefined)
    );
  }

  /** Expands everything in a line. Throws SourceError. */
  expand(tokens: readonly Token[]): readonly Token[] {
    if (!tokens.some((token) => this.mayExpand(token))) return tokens;
    if (this.depth >= MAX_DEPTH)
      throw new SourceError(
        l10n.t('macros are nested more than {0} deep here', MAX_DEPTH),
        tokens[0],
      );
    if (this.depth++ === 0) this.work = 0;
    try {
      return this.expandLine(tokens);
    } finally {
      this.depth--;
    }
  }

  private expandLine(tokens: readonly Token[]): readonly Token[] {
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
      if (this.work > MAX_WORK) {
        throw new FatalError(
          l10n.t(
            'the macros of this line move more than {0} tokens; are they nested too deep?',
            MAX_WORK,
          ),
          token,
        );
      }
      const { length } = pending;
      const result = this.expandOne(token, pending);
      this.work += length - pending.length + (result?.length ?? 0);
      if (result) for (let i = result.length - 1; i >= 0; i--) pending.push(result[i] ?? token);
      else out.push(token);
    }
    const pasted = paste(out);
    // What `%+` has put together may be a macro's name in turn.
    return pasted === out ? out : this.expand(pasted);
  }

  /** The replacement of `token` (its arguments are taken off `pending`), or undefined when it stays. */
  private expandOne(token: Token, pending: Token[]): readonly Token[] | undefined {
    if (token.kind === 'pre') return this.expandPre(token, pending);
    if (token.kind !== 'id') return undefined;
    const found = this.macros.find(token.text);
    if (found.length === 0) {
      const text = token.text.startsWith('__') ? this.host.builtin(token.text) : undefined;
      return text === undefined ? undefined : textAt(text, token);
    }
    const [first] = found;
    if (!first || found.every((m) => hiddenIn(token.hidden, m))) return undefined;
    if (first.parameters === undefined) {
      this.host.recorder?.use('define', first.name, token, first.span);
      const hidden = hide(first, token.hidden);
      return placed(first.body, token, hidden, nameTokens(first, token));
    }
    return this.call(found, first, token, pending);
  }

  /** A macro with arguments; those of one name and different numbers of arguments are macros of their own. */
  private call(
    found: readonly SingleLineMacro[],
    first: SingleLineMacro,
    token: Token,
    pending: Token[],
  ): readonly Token[] | undefined {
    if (!isOp(pending[pending.length - 1], '(')) return undefined;
    const before = token.hidden ? [...pending] : pending;
    if (token.hidden) this.work += pending.length;
    const verbatim = (i: number): boolean => first.parameters?.[i]?.verbatim ?? false;
    const given = takeArguments(pending, token, verbatim);
    const macro = found.find((m) => accepts(m, given));
    if (!macro) {
      throw new SourceError(
        l10n.t('the macro `{0}` does not take {1} argument(s)', token.text, given.length),
        token,
      );
    }
    if (hiddenIn(token.hidden, macro)) {
      pending.splice(0, Infinity, ...before);
      return undefined;
    }
    this.host.recorder?.use('define', macro.name, token, macro.span);
    return this.substitute(macro, given, token, hide(macro, token.hidden));
  }

  private expandPre(token: Token, pending: Token[]): readonly Token[] | undefined {
    const { text } = token;
    if (text.startsWith('%[')) {
      const inner = tokenize(text.slice(2, -1), token.file, token.line, token.column + 2);
      return this.expand(inner).map((t, i) => (i === 0 ? { ...t, space: token.space } : t));
    }
    if (text.startsWith('%$')) return [this.host.contextName(token)];
    if (text.startsWith('%!')) return this.variable(token);
    const call = FUNCTIONS[text.slice(1).toLowerCase()];
    if (!call || !isOp(pending[pending.length - 1], '(')) return undefined;
    const result = call(
      this.host,
      takeArguments(pending, token, () => false),
      token,
    );
    return result.map((t, i) => movedTo(t, token, i === 0 ? token.space : t.space, token.hidden));
  }

  private variable(token: Token): readonly Token[] {
    const written = token.text.slice(2);
    const quoted = /^["'`]/.test(written);
    const name = quoted ? new TextDecoder().decode(stringBytes(written)) : written;
    const value = this.host.environment(name);
    if (value === undefined)
      this.host.warn(l10n.t('the environment variable `{0}` is not set', name), token);
    return textAt(value ?? '', token);
  }

  private argument(parameter: Parameter, own: readonly Token[], call: Token): readonly Token[] {
    if (parameter.evaluated)
      return this.host.numberTokens(this.host.evaluate(this.expand(own), call), own[0]);
    if (parameter.quoted === 'no') return own;
    const expanded = this.expand(own);
    const [only] = expanded;
    const string = expanded.length === 1 && only?.kind === 'string';
    if (string && parameter.quoted === 'unless string') return expanded;
    return [bytesToken(new TextEncoder().encode(tokensText(expanded)), call)];
  }

  private substitute(
    macro: SingleLineMacro,
    given: Token[][],
    call: Token,
    hidden: HideSet,
  ): readonly Token[] {
    const parameters = macro.parameters ?? [];
    const values = parameters.map((parameter, i): readonly Token[] => {
      const own = parameter.greedy ? joinArguments(given.slice(i), call) : (given[i] ?? []);
      return this.argument(parameter, own, call);
    });
    const named = nameTokens(macro, call);
    const fill = (body: readonly Token[]): Token[] => {
      const out: Token[] = [];
      for (const token of body) {
        const at = token.kind === 'id' ? parameters.findIndex((p) => p.name === token.text) : -1;
        const value = at < 0 ? named(token) : values[at];
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
    const out = this.conditionalCommas(fill(macro.body));
    const [head] = out;
    return head ? [{ ...head, space: call.space }, ...out.slice(1)] : out;
  }

  /** `%,` is a comma unless nothing follows it (NASM manual 4.1.12). */
  private conditionalCommas(tokens: readonly Token[]): readonly Token[] {
    const isMark = (t: Token): boolean => t.kind === 'pre' && t.text === '%,';
    if (!tokens.some(isMark)) return tokens;
    const out: Token[] = [];
    tokens.forEach((token, i) => {
      if (!isMark(token)) {
        out.push(token);
        return;
      }
      const next = tokens.findIndex((t, k) => k > i && isMark(t));
      const part = tokens.slice(i + 1, next < 0 ? tokens.length : next);
      if (this.expand(part).length > 0) out.push({ ...token, kind: 'op', text: ',' });
    });
    return out;
  }
}

/** Text from outside, as tokens standing where the macro's name stands. */
const textAt = (text: string, call: Token): Token[] =>
  tokenize(text, call.file, call.line).map((t, i) =>
    movedTo(t, call, i === 0 ? call.space : t.space),
  );

/** `%?` is the macro's name as called, `%??` as defined (NASM manual 4.1.7). */
const nameTokens =
  (macro: SingleLineMacro, call: Token) =>
  (token: Token): readonly Token[] | undefined => {
    if (token.kind !== 'pre' || !/^%\*?\?\??$/.test(token.text)) return undefined;
    const hidden = hide(macro, call.hidden);
    const text = token.text.endsWith('??') ? macro.name : call.text;
    return [movedTo({ ...token, kind: 'id', text }, call, token.space, hidden)];
  };

function placed(
  body: readonly Token[],
  call: Token,
  hidden: HideSet,
  named: (token: Token) => readonly Token[] | undefined,
): Token[] {
  const out: Token[] = [];
  for (const token of body) {
    const space = out.length === 0 ? call.space : token.space;
    const name = named(token);
    if (name) out.push(...name);
    else out.push(movedTo(token, call, space, hidden));
  }
  return out;
}
