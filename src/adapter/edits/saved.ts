import * as l10n from '@vscode/l10n';
import { sourcesOfPrograms } from '../breakpoints/resolve-breakpoint';
import type { SessionContext } from '../context';
import { handler, type Handlers } from '../handlers';
import { CustomRequest, type SourceSavedArguments, type SourceSavedResponse } from '../protocol';

/** A client tells that a file was saved while the program runs. */
export function editRequests(context: SessionContext): Handlers {
  return {
    [CustomRequest.SOURCE_SAVED]: handler(({ path }: SourceSavedArguments) =>
      lookAgain(context, path),
    ),
  };
}

/**
 * Whether a file is part of the program, and reads otherwise than when it was assembled: then lines are told as they
 * are now.
 */
export async function lookAgain(
  context: SessionContext,
  path: string | undefined,
): Promise<SourceSavedResponse> {
  const file = sourcesOfPrograms(context, path)[0]?.file;
  if (file === undefined) return { edited: false, told: false };
  const before = context.edits.has(file);
  const edited = (await context.edits.look(file)) === true;
  if (edited || before) context.send('invalidated', { areas: ['stacks'] });
  const told = edited && context.edits.isNew(file);
  if (told) {
    const text = l10n.t(
      '{0} has been edited since it was assembled. The guest goes on as it is; breakpoints and lines follow the edit.',
      file,
    );
    context.print(`${text}\n`, 'console');
  }
  return { edited, told };
}
