import * as l10n from '@vscode/l10n';
import { SourceError } from '../../diagnostics';
import { tokenize } from '../../lexer';
import { isOp, type Token } from '../../tokens';
import { SIZE_WORDS } from '../../words';
import type { Preprocessor } from '../preprocessor';
import { stackModel, STACK_MODELS } from '../stack-model';
import { setText } from './definitions';
import { nameOf, type Handler } from './handler';

/** Names for what lies on the stack: `%stacksize`, `%arg` and `%local` (NASM manual 4.9). */

export const stacksize: Handler = (p, args, directive) => {
  const name = nameOf(args, directive);
  const model = stackModel(name.text.toLowerCase());
  if (!model) {
    const known = Object.keys(STACK_MODELS).join('`, `');
    throw new SourceError(l10n.t('`%stacksize` can be `{0}`', known), name);
  }
  p.stack = model;
};

/** The variables of a list such as `i:word, j:dword`, each with its size in bytes rounded up to whole slots. */
function* variables(
  p: Preprocessor,
  args: readonly Token[],
  directive: Token,
): Generator<readonly [name: Token, bytes: number]> {
  for (let i = 0; i === 0 || isOp(args[i - 1], ','); i += 4) {
    const name = nameOf(args.slice(i), directive);
    const [type] = isOp(args[i + 1], ':') ? p.expand(args.slice(i + 2, i + 3)) : [];
    const bits = SIZE_WORDS[type?.text.toLowerCase() ?? ''];
    if (bits === undefined) {
      throw new SourceError(
        l10n.t('`{0}` needs a size after each name: `{1}:dword`', directive.text, name.text),
        type ?? name,
      );
    }
    const { slot } = p.stack;
    yield [name, Math.ceil(bits / 8 / slot) * slot];
  }
}

function defineAt(p: Preprocessor, name: Token, offset: number): void {
  const sign = offset < 0 ? '-' : '+';
  const text = `(${p.stack.register}${sign}${Math.abs(offset)})`;
  setText(p, name, false, tokenize(text, name.file, name.line));
}

export const arg: Handler = (p, args, directive) => {
  for (const [name, bytes] of variables(p, args, directive)) {
    defineAt(p, name, p.stack.argument);
    p.stack.argument += bytes;
  }
};

export const local: Handler = (p, args, directive) => {
  let total = 0;
  for (const [name, bytes] of variables(p, args, directive)) {
    p.stack.local += bytes;
    total += bytes;
    defineAt(p, name, -p.stack.local);
  }
  const sum = p.ownTokens(
    p.frame,
    tokenize(`%$localsize + ${total}`, directive.file, directive.line),
  );
  const [size] = sum;
  if (size) setText(p, size, false, p.numberTokens(p.evaluate(sum, directive), directive));
};
