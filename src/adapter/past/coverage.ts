import * as l10n from '@vscode/l10n';
import type { LineEntry } from '../../program';
import type { SessionContext } from '../context';
import { RequestError } from '../request-error';
import type { CoverageResponse, FileCoverageBody } from './protocol';

/** @throws RequestError while the guest runs, where nothing is recorded, and where it is called off */
export async function coverageBody(context: SessionContext): Promise<CoverageResponse> {
  const { run, guests } = context.debuggee;
  if (run.isRunning) throw new RequestError(l10n.t('the guest is running'));
  if (!run.canLookBack) {
    throw new RequestError(l10n.t('the past of this session is not recorded'));
  }
  const executed = await run.executed();
  if (!executed) throw new RequestError(l10n.t('the search was called off'));
  const files = new Map<string, Map<number, boolean>>();
  for (const { lines } of new Set(guests.flatMap(({ programs }) => programs))) {
    for (const entry of lines.entries) {
      if (entry.kind === 'code') note(files, entry, executed.has(entry));
    }
  }
  return { files: [...files].map(([file, lines]) => fileBody(context, file, lines)) };
}

/** A line in a macro's body counts for all its expansions. */
function note(files: Map<string, Map<number, boolean>>, { chain }: LineEntry, is: boolean): void {
  for (const { file, line } of chain) {
    const lines = files.get(file) ?? new Map<number, boolean>();
    files.set(file, lines.set(line, is || lines.get(line) === true));
  }
}

function fileBody(
  context: SessionContext,
  file: string,
  lines: ReadonlyMap<number, boolean>,
): FileCoverageBody {
  return {
    source: context.shippedSources.source(file),
    lines: [...lines]
      .filter(([line]) => !context.edits.lacks(file, line))
      .sort(([a], [b]) => a - b)
      .map(([line, executed]) => ({ line: context.clientLine(file, line), executed })),
  };
}
