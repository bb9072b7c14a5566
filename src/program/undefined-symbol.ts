import * as l10n from '@vscode/l10n';
import { isKeyword } from './parser';
import { closest } from './suggest';
import type { SymbolScope } from './symbols';

interface Surroundings {
  /** All names that could have been meant. */
  names(): readonly string[];
  readonly symbols: SymbolScope;
  readonly preprocessing: boolean;
}

/** The message for a symbol that nothing defines, with the likeliest cause. */
export function explainUndefined(name: string, external: boolean, around: Surroundings): string {
  const { symbols } = around;
  if (external) return l10n.t('`{0}` is external, and a flat image has no linker to find it', name);
  if (around.preprocessing)
    return l10n.t('`{0}` is not defined before this line, so `%if` cannot use it', name);
  if (name.toLowerCase() === 'rip') return l10n.t('NASM does not name `rip`: write `[rel label]`');
  if (/^[0-9a-f]+h$/i.test(name))
    return l10n.t('a hexadecimal number must begin with a digit: write `0{0}`', name);
  const local = name.startsWith('.') && !name.startsWith('..');
  const better = closest(local ? symbols.fullName(name) : name, around.names());
  if (better !== undefined) {
    const sibling = local && better.startsWith(symbols.parent + '.');
    const shown = sibling ? better.slice(symbols.parent.length) : better;
    return l10n.t('`{0}` is not defined; did you mean `{1}`?', name, shown);
  }
  const elsewhere = local
    ? [...symbols.entries.keys()].find((key) => key.endsWith(name))
    : undefined;
  if (elsewhere !== undefined) {
    return l10n.t(
      '`{0}` is not defined under `{1}`; from here `{2}` is written in full',
      name,
      symbols.parent,
      elsewhere,
    );
  }
  return isKeyword(name.toLowerCase())
    ? l10n.t('`{0}` is a word of the language and cannot be used as a value', name)
    : l10n.t('`{0}` is not defined', name);
}
