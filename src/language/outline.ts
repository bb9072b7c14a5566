import * as l10n from '@vscode/l10n';
import type { Analysis } from './analysis';
import { shownName, type Occurrence } from './entity';
import { symbolInfo } from './program-view';
import { rangeOf, type Place, placeOf, type Range, type SourceText } from './text';

export type OutlineKind =
  'section' | 'code' | 'data' | 'local' | 'constant' | 'structure' | 'field' | 'macro' | 'define';

/** A row of the outline. */
export interface OutlineItem {
  readonly name: string;
  readonly detail: string;
  readonly kind: OutlineKind;
  /** From its first line to the last that belongs to it. */
  readonly range: Range;
  readonly selection: Range;
  readonly children: OutlineItem[];
}

interface Draft extends OutlineItem {
  range: Range;
  readonly level: number;
}

/** How deep each kind lies: what is deeper belongs to what stands before it. */
const LEVELS: Readonly<Record<OutlineKind, number>> = {
  section: 0,
  structure: 1,
  code: 1,
  data: 1,
  macro: 1,
  define: 1,
  constant: 1,
  local: 2,
  field: 2,
};

/** What a file defines, in its order: local labels under their labels, fields under structures, all under sections. */
export function outlineOf(analysis: Analysis, file: string): OutlineItem[] {
  const text = analysis.texts.get(file);
  if (!text) return [];
  const roots: Draft[] = [];
  const open: Draft[] = [];
  const close = (level: number, line: number): void => {
    while (open.length > 0 && (open[open.length - 1]?.level ?? -1) >= level) {
      const item = open.pop();
      if (item) item.range = upTo(item, lastLineOf(item, text, line), text);
    }
  };
  for (const occurrence of analysis.index.in(file)) {
    const item = itemOf(analysis, occurrence, text);
    if (!item) continue;
    close(item.level, item.selection.start.line - 1);
    const parent = open[open.length - 1];
    (parent?.children ?? roots).push(item);
    if (item.level < 2 && item.kind !== 'constant' && item.kind !== 'define') open.push(item);
  }
  close(-1, text.lines.length - 1);
  return roots;
}

/** Macros and structures end with their directives, the others where the next of their kind begins. */
function lastLineOf(item: Draft, text: SourceText, before: number): number {
  const first = item.selection.start.line;
  const end =
    item.kind === 'macro'
      ? /^\s*%endm(acro)?\b/i
      : item.kind === 'structure'
        ? /^\s*endstruc\b/i
        : undefined;
  if (end) {
    for (let line = first; line < text.lines.length; line++)
      if (end.test(text.line(line))) return line;
  }
  let last = before;
  while (last > first && /^\s*(;.*)?$/.test(text.line(last))) last--;
  return Math.max(first, last);
}

function upTo({ range }: OutlineItem, line: number, text: SourceText): Range {
  return { start: range.start, end: { line, character: text.line(line).length } };
}

function itemOf(analysis: Analysis, occurrence: Occurrence, text: SourceText): Draft | undefined {
  const { definition, span, entity } = occurrence;
  if (!definition || (entity.kind === 'symbol' && entity.name.startsWith('..@'))) return undefined;
  const kind = outlineKind(analysis, occurrence);
  if (!kind) return undefined;
  const line = span.line - 1;
  const selection = rangeOf(span);
  const start = { line, character: 0 };
  return {
    name: kind === 'local' || kind === 'field' ? occurrence.text : shownName(entity.name),
    detail: detailOf(analysis, occurrence, kind),
    kind,
    range: { start, end: { line, character: text.line(line).length } },
    selection,
    children: [],
    level: LEVELS[kind],
  };
}

/** What a definition is in the outline; undefined for what does not belong there. */
export function outlineKind(
  analysis: Analysis,
  { entity, span }: Occurrence,
): OutlineKind | undefined {
  switch (entity.what) {
    case 'label':
      return holdsCode(analysis, span.file, span.line) ? 'code' : 'data';
    case 'equ':
      return 'constant';
    case 'file':
      return undefined;
    default:
      return entity.what;
  }
}

/** Whether the first thing at or after a line is an instruction. */
export function holdsCode(analysis: Analysis, file: string, line: number): boolean {
  for (let at = line; at < line + 30; at++) {
    const [entry] = analysis.assembly.lines.of(file, at);
    if (entry) return entry.kind === 'code';
  }
  return true;
}

function detailOf(analysis: Analysis, occurrence: Occurrence, kind: OutlineKind): string {
  const { entity, defined } = occurrence;
  if (defined?.as === 'macro') {
    const { minimum, maximum, greedy } = defined.macro;
    const most = maximum === Infinity ? '*' : String(maximum);
    return `${minimum === maximum ? String(minimum) : `${String(minimum)}-${most}`}${greedy ? '+' : ''}`;
  }
  const info = symbolInfo(analysis, entity);
  if (!info) return '';
  if (kind === 'structure') {
    const size = analysis.assembly.symbols.get(`${entity.name}_size`);
    return size ? l10n.t('{0} bytes', String(size.value)) : '';
  }
  if (kind === 'field') return `+${String(info.value)}`;
  return `0x${BigInt.asUintN(64, info.value).toString(16)}`;
}

export interface WorkspaceSymbol {
  readonly name: string;
  readonly kind: OutlineKind;
  readonly container: string;
  readonly place: Place;
}

/** The definitions of a program whose names contain the letters of a query in their order. */
export function matchingSymbols(analysis: Analysis, query: string): WorkspaceSymbol[] {
  const found: WorkspaceSymbol[] = [];
  for (const entity of analysis.index.entities) {
    if (entity.generated || entity.name.startsWith('..@') || !matches(entity.name, query)) continue;
    for (const definition of entity.definitions) {
      const kind = outlineKind(analysis, definition);
      if (!kind) continue;
      const container =
        entity.what === 'local' || entity.what === 'field' ? entity.name.split('.')[0] : '';
      found.push({
        name: entity.name,
        kind,
        container: container ?? '',
        place: placeOf(definition.span),
      });
    }
  }
  return found;
}

function matches(name: string, query: string): boolean {
  let at = 0;
  const low = name.toLowerCase();
  for (const c of query.toLowerCase()) {
    at = low.indexOf(c, at) + 1;
    if (at === 0) return false;
  }
  return true;
}
