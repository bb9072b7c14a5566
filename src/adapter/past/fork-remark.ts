import * as l10n from '@vscode/l10n';
import type { Debuggee } from '../../debugger/debuggee';
import type { SessionContext } from '../context';

/** Says once what becomes of the course of events that somebody leaves by a change in the past. */
export function remarkForks(context: SessionContext, { run: { recorder } }: Debuggee): void {
  if (!recorder) return;
  recorder.onFork = () => {
    recorder.onFork = () => undefined;
    const text = l10n.t(
      'What happens from here on is another course of events: something was changed in the past. The earlier one is kept; “Ringside: Timelines” leads back to it.',
    );
    context.print(`${text}\n`, 'important');
  };
}
