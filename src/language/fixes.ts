import * as l10n from '@vscode/l10n';
import { isKeyword } from '../program/parser';
import { closest } from '../program/suggest';
import { statementWords } from '../program/words';
import { mnemonicNames } from '../program/x86/mnemonics';
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

/** The words that an unknown one at this place was most likely meant to be. */
export function fixesAt(view: FileView, position: Position): Fix[] {
  const token = tokenAt(view, position);
  if (token?.kind !== 'id' || !view.analysis) return [];
  const { text } = token;
  const word = text.toLowerCase();
  if (isKeyword(word) || registerOf(word) !== undefined) return [];
  if (view.analysis.index.at(view.file, position)?.entity.definitions.length) return [];
  const isHead = token === view.shape(position.line).head;
  const better = isHead ? statementLike(view, text) : valueLike(view, text, position.line);
  if (better === undefined) return [];
  return [
    { title: l10n.t('Change to `{0}`', better), edit: { place: placeOf(token), text: better } },
  ];
}

function statementLike(view: FileView, word: string): string | undefined {
  const macros = names(view, 'macro');
  return closest(word, [...macros, ...statementWords(), ...mnemonicNames()]);
}

function valueLike(view: FileView, word: string, line: number): string | undefined {
  if (!word.startsWith('.'))
    return closest(word, [...names(view, 'symbol'), ...names(view, 'define'), ...registerNames()]);
  const parent = view.parentAt(line);
  const locals = names(view, 'symbol').filter((name) => name.startsWith(`${parent}.`));
  return closest(
    word,
    locals.map((name) => name.slice(parent.length)),
  );
}

function names(view: FileView, kind: 'symbol' | 'define' | 'macro'): string[] {
  return (view.analysis?.index.entities ?? [])
    .filter((e) => e.kind === kind && e.definitions.length > 0 && !e.name.startsWith('..@'))
    .map(({ name }) => name);
}
