import * as l10n from '@vscode/l10n';
import { withNote } from '../../isa/phrases';
import type { Defined } from '../../program/recorder';
import type { Analysis } from '../analysis';
import { shownName, type Entity, type Occurrence } from '../entity';
import { block, code, paragraphs, plain } from '../markdown';
import { commentsOf, symbolInfo } from '../program-view';
import { msrLine, numberText } from './number-hover';

/** The longest part of a macro that a hover shows. */
const BODY_LINES = 14;

/** What there is to know about a name. */
export function symbolMarkdown(analysis: Analysis, occurrence: Occurrence): string {
  const { entity } = occurrence;
  const definition = definitionOf(occurrence);
  const comments = definition ? commentsOf(analysis, definition) : '';
  return paragraphs(
    head(analysis, entity, definition),
    valueLine(analysis, entity),
    comments === '' ? undefined : plain(comments).replaceAll('\n', '  \n'),
    placeLine(occurrence, definition),
  );
}

/** The definition meant by an occurrence: of a macro the one in force there. */
export function definitionOf(occurrence: Occurrence): Occurrence | undefined {
  if (occurrence.definition) return occurrence;
  const { definitions } = occurrence.entity;
  return occurrence.target ?? definitions[definitions.length - 1];
}

function head(analysis: Analysis, entity: Entity, definition: Occurrence | undefined): string {
  const name = shownName(entity.name);
  if (!definition) {
    if (entity.kind === 'file') return `${l10n.t('file')} ${code(entity.name)}`;
    if (entity.kind === 'define') return l10n.t('{0} is not defined here.', code(name));
    return l10n.t('{0} is not defined.', code(name));
  }
  return block(source(analysis, definition) ?? name);
}

/** The definition as it is written; of a macro its first lines. */
function source(analysis: Analysis, { span, defined }: Occurrence): string | undefined {
  const text = analysis.texts.get(span.file);
  if (!text) return undefined;
  const first = span.line - 1;
  if (defined?.as !== 'macro' && defined?.as !== 'structure') return trimmed(text.line(first));
  const last = endOf(defined, text.lines, first);
  const lines = text.lines.slice(first, Math.min(last, first + BODY_LINES) + 1);
  if (last > first + BODY_LINES) lines.push('        ; …');
  return lines.join('\n');
}

function endOf(defined: Defined, lines: readonly string[], first: number): number {
  const end = defined.as === 'macro' ? /^\s*%endm(acro)?\b/i : /^\s*\[?\s*endstruc\b/i;
  for (let line = first; line < lines.length; line++) if (end.test(lines[line] ?? '')) return line;
  return first;
}

/** Without the comment, which is shown apart. */
function trimmed(line: string): string {
  const quoted = /^((?:[^;"'`]|"[^"]*"|'[^']*'|`[^`]*`)*)/.exec(line);
  return (quoted?.[1] ?? line).trim();
}

const KINDS = (): Readonly<Record<string, string>> => ({
  label: l10n.t('label'),
  local: l10n.t('local label'),
  equ: l10n.t('constant'),
  structure: l10n.t('structure'),
  field: l10n.t('field'),
  define: l10n.t('single-line macro'),
  macro: l10n.t('macro'),
  section: l10n.t('section'),
  file: l10n.t('file'),
});

export const kindName = (entity: Entity): string => KINDS()[entity.what] ?? '';

function valueLine(analysis: Analysis, entity: Entity): string | undefined {
  const info = symbolInfo(analysis, entity);
  const kind = kindName(entity);
  if (!info) return entity.kind === 'symbol' || entity.kind === 'file' ? undefined : kind;
  const many =
    entity.names.length > 1 ? l10n.t('in the first of {0} calls', String(entity.names.length)) : '';
  if (info.section !== undefined)
    return withNote(
      l10n.t('{0} in section {1}, at {2}', kind, code(info.section), numberText(info.value)),
      many,
    );
  if (entity.what === 'structure') {
    const size = analysis.assembly.symbols.get(`${entity.name}_size`);
    return size ? l10n.t('structure of {0} bytes', String(size.value)) : kind;
  }
  if (entity.what === 'field') return l10n.t('field at offset {0}', numberText(info.value));
  return withNote(
    [`${kind} = ${numberText(info.value)}`, msrLine(info.value)].filter(Boolean).join(' · '),
    many,
  );
}

function placeLine(occurrence: Occurrence, definition: Occurrence | undefined): string | undefined {
  if (!definition || definition === occurrence || definition.span.file === occurrence.span.file)
    return undefined;
  const name = definition.span.file.slice(definition.span.file.lastIndexOf('/') + 1);
  return `*${l10n.t('{0}, line {1}', plain(name), String(definition.span.line))}*`;
}
