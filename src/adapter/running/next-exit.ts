import * as l10n from '@vscode/l10n';
import type { SessionContext } from '../context';
import { Reply, type Handlers } from '../handlers';
import { CustomRequest } from '../protocol';
import { RequestError } from '../request-error';
import { mustGoOn, proceed } from './execution';

/** To the next VM exit, whatever its kind; which kinds a client has asked to stop at counts again after that. */
export function nextExitRequests(context: SessionContext): Handlers {
  return {
    [CustomRequest.NEXT_EXIT]: () => {
      const { run, settings, target } = context.debuggee;
      if (run.isRunning) throw new RequestError(l10n.t('the guest is running already'));
      mustGoOn(context);
      const wanted = settings.stopAtExits;
      const every = new Map(
        target.technique.exits.groups.flatMap(({ reasons }) =>
          reasons.map((reason) => [reason, () => true] as const),
        ),
      );
      settings.stopAtExits = every;
      return new Reply(undefined, () => {
        void proceed(context, { kind: 'continue' }, false).finally(() => {
          if (settings.stopAtExits === every) settings.stopAtExits = wanted;
        });
      });
    },
  };
}
