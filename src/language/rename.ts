import * as l10n from '@vscode/l10n';
import { isKeyword } from '../program/parser';
import { registerOf } from '../program/x86/registers';
import type { Analysis } from './analysis';
import { shownName, type Entity, type Occurrence } from './entity';
import { occurrencesOf, sameEntities } from './navigation';
import { placeOf, rangeOf, type Place, type Range } from './text';

/** Why something cannot be renamed, in words for the person who tried. */
export class RenameError extends Error {}

export interface Edit {
  readonly place: Place;
  readonly text: string;
}

const NAME = /^[A-Za-z_?@][\w.?@~#$]*$/;

/** What a rename at this place would change, and the present name. Throws RenameError. */
export function renamable(
  occurrence: Occurrence | undefined,
  word: string,
): { readonly range: Range; readonly placeholder: string } {
  if (!occurrence) {
    const name = word.toLowerCase();
    if (registerOf(name) !== undefined)
      throw new RenameError(l10n.t('`{0}` is a register: it cannot be renamed.', word));
    if (isKeyword(name))
      throw new RenameError(l10n.t('`{0}` is a word of the language: it cannot be renamed.', word));
    throw new RenameError(l10n.t('There is no name here that could be renamed.'));
  }
  const { entity } = occurrence;
  if (entity.kind === 'file' || entity.kind === 'binary' || entity.kind === 'section')
    throw new RenameError(l10n.t('Only labels, constants, structures and macros can be renamed.'));
  const name = shownName(entity.name);
  if (entity.definitions.length === 0)
    throw new RenameError(
      l10n.t('`{0}` is not defined in this program: it cannot be renamed.', name),
    );
  if (entity.generated)
    throw new RenameError(
      l10n.t('`{0}` is put together by a macro: its name is not written anywhere.', name),
    );
  return { range: rangeOf(occurrence.span), placeholder: occurrence.text };
}

/**
 * The edits that give a new name to what is named at a place, in all programs it is part of. Throws RenameError.
 * @param newName as written at this place: `.next` for a local label
 */
export function rename(
  occurrence: Occurrence,
  newName: string,
  analyses: readonly Analysis[],
): Edit[] {
  const { entity, text } = occurrence;
  const name = bare(newName.trim(), text);
  const own = bare(text, text);
  checkName(name, newName);
  if (
    isPart(entity) &&
    name.includes('.') &&
    name.slice(0, -lastPart(name).length) !== own.slice(0, -lastPart(own).length)
  )
    throw new RenameError(l10n.t('A local label stays with the label that it belongs to.'));
  const entities = sameEntities(occurrence, analyses);
  for (const analysis of analyses) checkCollision(analysis, entity, name, entities);
  const edits = [...occurrencesOf(entities).map((o) => edit(o, own, name))];
  for (const analysis of analyses) edits.push(...dependents(analysis, entity, own, name));
  const unique = new Map(edits.map((e) => [`${e.place.file}:${JSON.stringify(e.place.range)}`, e]));
  return [...unique.values()];
}

const MARK = /^(\.(?!\.)|%%|%\$+|\$)/;

/** The name without what says that it is local: the rename must keep that. */
function bare(name: string, like: string): string {
  const mark = MARK.exec(like)?.[0] ?? '';
  if (mark === '' || mark === '$') return name.startsWith('$') ? name.slice(1) : name;
  // `main.loop` written in full belongs to the label `loop` under `main`.
  return name.startsWith(mark) ? name.slice(mark.length) : name;
}

function checkName(name: string, written: string): void {
  if (!NAME.test(name) || name.startsWith('..'))
    throw new RenameError(
      l10n.t('`{0}` is not a name: letters, digits and _ . ? @ ~ # $, no digit first.', written),
    );
  const word = name.toLowerCase();
  if (registerOf(word) !== undefined)
    throw new RenameError(l10n.t('`{0}` is the name of a register.', written));
  if (isKeyword(word)) throw new RenameError(l10n.t('`{0}` is a word of the language.', written));
}

/** The full name that an entity would have. */
function fullName(entity: Entity, name: string): string {
  const cut =
    entity.what === 'local' || entity.what === 'field' ? entity.name.lastIndexOf('.') : -1;
  return cut < 0 ? name : `${entity.name.slice(0, cut + 1)}${lastPart(name)}`;
}

const lastPart = (name: string): string => name.slice(name.lastIndexOf('.') + 1);

function checkCollision(
  analysis: Analysis,
  entity: Entity,
  name: string,
  own: readonly Entity[],
): void {
  const full = fullName(entity, name);
  for (const kind of ['symbol', 'define', 'macro'] as const) {
    const other = analysis.index.named(kind, full);
    if (other && other.definitions.length > 0 && !own.includes(other)) {
      const line = other.definitions[0]?.span.line ?? 0;
      throw new RenameError(
        l10n.t('`{0}` is already defined, in line {1}.', shownName(full), String(line)),
      );
    }
  }
}

function edit(occurrence: Occurrence, own: string, name: string): Edit {
  const { text, span, entity } = occurrence;
  const place = placeOf(span);
  // Macros may be written in any case; labels never.
  if (entity.kind !== 'symbol') return { place, text: name };
  const part = isPart(entity);
  return {
    place,
    text: replaceLast(text, part ? lastPart(own) : own, part ? lastPart(name) : name),
  };
}

/** A local label or a field, whose full name has that of its owner before it. */
const isPart = ({ what }: Entity): boolean => what === 'local' || what === 'field';

function replaceLast(text: string, old: string, fresh: string): string {
  return text.endsWith(old) ? text.slice(0, text.length - old.length) + fresh : text;
}

/** Names that begin with the one renamed: `main.loop` with `main`, `task_size` with the structure `task`. */
function dependents(analysis: Analysis, entity: Entity, own: string, name: string): Edit[] {
  if (entity.kind !== 'symbol' || isPart(entity)) return [];
  const edits: Edit[] = [];
  for (const other of analysis.index.entities) {
    const local = other.name.startsWith(`${own}.`);
    const size = entity.what === 'structure' && other.name === `${own}_size`;
    if (other.kind !== 'symbol' || !(local || size)) continue;
    for (const { span, text } of occurrencesOf([other], !size)) {
      if (text.startsWith(own))
        edits.push({ place: placeOf(span), text: name + text.slice(own.length) });
    }
  }
  return edits;
}
