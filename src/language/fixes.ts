import * as l10n from '@vscode/l10n';
import { isKeyword } from '../program/parser';
import { nearest } from '../program/suggest';
import { statements } from '../program/unknown-word';
import { registerNames, registerOf } from '../program/x86/registers';
import { tokenAt } from './hover/hover';
import type { FileView } from './program-view';
import type { Edit } from './rename';
import { placeOf, type Position } from './text';

/** A change that may mend what is wrong. */
export interface Fix {
  readonly title: string;
  readonly edit: Edit;
}

/** How many words are offered for one. */
const OFFERED = 3;

/** The words that an unknown one at this place was most likely meant to be: the likeliest first. */
export function fixesAt(view: FileView, position: Position): Fix[] {
  const token = tokenAt(view, position);
  if (token?.kind !== 'id' || !view.analysis) return [];
  const { text } = token;
  const word = text.toLowerCase();
  if (isKeyword(word) || registerOf(word) !== undefined) return [];
  if (view.analysis.index.at(view.file, position)?.entity.definitions.length) return [];
  const isHead = token === view.shape(position.line).head;
  const words = isHead
    ? [...names(view, 'macro'), ...statements()]
    : values(view, text, position.line);
  return nearest(text, words, OFFERED).map((better) => ({
    title: l10n.t('Change to `{0}`', better),
    edit: { place: placeOf(token), text: better },
  }));
}

function values(view: FileView, word: string, line: number): string[] {
  if (!word.startsWith('.'))
    return [...names(view, 'symbol'), ...names(view, 'define'), ...registerNames()];
  const parent = view.parentAt(line);
  return names(view, 'symbol')
    .filter((name) => name.startsWith(`${parent}.`))
    .map((name) => name.slice(parent.length));
}

function names(view: FileView, kind: 'symbol' | 'define' | 'macro'): string[] {
  return (view.analysis?.index.entities ?? [])
    .filter((e) => e.kind === kind && e.definitions.length > 0 && !e.name.startsWith('..@'))
    .map(({ name }) => name);
}
