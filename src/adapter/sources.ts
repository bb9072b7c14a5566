import * as l10n from '@vscode/l10n';
import type { DebugProtocol } from '@vscode/debugprotocol';
import type { SessionContext } from './context';
import { handler, type Handlers } from './handlers';
import { RequestError } from './request-error';
import { isFirmware } from './shipped-sources';

/** Texts of the files that come with Ringside, and the list of all files. */
export function sourceRequests(context: SessionContext): Handlers {
  const { shippedSources } = context;
  return {
    source: handler((args: DebugProtocol.SourceArguments) => {
      const recorded = shippedSources.recordedText({ sourceReference: args.sourceReference });
      if (recorded !== undefined) return { content: recorded, mimeType: 'text/x-nasm' };
      const file = shippedSources.fileOf({
        sourceReference: args.sourceReference,
        ...(args.source?.path !== undefined && { path: args.source.path }),
      });
      const content = file === undefined ? undefined : shippedSources.text(file);
      if (content === undefined) throw new RequestError(l10n.t('there is no such source'));
      const mimeType = file && isFirmware(file) ? 'text/x-nasm' : 'text/x-typescript';
      return { content, mimeType };
    }),

    loadedSources: () => {
      const { programs, firmware, monitor } = context.debuggee.target;
      return {
        sources: [
          ...programs.flatMap(({ files }) => files.map((file) => shippedSources.identified(file))),
          ...(firmware.length > 0 ? shippedSources.all('firmware') : []),
          ...(monitor ? shippedSources.all('monitor') : []),
        ],
      };
    },
  };
}
