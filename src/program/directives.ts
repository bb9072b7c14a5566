import * as l10n from '@vscode/l10n';
import type { Assembler } from './assembler';
import { Cursor } from './cursor';
import { SourceError, type Span } from './diagnostics';
import { evaluate } from './evaluate';
import { parseExpression } from './expression-parser';
import type { SectionAttributes } from './sections';
import { THRESHOLDS, type AlignMode } from './smart-align';
import type { Body, Statement } from './statement';
import { closest } from './suggest';
import { tokensText, type Token } from './tokens';
import { isKnown, isScalar } from './value';
import { ANY_VECTORS, cpuLevel, cpuNames, VECTOR_FLAGS } from './x86/cpu-levels';

type Directive = (a: Assembler, args: readonly Token[], statement: Statement) => void;

function number(a: Assembler, cursor: Cursor): bigint {
  const expression = parseExpression(cursor);
  const value = evaluate(expression, a.names);
  if (!isScalar(value) || !isKnown(value))
    throw new SourceError(l10n.t('this must be a plain number'), expression.span);
  return value.n;
}

function wholeNumber(a: Assembler, args: readonly Token[], statement: Statement): bigint {
  const cursor = new Cursor(args, statement.span);
  const n = number(a, cursor);
  cursor.expectEnd();
  return n;
}

const setBits =
  (bits: 16 | 32 | 64): Directive =>
  (a, args, statement) => {
    new Cursor(args, statement.span).expectEnd();
    a.bits = bits;
  };

const bits: Directive = (a, args, statement) => {
  const n = wholeNumber(a, args, statement);
  if (n !== 16n && n !== 32n && n !== 64n)
    throw new SourceError(l10n.t('`bits` can be 16, 32 or 64, not {0}', String(n)), args[0]);
  a.bits = Number(n) as 16 | 32 | 64;
};

const org: Directive = (a, args, statement) => {
  const n = wholeNumber(a, args, statement);
  if (a.origin !== undefined && a.origin !== BigInt.asUintN(64, n))
    throw new SourceError(l10n.t('the program has a second `org`'), statement.span);
  a.origin = BigInt.asUintN(64, n);
};

const FLAGS: Readonly<Record<string, (attributes: SectionAttributes) => void>> = {
  progbits: (x) => {
    x.nobits = false;
  },
  nobits: (x) => {
    x.nobits = true;
  },
};

/** Attributes that other output formats know; in a flat image they change nothing. */
const IGNORED = new Set([
  'exec',
  'noexec',
  'write',
  'nowrite',
  'alloc',
  'noalloc',
  'tls',
  'code',
  'data',
  'rdata',
  'bss',
  'info',
  'public',
  'private',
  'stack',
  'common',
  'use16',
  'use32',
  'use64',
  'flat',
  'class',
  'overlay',
]);

const ADDRESSES = new Set(['align', 'start', 'vstart', 'valign']);

function attribute(a: Assembler, cursor: Cursor, attributes: SectionAttributes): void {
  const token = cursor.token;
  const word = cursor.word ?? '';
  if (!token) return;
  cursor.index++;
  const flag = FLAGS[word];
  if (flag) {
    flag(attributes);
    return;
  }
  const valued = cursor.skipOp('=');
  if (valued && (word === 'follows' || word === 'vfollows')) {
    attributes[word] = cursor.token?.text ?? '';
    cursor.index++;
    return;
  }
  if (valued && ADDRESSES.has(word)) {
    const n = number(a, cursor);
    if ((word === 'align' || word === 'valign') && (n <= 0n || (n & (n - 1n)) !== 0n))
      throw new SourceError(
        l10n.t('an alignment must be a power of two, not {0}', String(n)),
        token,
      );
    attributes[word as 'align'] = n;
    return;
  }
  if (IGNORED.has(word)) {
    if (valued) cursor.index++;
    return;
  }
  const better = closest(word, [
    ...ADDRESSES,
    ...IGNORED,
    'follows',
    'vfollows',
    'progbits',
    'nobits',
  ]);
  a.warn(
    better === undefined
      ? l10n.t('`{0}` is not an attribute of a section', token.text)
      : l10n.t('`{0}` is not an attribute of a section; did you mean `{1}`?', token.text, better),
    token,
  );
  if (valued) cursor.index++;
}

/** A section's name, which may be written with quotes or begin with a dot. */
function sectionName(cursor: Cursor, span: Span): string {
  const token = cursor.token;
  if (!token) throw new SourceError(l10n.t('`section` needs a name'), span);
  cursor.index++;
  return token.kind === 'string' ? token.text.slice(1, -1) : token.text;
}

const section: Directive = (a, args, statement) => {
  const cursor = new Cursor(args, statement.span);
  const made = a.output.sections.get(sectionName(cursor, statement.span));
  const span = args[0] ?? statement.span;
  a.names.recorder?.define('section', made.name, span, { as: 'section' });
  made.span ??= span;
  while (!cursor.atEnd) {
    if (cursor.skipOp(',')) continue;
    attribute(a, cursor, made.attributes);
  }
  a.output.enter(made);
};

const absolute: Directive = (a, args, statement) => {
  const cursor = new Cursor(args, statement.span);
  a.output.absolute = evaluate(parseExpression(cursor), a.names);
  cursor.expectEnd();
  a.output.section = undefined;
};

/** NASM 2.16 reads the first word after `default` and nothing behind it. */
const setDefault: Directive = (a, args, statement) => {
  const [first, ignored] = args;
  if (!first) throw new SourceError(l10n.t('`default` needs `rel` or `abs`'), statement.span);
  const word = first.text.toLowerCase();
  if (word === 'rel' || word === 'abs') a.defaultRelative = word === 'rel';
  else if (word === 'bnd' || word === 'nobnd') a.defaultBounds = word === 'bnd';
  else
    throw new SourceError(l10n.t('`default` can be `rel` or `abs`, not `{0}`', first.text), first);
  if (!ignored) return;
  const rest = tokensText(args.slice(1));
  a.warn(l10n.t('`default` takes one word; `{0}` changes nothing (as in NASM)', rest), ignored);
};

/** `global` and its kin: what a linker would need; a flat image has none. */
const declare: Directive = (a, args) => {
  for (const token of args)
    if (token.kind === 'id') a.names.recorder?.use('symbol', token.text, token);
};

const external: Directive = (a, args, statement) => {
  declare(a, args, statement);
  for (const token of args) if (token.kind === 'id') a.names.externals.add(token.text);
};

const sectalign: Directive = (a, args, statement) => {
  const { section } = a.output;
  const word = args[0]?.text.toLowerCase();
  if (word === 'on' || word === 'off') {
    a.alignsSection = word === 'on';
    return;
  }
  if (!section) return;
  const n = wholeNumber(a, args, statement);
  if (n > (section.attributes.align ?? 0n)) section.attributes.align = n;
};

const alignmode: Directive = (a, args, statement) => {
  const cursor = new Cursor(args, statement.span);
  const word = cursor.word ?? '';
  if (!(word in THRESHOLDS)) {
    const modes = Object.keys(THRESHOLDS).join('`, `');
    throw new SourceError(l10n.t('`alignmode` can be `{0}`', modes), cursor.span);
  }
  const mode = word as AlignMode;
  cursor.index++;
  const threshold = cursor.skipOp(',') ? Number(number(a, cursor)) : THRESHOLDS[mode];
  cursor.expectEnd();
  a.smartAlign = { mode, threshold };
};

const cpu: Directive = (a, args, statement) => {
  const text = args
    .map((token) => token.text)
    .join('')
    .toLowerCase();
  for (const word of text.split(/[,+*]/)) setCpu(a, word, args[0] ?? statement.span);
};

/** A processor, or one of the sets of vector instructions, perhaps with a `no` or `-` before it. */
function setCpu(a: Assembler, word: string, span: Span): void {
  const [, no, flag = ''] = /^(no|-)?(.*)$/.exec(word) ?? [];
  if (VECTOR_FLAGS.includes(flag)) {
    a.vectors = { ...a.vectors, [flag]: no === undefined };
    return;
  }
  const level = cpuLevel(word);
  if (level === undefined) {
    const better = closest(word, cpuNames());
    throw new SourceError(
      better === undefined
        ? l10n.t('`cpu` does not know the processor `{0}`', word)
        : l10n.t('`cpu` does not know the processor `{0}`; did you mean `{1}`?', word, better),
      span,
    );
  }
  a.cpu = level;
  a.vectors = ANY_VECTORS;
}

const structure =
  (name: string): Directive =>
  (a, args, statement) => {
    a.structures.run(name, args, statement);
  };

const nothing: Directive = () => undefined;

const HANDLERS: Readonly<Record<string, Directive>> = {
  bits,
  use16: setBits(16),
  use32: setBits(32),
  use64: setBits(64),
  org,
  section,
  segment: section,
  absolute,
  default: setDefault,
  global: declare,
  static: declare,
  extern: external,
  required: external,
  common: external,
  cpu,
  sectalign,
  alignmode,
  struc: structure('struc'),
  endstruc: structure('endstruc'),
  istruc: structure('istruc'),
  at: structure('at'),
  iend: structure('iend'),
};

/** Carries out a directive; those that concern only listings and linkers do nothing. */
export function runDirective(
  a: Assembler,
  body: Extract<Body, { kind: 'directive' }>,
  statement: Statement,
): void {
  const { name, arguments: args, primitive } = body;
  (HANDLERS[name] ?? nothing)(a, args, statement);
  if (!primitive && /^(section|segment|absolute)$/.test(name))
    a.output.named = `[${name} ${tokensText(args)}]`;
}
