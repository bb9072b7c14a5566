import * as l10n from '@vscode/l10n';
import { COMMON_INSTRUCTIONS } from '../isa/instructions/common';
import { editDistance, Suggester } from './suggest';
import { isOp, type Token } from './tokens';
import { statementWords } from './words';
import { takesOperands } from './x86/forms';
import { mnemonicNames } from './x86/mnemonics';
import { registerOf } from './x86/registers';

/** Everything that a line can begin with, but for names: the likelier first. */
const STATEMENTS = new Suggester(statements);

export function statements(): string[] {
  return [...COMMON_INSTRUCTIONS, ...statementWords(), ...mnemonicNames()];
}

/** The message for a line that begins with a word of no meaning; `next` follows the word. */
export function unknownWord(token: Token, next: Token | undefined): string {
  const word = token.text.toLowerCase();
  if (isOp(next, '='))
    return l10n.t('`=` defines nothing in NASM: write `{0} equ …` or `%define {0} …`', token.text);
  const better = STATEMENTS.closest(word);
  if (better !== undefined) return noSuchInstruction(token.text, better);
  if (word === 'proc' || word === 'endp' || word === 'assume' || word === 'offset')
    return l10n.t('`{0}` is MASM, not NASM', token.text);
  if (registerOf(word) !== undefined)
    return l10n.t(
      'a line cannot begin with the register `{0}`: the instruction is missing',
      token.text,
    );
  return l10n.t('`{0}`: no such instruction or macro', token.text);
}

/** The message for a misspelled instruction or macro. */
export const noSuchInstruction = (written: string, better: string): string =>
  l10n.t('`{0}`: no such instruction; did you mean `{1}`?', written, better);

/**
 * A word alone on its line is a label for NASM, colon or not. The message for one that is a letter away from an
 * instruction without operands, and so hardly meant as a label; undefined for all others.
 */
export function misspelledInstruction(token: Token): string | undefined {
  const word = token.text.toLowerCase();
  const better = STATEMENTS.closest(word);
  if (better === undefined || editDistance(word, better, 1) > 1) return undefined;
  return takesOperands(better, 0) ? noSuchInstruction(token.text, better) : undefined;
}
