import * as l10n from '@vscode/l10n';
import type { Assembler } from './assembler';
import { SourceError } from './diagnostics';
import type { Expression } from './expression';
import { alignUp } from './section-layout';
import type { Section } from './sections';
import { fillCode } from './smart-align';
import type { FilePart } from './source-files';
import type { Body, Statement } from './statement';

/** `incbin` (NASM manual 3.2.3). */
export function includeBinary(
  assembler: Assembler,
  body: Extract<Body, { kind: 'incbin' }>,
  statement: Statement,
  count: number,
): void {
  const { source } = assembler;
  const part = partOf(assembler, body);
  const { path, bytes } = source.file(body.path, statement.span.file, body.span, part);
  assembler.names.recorder?.use('binary', path, body.span);
  assembler.checkCount(BigInt(bytes.length), count, statement.span);
  for (let i = 0; i < count; i++) assembler.room(bytes.length, 'data')?.set(bytes);
}

/** The part of the file that is wanted; undefined for all of it. */
function partOf(
  assembler: Assembler,
  { skip, length }: Extract<Body, { kind: 'incbin' }>,
): FilePart | undefined {
  if (!skip && !length) return undefined;
  const number = (expression: Expression): number =>
    assembler.checkCount(assembler.number(expression, '`incbin`'), 0, expression.span);
  return { offset: skip ? number(skip) : 0, length: length && number(length) };
}

/** `align` and `alignb` (NASM manual 4.11.12): also raise the section's own alignment. */
export function align(
  assembler: Assembler,
  body: Extract<Body, { kind: 'align' }>,
  statement: Statement,
  assembleFill: (fill: Body, count: number) => void,
): void {
  const boundary = assembler.number(body.boundary, '`align`');
  if (boundary <= 0n || (boundary & (boundary - 1n)) !== 0n) {
    throw new SourceError(
      l10n.t('an alignment must be a power of two, not {0}', String(boundary)),
      body.boundary.span,
    );
  }
  const { section } = assembler.output;
  if (assembler.alignsSection && section && boundary > (section.attributes.align ?? 0n))
    section.attributes.align = boundary;
  if (section?.attributes.align === boundary) warnOfMove(assembler, section, boundary, statement);
  const offset = section ? BigInt(section.size) : assembler.output.absolute.n;
  const count = Number((boundary - (offset % boundary)) % boundary);
  if (count === 0) return;
  assembler.checkCount(BigInt(count), 1, statement.span);
  assembler.output.padding = true;
  try {
    if (body.fill) assembleFill(body.fill, count);
    else if (body.reserve || !section) assembler.room(count, 'reserve')?.fill(0);
    else if (section.nobits) assembler.room(count, 'reserve');
    else {
      const room = assembler.room(count, 'code');
      if (room) fillCode(room, assembler.bits, assembler.smartAlign);
    }
  } finally {
    assembler.output.padding = false;
  }
}

/** The first section moves from `org` to the alignment that a later `align` asks for: hardly what was meant. */
function warnOfMove(
  assembler: Assembler,
  { name, start, previous }: Section,
  boundary: bigint,
  statement: Statement,
): void {
  const { origin } = assembler;
  if (previous || origin === undefined || start !== alignUp(origin, boundary) || start === origin)
    return;
  const [from, to] = [origin, start].map((n) => `0x${n.toString(16)}`);
  assembler.warn(
    l10n.t(
      '`align {0}` also aligns section `{1}`, which so begins at {2} and not at its `org` {3}, behind zeros; fill up with `times` instead',
      String(boundary),
      name,
      to ?? '',
      from ?? '',
    ),
    statement.span,
  );
}

/** Does `once` and copies the bytes that it stored `count - 1` times. */
export function repeat(
  assembler: Assembler,
  count: number,
  kind: 'code' | 'data',
  once: () => void,
): void {
  const { section } = assembler.output;
  const from = section?.size ?? 0;
  once();
  if (!section || count === 1) return;
  const length = section.size - from;
  const total = assembler.checkCount(BigInt(length) * BigInt(count - 1), 1, undefined);
  assembler.room(total, kind);
  if (assembler.final && !section.nobits) section.copy(from, length, count);
}
