import * as l10n from '@vscode/l10n';
import type { DebugProtocol } from '@vscode/debugprotocol';
import type { SessionContext } from './context';
import { handler, type Handlers } from './handlers';
import { programSource } from './program-sources';
import { RequestError } from './request-error';

/** Texts of the monitor's files, and the list of all files. */
export function sourceRequests(context: SessionContext): Handlers {
  const { monitorSources } = context;
  return {
    source: handler((args: DebugProtocol.SourceArguments) => {
      const file = monitorSources.fileOf({
        sourceReference: args.sourceReference,
        ...(args.source?.path !== undefined && { path: args.source.path }),
      });
      const content = file === undefined ? undefined : monitorSources.text(file);
      if (content === undefined) throw new RequestError(l10n.t('there is no such source'));
      return { content, mimeType: 'text/x-typescript' };
    }),

    loadedSources: () => {
      const { program, monitor } = context.debuggee.target;
      return {
        sources: [...program.files.map(programSource), ...(monitor ? monitorSources.all : [])],
      };
    },
  };
}
