import * as l10n from '@vscode/l10n';
import { SourceError } from '../diagnostics';
import { isFloat, stringBytes } from '../literals';
import { isOp, type Token } from '../tokens';
import type { CONDITION_STEMS } from './condition-names';
import { packageName } from './directives/files';
import { PACKAGES } from './packages';
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
  // NASM has read the right text to its end when it comes to a space before the comma.
  if (left.length !== right.length || tokens[comma]?.space) return false;
  return left.every((token, i) => {
    const other = right[i];
    if (other?.kind !== token.kind) return false;
    const [a, b] = [comparable(token), comparable(other)];
    return caseless ? a.toLowerCase() === b.toLowerCase() : a === b;
  });
}

/** What is compared of a token: of a string its content, whatever its quotes (NASM manual 4.4.5). */
const comparable = (token: Token): string =>
  token.kind === 'string' ? String.fromCharCode(...stringBytes(token.text)) : token.text;

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

const TESTS: Readonly<Record<(typeof CONDITION_STEMS)[number], Test>> = {
  '': (p, args, directive) => p.evaluate(args, directive) !== 0n,
  def: (p, args, directive) => {
    oneName(args, directive);
    for (const name of args) p.host.recorder?.use('define', name.text, name);
    return args.every((name) => p.isDefined(name.text));
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
  defalias: (p, args, directive) => {
    oneName(args, directive);
    return args.every((name) => p.macros.isAlias(name.text));
  },
  difi: (p, args, directive) => !identical(p, args, directive, true),
  env: (p, args, directive) => {
    const [name] = args[0]?.text.startsWith('%!') === true ? args : p.expand(args);
    const written = (name ?? directive).text.replace(/^%!/, '');
    return p.host.environment(written.replace(/^(["'`])(.*)\1$/, '$2')) !== undefined;
  },
  using: (p, args) => args.every((name) => p.packages.has(packageName(name))),
  usable: (_p, args) => args.every((name) => packageName(name) in PACKAGES),
};

const byName: Readonly<Record<string, Test | undefined>> = TESTS;

/** The test that a name after `%if` or `%is` stands for, and whether its opposite is meant. */
function testOf(name: string): { readonly test: Test; readonly negative: boolean } | undefined {
  const test = byName[name];
  if (test) return { test, negative: false };
  const other = name.startsWith('n') ? byName[name.slice(1)] : undefined;
  return other && { test: other, negative: true };
}

/** Whether the condition holds. Throws SourceError. */
export function holds(
  p: Preprocessor,
  condition: string,
  args: readonly Token[],
  directive: Token,
): boolean {
  const found = testOf(condition);
  return found !== undefined && found.test(p, args, directive) !== found.negative;
}

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
    const found = testOf((match[2] ?? '').toLowerCase());
    result = found && { ...found, isElse: match[1] !== undefined };
  }
  parsed.set(text, result);
  return result;
}
