import * as l10n from '@vscode/l10n';
import { SourceError } from '../../diagnostics';
import { isOp, type Token } from '../../tokens';
import { hide } from '../expander';
import { splitAtCommas } from '../paste';
import type { Preprocessor } from '../preprocessor';
import type { Parameter } from '../single-line-macros';
import { nameOf, type Handler } from './handler';

/** `%define` and its kin (NASM manual 4.1). */

/** A parameter list that follows the name at once. */
function parseParameters(args: readonly Token[]): {
  parameters: Parameter[] | undefined;
  body: readonly Token[];
} {
  const open = args[1];
  if (!open || !isOp(open, '(') || open.space)
    return { parameters: undefined, body: args.slice(1) };
  const close = args.findIndex((token) => isOp(token, ')'));
  if (close < 0) throw new SourceError(l10n.t('the parameter list has no closing `)`'), open);
  const parts = splitAtCommas(args.slice(2, close));
  const parameters = parts.flatMap((part): Parameter | Parameter[] => {
    const own = part.filter((t) => t.kind === 'id')[0];
    if (!own && parts.length === 1) return [];
    const signs = part.filter((t) => t.kind === 'op').map((t) => t.text);
    const quoted = signs.includes('&&') ? 'unless string' : signs.includes('&') ? 'always' : 'no';
    return {
      name: own?.text ?? '',
      evaluated: signs.includes('='),
      greedy: signs.includes('+'),
      verbatim: signs.includes('!'),
      quoted,
    };
  });
  return { parameters, body: args.slice(close + 1) };
}

export const define =
  (caseless: boolean, expandNow: boolean): Handler =>
  (p, args, directive) => {
    const name = nameOf(args, directive);
    const { parameters, body } = parseParameters(args);
    const own = expandNow ? p.expand(shielded(p, body, parameters)) : body;
    p.macros.define({ name: name.text, caseless, parameters, body: own, span: name });
  };

/** The body with its parameters' names kept from being expanded as macros of the same name. */
function shielded(
  p: Preprocessor,
  body: readonly Token[],
  parameters: readonly Parameter[] | undefined,
): readonly Token[] {
  if (!parameters) return body;
  const names = new Set(parameters.map(({ name }) => name));
  return body.map((token) => {
    const [macro] = token.kind === 'id' && names.has(token.text) ? p.macros.find(token.text) : [];
    return macro ? { ...token, hidden: hide(macro, token.hidden) } : token;
  });
}

export function setText(
  p: Preprocessor,
  name: Token,
  caseless: boolean,
  body: readonly Token[],
): void {
  p.macros.define({ name: name.text, caseless, parameters: undefined, body, span: name });
}

export const assign =
  (caseless: boolean): Handler =>
  (p, args, directive) => {
    const name = nameOf(args, directive);
    setText(p, name, caseless, p.numberTokens(p.evaluate(args.slice(1), directive), name));
  };

/** `%defalias OLD NEW` (NASM manual 4.1.11). */
export const defineAlias =
  (caseless: boolean): Handler =>
  (p, args, directive) => {
    const name = nameOf(args, directive);
    const target = nameOf(args.slice(1), directive);
    const parameters = undefined;
    const { text } = name;
    const alias = target.text;
    p.macros.define({ name: text, caseless, parameters, body: [], alias, span: name });
  };

export const undefine: Handler = (p, args, directive) => {
  nameOf(args, directive);
  for (const name of args) {
    p.host.recorder?.use('define', name.text, name);
    p.macros.undefine(name.text);
  }
};

export const undefineAlias: Handler = (p, args, directive) => {
  nameOf(args, directive);
  for (const name of args) p.macros.undefineAlias(name.text);
};

export const aliases: Handler = (p, args, directive) => {
  const word = args[0]?.text.toLowerCase();
  if (word !== 'on' && word !== 'off')
    throw new SourceError(l10n.t('`%aliases` can be `on` or `off`'), args[0] ?? directive);
  p.macros.aliases = word === 'on';
};

const CLEARED: Readonly<Record<string, readonly ('define' | 'defalias' | 'macro')[]>> = {
  define: ['define'],
  defalias: ['defalias'],
  alldefine: ['define', 'defalias'],
  macro: ['macro'],
  all: ['define', 'defalias', 'macro'],
};

/** `%clear [global|context] types…` (NASM manual 4.10.4). */
export const clear: Handler = (p, args) => {
  let local = false;
  const kinds = new Set<string>();
  for (const token of args) {
    const word = token.text.toLowerCase();
    if (word === 'global' || word === 'ctx' || word === 'context') local = word !== 'global';
    else if (CLEARED[word]) for (const kind of CLEARED[word]) kinds.add(kind);
    else throw new SourceError(l10n.t('`%clear` cannot clear `{0}`', token.text), token);
  }
  const all = kinds.size === 0;
  p.macros.clear({
    local,
    defines: all || kinds.has('define'),
    aliases: all || kinds.has('defalias'),
  });
  if (!local && (all || kinds.has('macro'))) p.multiLine.clear();
};
