import type { Analysis } from './analysis';
import type { Entity, Occurrence } from './entity';
import { keyOf, placeOf, type Place, type Position } from './text';

/** Where what is named at a position is defined; a file to its beginning. */
export function definitionsAt(analysis: Analysis, file: string, position: Position): Place[] {
  const occurrence = analysis.index.at(file, position);
  if (!occurrence) return [];
  const { entity, target } = occurrence;
  if (entity.kind === 'file') return [beginning(entity.name)];
  if (entity.kind === 'binary') return [];
  if (target) return [placeOf(target.span)];
  return entity.definitions.map(({ span }) => placeOf(span));
}

function beginning(file: string): Place {
  const start = { line: 0, character: 0 };
  return { file, range: { start, end: start } };
}

/** The entities that are the same thing in several programs: those defined, or named, at the same places. */
export function sameEntities(occurrence: Occurrence, analyses: readonly Analysis[]): Entity[] {
  const { entity, span } = occurrence;
  const anchors = entity.definitions.length > 0 ? entity.definitions : [occurrence];
  const found = new Set<Entity>([entity]);
  for (const { index } of analyses) {
    for (const anchor of anchors) {
      for (const other of index.onLine(anchor.span.file, anchor.span.line))
        if (other.span.column === anchor.span.column && other.entity.kind === entity.kind)
          found.add(other.entity);
    }
    // A file is known by its name alone.
    const named = entity.kind === 'file' ? index.named('file', entity.name) : undefined;
    if (named) found.add(named);
    for (const other of index.onLine(span.file, span.line))
      if (other.span.column === span.column && other.entity.kind === entity.kind)
        found.add(other.entity);
  }
  return [...found];
}

/** All places where the entities are named, each once, in the order of files and lines. */
export function occurrencesOf(entities: readonly Entity[], definitions = true): Occurrence[] {
  const all = new Map<string, Occurrence>();
  for (const entity of entities) {
    const own = definitions ? [...entity.definitions, ...entity.uses] : entity.uses;
    for (const occurrence of own) all.set(keyOf(occurrence.span), occurrence);
  }
  return [...all.values()].sort(
    ({ span: a }, { span: b }) =>
      (a.file < b.file ? -1 : a.file > b.file ? 1 : 0) || a.line - b.line || a.column - b.column,
  );
}
