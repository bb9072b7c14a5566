import * as l10n from '@vscode/l10n';
import { SourceError } from '../../diagnostics';
import type { Handler } from './handler';

/** The context stack (NASM manual 4.8). */

export const pop: Handler = (p, args, directive) => {
  const [name] = args;
  const { context } = p;
  if (!context)
    throw new SourceError(l10n.t('`{0}` without a `%push` before it', directive.text), directive);
  if (name && name.text.toLowerCase() !== context.name.toLowerCase()) {
    throw new SourceError(
      l10n.t('`{0} {1}`, but the context on top is `{2}`', directive.text, name.text, context.name),
      name,
    );
  }
  p.contexts.pop();
};

export const push: Handler = (p, args) => {
  p.contexts.push({ name: args[0]?.text ?? '', id: p.nextUnique() });
};
