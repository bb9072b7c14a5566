import * as l10n from '@vscode/l10n';
import { FatalError, SourceError } from '../diagnostics';
import { quote, stringBytes } from '../literals';
import { tokenize } from '../lexer';
import { closest } from '../suggest';
import { isOp, tokensText, type Token, type TokenLine } from '../tokens';
import { makeFrame } from './frames';
import { parseHeader, type MultiLineMacro } from './multi-line-macros';
import { splitAtCommas } from './paste';
import type { Preprocessor } from './preprocessor';
import type { Parameter } from './single-line-macros';

type Handler = (p: Preprocessor, args: readonly Token[], directive: Token) => void;

const MAX_REPEAT = 1_000_000n;

const MAX_STRING = 65_536;

const text = (token: Token): string => new TextDecoder().decode(stringBytes(token.text));

function nameOf(args: readonly Token[], directive: Token): Token {
  const [name] = args;
  if (name?.kind !== 'id')
    throw new SourceError(l10n.t('`{0}` needs a name', directive.text), name ?? directive);
  return name;
}

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
  const parameters = parts.flatMap((part) => {
    const own = part.filter((t) => t.kind === 'id')[0];
    if (!own && parts.length === 1) return [];
    const signs = part.filter((t) => t.kind === 'op').map((t) => t.text);
    return [{ name: own?.text ?? '', evaluated: signs.includes('='), greedy: signs.includes('+') }];
  });
  return { parameters, body: args.slice(close + 1) };
}

const define =
  (caseless: boolean, expandNow: boolean): Handler =>
  (p, args, directive) => {
    const name = nameOf(args, directive);
    const { parameters, body } = parseParameters(args);
    const own = expandNow ? p.expand(body) : body;
    p.macros.define({ name: name.text, caseless, parameters, body: own });
  };

function setText(p: Preprocessor, name: Token, caseless: boolean, body: readonly Token[]): void {
  p.macros.define({ name: name.text, caseless, parameters: undefined, body });
}

const assign =
  (caseless: boolean): Handler =>
  (p, args, directive) => {
    const name = nameOf(args, directive);
    setText(p, name, caseless, p.numberTokens(p.evaluate(args.slice(1), directive), name));
  };

const stringToken = (content: string, like: Token): Token => ({
  kind: 'string',
  text: quote(content),
  space: true,
  file: like.file,
  line: like.line,
  column: like.column,
  endColumn: like.endColumn,
});

function strings(p: Preprocessor, args: readonly Token[], directive: Token): Token[] {
  const tokens = p.expand(args).filter((t) => !isOp(t, ','));
  const wrong = tokens.find((t) => t.kind !== 'string');
  if (wrong || tokens.length === 0)
    throw new SourceError(
      l10n.t('`{0}` needs a string in quotes', directive.text),
      wrong ?? directive,
    );
  return tokens;
}

const defineString =
  (caseless: boolean): Handler =>
  (p, args, directive) => {
    const name = nameOf(args, directive);
    setText(p, name, caseless, [stringToken(tokensText(p.expand(args.slice(1))), name)]);
  };

const defineToken =
  (caseless: boolean): Handler =>
  (p, args, directive) => {
    const name = nameOf(args, directive);
    const [string] = strings(p, args.slice(1), directive);
    if (string) setText(p, name, caseless, tokenize(text(string), name.file, name.line));
  };

const strlen: Handler = (p, args, directive) => {
  const name = nameOf(args, directive);
  const [string] = strings(p, args.slice(1), directive);
  const length = string ? stringBytes(string.text).length : 0;
  setText(p, name, false, p.numberTokens(BigInt(length), name));
};

const strcat: Handler = (p, args, directive) => {
  const name = nameOf(args, directive);
  const all = strings(p, args.slice(1), directive).map(text).join('');
  if (all.length > MAX_STRING)
    throw new SourceError(l10n.t('this string is longer than {0} characters', MAX_STRING), name);
  setText(p, name, false, [stringToken(all, name)]);
};

const substr: Handler = (p, args, directive) => {
  const name = nameOf(args, directive);
  const expanded = p.expand(args.slice(1));
  const [string, ...rest] = isOp(expanded[0], ',') ? expanded.slice(1) : expanded;
  if (string?.kind !== 'string')
    throw new SourceError(
      l10n.t('`{0}` needs a string in quotes', directive.text),
      string ?? directive,
    );
  const [from, count] = splitAtCommas(isOp(rest[0], ',') ? rest.slice(1) : rest);
  const content = text(string);
  const start = from && from.length > 0 ? Number(p.evaluate(from, directive)) : 1;
  const wanted = count && count.length > 0 ? Number(p.evaluate(count, directive)) : 1;
  const length = wanted < 0 ? content.length - start + 2 + wanted : wanted;
  const part = content.slice(Math.max(start - 1, 0), Math.max(start - 1 + length, 0));
  setText(p, name, false, [stringToken(part, name)]);
};

const macro =
  (caseless: boolean, recursive: boolean): Handler =>
  (p, args, directive) => {
    // The lines are taken first, so that a bad header does not let the body loose on the parser.
    const body = p.collect(directive, /^%i?r?i?macro$/i, /^%endm(acro)?$/i);
    const header = parseHeader(
      directive,
      p.expand(args.slice(0, 1)).concat(args.slice(1)),
      caseless,
      recursive,
    );
    const key = header.name.toLowerCase();
    const made: MultiLineMacro = { ...header, body, active: 0 };
    const others = (p.multiLine.get(key) ?? []).filter(
      (m) => !(m.name === made.name && m.minimum === made.minimum && m.maximum === made.maximum),
    );
    p.multiLine.set(key, [made, ...others]);
  };

const unmacro: Handler = (p, args, directive) => {
  const name = nameOf(args, directive);
  const { minimum, maximum } = parseHeader(directive, args, false, false);
  const key = name.text.toLowerCase();
  const list = p.multiLine.get(key) ?? [];
  p.multiLine.set(
    key,
    list.filter((m) => !(m.minimum === minimum && m.maximum === maximum)),
  );
};

const repeat: Handler = (p, args, directive) => {
  const body: TokenLine[] = p.collect(directive, /^%rep$/i, /^%endrep$/i);
  const tokens = args.filter((t) => t.text.toLowerCase() !== '.nolist');
  const count = p.evaluate(tokens, directive);
  if (count > MAX_REPEAT) {
    throw new FatalError(
      l10n.t('`%rep` {0} times is more than the limit of {1}', String(count), String(MAX_REPEAT)),
      directive,
    );
  }
  if (count <= 0n) {
    if (count < 0n)
      p.report(
        'warning',
        l10n.t('`%rep` with the negative count {0} does nothing', String(count)),
        directive,
      );
    return;
  }
  if (body.length === 0) return;
  const { frame } = p;
  p.push(makeFrame('repeat', body, frame.path, frame.callers, frame.call, Number(count)));
};

const rotate: Handler = (p, args, directive) => {
  const { call } = p.frame;
  if (!call) throw new SourceError(l10n.t('`%rotate` works only inside a macro'), directive);
  const by = Number(p.evaluate(args, directive));
  const count = call.parameters.length;
  if (count === 0) return;
  const shift = ((by % count) + count) % count;
  call.parameters = [...call.parameters.slice(shift), ...call.parameters.slice(0, shift)];
};

const include: Handler = (p, args, directive) => {
  const [name] = p.expand(args);
  if (name?.kind !== 'string')
    throw new SourceError(l10n.t('`%include` needs a file name in quotes'), name ?? directive);
  const opened = p.host.open(text(name), p.frame.path);
  if (!opened) throw new SourceError(l10n.t('the file {0} was not found', name.text), name);
  p.push(makeFrame('file', opened.lines, opened.path, [], undefined));
};

function message(p: Preprocessor, args: readonly Token[]): string {
  const tokens = p.expand(args);
  const [only] = tokens;
  return only?.kind === 'string' && tokens.length === 1 ? text(only) : tokensText(tokens);
}

const pop: Handler = (p, args, directive) => {
  const [name] = args;
  const { context } = p;
  if (!context)
    throw new SourceError(l10n.t('`{0}` without a `%push` before it', directive.text), directive);
  if (name && name.text.toLowerCase() !== context.name.toLowerCase()) {
    throw new SourceError(
      l10n.t('`{0} {1}`, but the context on top is `{2}`', directive.text, name.text, context.name),
      name,
    );
  }
  p.contexts.pop();
};

const push: Handler = (p, args) => {
  p.contexts.push({ name: args[0]?.text ?? '', id: p.nextUnique() });
};

/** The macros of NASM's packages (manual, chapter 6) that are only text. */
const PACKAGES: Readonly<Record<string, string>> = {
  smartalign: '[alignmode generic]',
  fp: ['float8', 'float16', 'float32', 'float64', 'float80m', 'float80e', 'float128l', 'float128h']
    .map((name) => `%idefine ${name}(x) __?${name}?__(x)`)
    .concat(
      ['Inf __?Infinity?__', 'NaN __?QNaN?__', 'QNaN __?QNaN?__', 'SNaN __?SNaN?__'].map(
        (t) => `%idefine ${t}`,
      ),
    )
    .join('\n'),
  ifunc: ['ilog2', 'ilog2e', 'ilog2w', 'ilog2f', 'ilog2c']
    .map((name) => `%idefine ${name}(x) __?${name}?__(x)`)
    .join('\n'),
};

const use: Handler = (p, args, directive) => {
  const name = args[0]?.text.replace(/["'`]/g, '').toLowerCase() ?? '';
  const source = PACKAGES[name];
  if (source === undefined)
    throw new SourceError(l10n.t('there is no package `{0}`', name), args[0] ?? directive);
  if (p.packages.has(name)) return;
  p.packages.add(name);
  const lines = source.split('\n').map((line) => tokenize(line, directive.file, directive.line));
  p.push(makeFrame('macro', lines, p.frame.path, [...p.frame.callers, directive], undefined));
};

const nothing: Handler = () => undefined;

const stray =
  (opening: string): Handler =>
  (_p, _args, directive) => {
    throw new SourceError(
      l10n.t('`{0}` without a `{1}` before it', directive.text, opening),
      directive,
    );
  };

export const DIRECTIVE_HANDLERS: Readonly<Record<string, Handler>> = {
  define: define(false, false),
  idefine: define(true, false),
  xdefine: define(false, true),
  ixdefine: define(true, true),
  assign: assign(false),
  iassign: assign(true),
  defstr: defineString(false),
  idefstr: defineString(true),
  deftok: defineToken(false),
  ideftok: defineToken(true),
  undef: (p, args, directive) => {
    nameOf(args, directive);
    for (const name of args) p.macros.undefine(name.text);
  },
  strlen,
  strcat,
  substr,
  macro: macro(false, false),
  imacro: macro(true, false),
  rmacro: macro(false, true),
  rimacro: macro(true, true),
  irmacro: macro(true, true),
  unmacro,
  unimacro: unmacro,
  endmacro: stray('%macro'),
  endm: stray('%macro'),
  exitmacro: (p, _args, directive) => {
    if (!p.leave('macro')) stray('%macro')(p, [], directive);
  },
  rep: repeat,
  endrep: stray('%rep'),
  exitrep: (p, _args, directive) => {
    if (!p.leave('repeat')) stray('%rep')(p, [], directive);
  },
  rotate,
  include,
  push,
  pop,
  repl: (p, args, directive) => {
    pop(p, [], directive);
    push(p, args, directive);
  },
  error: (p, args, directive) => {
    p.report('error', message(p, args), directive);
  },
  warning: (p, args, directive) => {
    p.report('warning', message(p, args), directive);
  },
  note: (p, args, directive) => {
    p.report('information', message(p, args), directive);
  },
  fatal: (p, args, directive) => {
    throw new FatalError(message(p, args), directive);
  },
  clear: (p) => {
    p.macros.clear();
    p.multiLine.clear();
  },
  use,
  line: nothing,
  pragma: nothing,
  depend: nothing,
};

/** The message for a directive that does not exist. */
export function suggestDirective(written: string): string {
  const names = [
    ...Object.keys(DIRECTIVE_HANDLERS),
    'if',
    'ifdef',
    'ifndef',
    'ifidn',
    'ifidni',
    'ifnum',
    'ifstr',
  ]
    .concat(['ifid', 'ifempty', 'ifmacro', 'elif', 'elifdef', 'else', 'endif'])
    .map((name) => `%${name}`);
  const better = closest(written.toLowerCase(), names);
  return better === undefined
    ? l10n.t('`{0}`: no such preprocessor directive', written)
    : l10n.t('`{0}`: no such preprocessor directive; did you mean `{1}`?', written, better);
}
