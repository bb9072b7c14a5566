import * as l10n from '@vscode/l10n';
import { SourceError } from '../../diagnostics';
import { tokenize } from '../../lexer';
import { stringBytes } from '../../literals';
import { closest } from '../../suggest';
import { isOp, type Token } from '../../tokens';
import { makeFrame } from '../frames';
import { PACKAGES } from '../packages';
import type { Preprocessor } from '../preprocessor';
import { bytesToken } from '../string-values';
import { setText } from './definitions';
import { nameOf, text, type Handler } from './handler';

/** Directives about files (NASM manual 4.7). */

function fileName(p: Preprocessor, args: readonly Token[], directive: Token): Token {
  const [name] = p.expand(args);
  if (name?.kind === 'string') return name;
  throw new SourceError(
    l10n.t('`{0}` needs a file name in quotes', directive.text.toLowerCase()),
    name ?? directive,
  );
}

function open(p: Preprocessor, args: readonly Token[], directive: Token, once: boolean): void {
  const name = fileName(p, args, directive);
  const opened = p.host.open(text(name), p.frame.path, name);
  if (once && p.included.has(opened.path)) return;
  p.included.add(opened.path);
  p.host.recorder?.use('file', opened.path, name);
  p.push(makeFrame('file', opened.lines, opened.path, [], undefined));
}

export const include: Handler = (p, args, directive) => {
  open(p, args, directive, false);
};

/** As `%include`, but only once. */
export const require: Handler = (p, args, directive) => {
  open(p, args, directive, true);
};

export const pathsearch =
  (caseless: boolean): Handler =>
  (p, args, directive) => {
    const name = nameOf(args, directive);
    const file = fileName(p, isOp(args[1], ',') ? args.slice(2) : args.slice(1), directive);
    const found = p.host.find(text(file), p.frame.path, file) ?? text(file);
    setText(p, name, caseless, [bytesToken(new TextEncoder().encode(found), name)]);
  };

/** Names a file that the program depends on; it need not exist. */
export const depend: Handler = (p, args, directive) => {
  fileName(p, args, directive);
};

export const packageName = (token: Token | undefined): string =>
  token?.text.replace(/["'`]/g, '').toLowerCase() ?? '';

export const use: Handler = (p, args, directive) => {
  const name = packageName(args[0]);
  const source = PACKAGES[name];
  if (source === undefined) {
    const better = closest(name, Object.keys(PACKAGES));
    throw new SourceError(
      better === undefined
        ? l10n.t('there is no package `{0}`', name)
        : l10n.t('there is no package `{0}`; did you mean `{1}`?', name, better),
      args[0] ?? directive,
    );
  }
  if (p.packages.has(name)) return;
  p.packages.add(name);
  const lines = source.map((line) => tokenize(line, directive.file, directive.line));
  p.push(makeFrame('macro', lines, p.frame.path, [...p.frame.callers, directive], undefined));
};

/** `%line 10+1 "file"`: what follows comes from there (NASM manual 4.10.2). */
export const line: Handler = (p, args, directive) => {
  const [first, plus, step] = args;
  const number = Number(first?.text);
  if (first?.kind !== 'number' || !Number.isInteger(number))
    throw new SourceError(l10n.t('`%line` needs a line number'), first ?? directive);
  const stepped = isOp(plus, '+') && step?.kind === 'number';
  const name = args[stepped ? 3 : 1];
  p.frame.origin = {
    after: p.frame.line,
    line: number,
    step: stepped ? Number(step.text) : 1,
    file: name && fileOf(args.slice(stepped ? 3 : 1)),
  };
};

function fileOf(tokens: readonly Token[]): string {
  const [first] = tokens;
  return first?.kind === 'string'
    ? new TextDecoder().decode(stringBytes(first.text))
    : tokens.map((t) => t.text).join('');
}
