import * as l10n from '@vscode/l10n';
import { SourceError } from '../diagnostics';
import { isFloat } from '../literals';
import { isOp, type Token } from '../tokens';
import type { Preprocessor } from './preprocessor';

type Test = (p: Preprocessor, args: readonly Token[], directive: Token) => boolean;

const oneName = (args: readonly Token[], directive: Token): Token => {
  const [name] = args;
  if (!name) throw new SourceError(l10n.t('`{0}` needs a name', directive.text), directive);
  return name;
};

function identical(
  p: Preprocessor,
  args: readonly Token[],
  directive: Token,
  caseless: boolean,
): boolean {
  const tokens = p.expand(args);
  const comma = tokens.findIndex((token) => isOp(token, ','));
  const [left, right] = [tokens.slice(0, comma), tokens.slice(comma + 1)];
  if (comma < 0)
    throw new SourceError(
      l10n.t('`{0}` compares two texts: separate them with a comma', directive.text),
      directive,
    );
  if (left.length !== right.length) return false;
  return left.every((token, i) => {
    const other = right[i]?.text ?? '';
    return caseless ? token.text.toLowerCase() === other.toLowerCase() : token.text === other;
  });
}

/** The type of what is left after expansion, a sign before a number allowed. */
function kindOf(p: Preprocessor, args: readonly Token[]): string | undefined {
  const tokens = [...p.expand(args)];
  if (isOp(tokens[0], '-') || isOp(tokens[0], '+')) {
    return tokens[1]?.kind === 'number' && !isFloat(tokens[1].text) ? 'number' : undefined;
  }
  const [first] = tokens;
  if (first?.kind === 'number' && isFloat(first.text)) return 'float';
  return first?.kind;
}

const TESTS: Readonly<Record<string, Test>> = {
  '': (p, args, directive) => p.evaluate(args, directive) !== 0n,
  def: (p, args, directive) => {
    oneName(args, directive);
    for (const name of args) p.host.recorder?.use('define', name.text, name);
    return args.every((name) => p.macros.isDefined(name.text));
  },
  macro: (p, args, directive) => {
    const name = oneName(args, directive);
    p.host.recorder?.use('macro', name.text, name);
    return p.multiLine.has(name.text, args.slice(1));
  },
  ctx: (p, args, directive) =>
    args.some((name) => p.context?.name.toLowerCase() === name.text.toLowerCase()) &&
    oneName(args, directive) !== undefined,
  idn: (p, args, directive) => identical(p, args, directive, false),
  idni: (p, args, directive) => identical(p, args, directive, true),
  id: (p, args) => kindOf(p, args) === 'id',
  num: (p, args) => kindOf(p, args) === 'number',
  str: (p, args) => kindOf(p, args) === 'string',
  token: (p, args) => p.expand(args).length === 1,
  empty: (p, args) => p.expand(args).length === 0,
  env: () => false,
  using: (p, args) =>
    args.every((name) => p.packages.has(name.text.replace(/["'`]/g, '').toLowerCase())),
  usable: (_p, args) =>
    args.every((name) => /smartalign|fp|ifunc|altreg|masm|vtern/i.test(name.text)),
  directive: (_p, args) => args.some((name) => /^%/.test(name.text)),
};

interface Parsed {
  readonly test: Test;
  readonly negative: boolean;
  readonly isElse: boolean;
}

const parsed = new Map<string, Parsed | undefined>();

/** Reads a directive such as `%ifndef` or `%elifnidni`; undefined when it is none of the family. */
export function parseConditional(text: string): Parsed | undefined {
  if (parsed.has(text)) return parsed.get(text);
  const match = /^%(el(?:se)?)?if(\w*)$/i.exec(text);
  let result: Parsed | undefined;
  if (match) {
    const rest = (match[2] ?? '').toLowerCase();
    const isElse = match[1] !== undefined;
    const test = TESTS[rest];
    const other = rest.startsWith('n') ? TESTS[rest.slice(1)] : undefined;
    if (test) result = { test, negative: false, isElse };
    else if (other) result = { test: other, negative: true, isElse };
  }
  parsed.set(text, result);
  return result;
}
