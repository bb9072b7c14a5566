import * as l10n from '@vscode/l10n';
import { SourceError } from '../../diagnostics';
import { tokenize } from '../../lexer';
import { makeFrame } from '../frames';
import { text, type Handler } from './handler';

export const include: Handler = (p, args, directive) => {
  const [name] = p.expand(args);
  if (name?.kind !== 'string')
    throw new SourceError(l10n.t('`%include` needs a file name in quotes'), name ?? directive);
  const opened = p.host.open(text(name), p.frame.path);
  if (!opened) throw new SourceError(l10n.t('the file {0} was not found', name.text), name);
  p.host.recorder?.use('file', opened.path, name);
  p.push(makeFrame('file', opened.lines, opened.path, [], undefined));
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

export const use: Handler = (p, args, directive) => {
  const name = args[0]?.text.replace(/["'`]/g, '').toLowerCase() ?? '';
  const source = PACKAGES[name];
  if (source === undefined)
    throw new SourceError(l10n.t('there is no package `{0}`', name), args[0] ?? directive);
  if (p.packages.has(name)) return;
  p.packages.add(name);
  const lines = source.split('\n').map((line) => tokenize(line, directive.file, directive.line));
  p.push(makeFrame('macro', lines, p.frame.path, [...p.frame.callers, directive], undefined));
};
