import * as l10n from '@vscode/l10n';

/**
 * How texts are put together. Every language punctuates in its own way (English lists with ', ', Chinese
 * with '、', and sets no blank between sentences), so separators and brackets come from the translation:
 * whoever shows several texts as one joins them here. Texts that are empty leave no separator behind.
 */

const given = (texts: readonly string[]): string[] => texts.filter((text) => text !== '');

/** Things of one kind: 'CF, ZF, IF'. */
export const listed = (items: readonly string[]): string => given(items).join(l10n.t(', '));

/** What is said of one thing, piece by piece: 'write, not mapped, during the guest page walk'. */
export const clauses = (...texts: readonly string[]): string =>
  given(texts).reduce((said, text) => (said === '' ? text : l10n.t('{0}, {1}', said, text)), '');

/** A clause without full stop, and a sentence behind it: 'exits by intercept HLT. …' */
export const thenSentence = (clause: string, sentence: string): string =>
  sentence === '' ? clause : l10n.t('{0}. {1}', clause, sentence);

/** What more there is to know, in brackets: 'CPUID (leaf 0x1)'. */
export const withNote = (text: string, note: string): string =>
  note === '' ? text : l10n.t('{0} ({1})', text, note);

/** A name and what stands for it: 'Linear address: 0x4001'. */
export const labelled = (name: string, value: string): string => l10n.t('{0}: {1}', name, value);
